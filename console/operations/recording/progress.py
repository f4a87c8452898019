"""logcopy's progress lines as domain events. Believes only what carries the submission's nonce.

Pure apart from its memory. A payload of the wrong shape is dropped and counted, never repaired.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console.domain.events import (
    Event,
    MergedReported,
    PlanReported,
    ProgressReported,
    RouteFinished,
)
from console.domain.progress import (
    EndedAttempt,
    FinishedRoute,
    GpuUse,
    MemoryUse,
    MergeProblem,
    MergeStatus,
    PairProgress,
    ProgressReport,
    SeenGpu,
)
from console.domain.submission import LOGCOPY, SubmissionPlan
from console.operations.outcome.record import finished_route
from console.operations.outcome.verify import checked
from console.operations.recording.progress_fields import (
    UnusableField,
    maybe_whole,
    number,
    part,
    parts,
    text,
    whole,
)
from console.results.leaderboard import of_route_id
from console.results.raw_record import Refused, refuse_strange, route_of
from console.workers import protocol

if TYPE_CHECKING:
    from console.operations.recording.finished_drives import Finished
    from console.results.plan import Plan

MARK = protocol.PREFIX.encode() + b" "
MOST_PAIRS = 64
_FIGURES = ("util", "used", "total", "temp", "power", "idle")


class ProgressReader:
    """Feed it logcopy's log, in order; it answers with events."""

    containers: tuple[str, ...] = (LOGCOPY,)

    def __init__(self, plan: SubmissionPlan | None) -> None:
        self._plan = plan
        self._nonce = plan.nonce if plan else ""
        self._told: PlanReported | None = None
        self._texts = protocol.Joiner()
        self._read: set[int] = set()
        """Hashes of accepted lines: a log that is read again must not undo what came after."""
        self.refused = 0
        """Lines that looked like progress and were none."""

    def of(self, container: str) -> ProgressReader:
        """One logcopy tells of all pairs."""
        return self

    def finished_of(self, pair: int) -> tuple[Plan, Finished] | None:
        """Of one pod with all pairs nothing outlives it."""
        return None

    def block(self, block: bytes, at: datetime, pod: str = "") -> Iterator[Event]:
        """A block of `<timestamp> <text>` lines of the pod with that key."""
        if MARK not in block:
            return
        for line in block.split(b"\n"):
            _, _, told = line.partition(b" ")
            if told.startswith(MARK):
                yield from self.line(told.decode(errors="replace"), at, pod)

    def line(self, told: str, at: datetime, pod: str = "") -> Iterator[Event]:
        """One line without its timestamp."""
        nonce = self._nonce or _nonce_of_plan(told)
        parsed = protocol.parse_line(told, nonce)
        if not isinstance(parsed, protocol.ProgressLine):
            self.refused += parsed is not None
            return
        self._nonce = nonce
        known, same = len(self._read), hash((pod, told.rstrip()))
        self._read.add(same)
        # A log is read again after a lost connection, and by whoever takes over from another
        # console.
        if len(self._read) == known:
            return
        try:
            message = self._texts.whole(parsed)
            if message is not None:
                yield from self._events(message, at, pod)
        except (Refused, ValueError, OverflowError):
            self.refused += 1

    def _events(self, line: protocol.ProgressLine, at: datetime, pod: str) -> Iterator[Event]:
        payload = line.payload
        if line.kind == protocol.PLAN:
            self._told = _plan_reported(payload, at)
            yield self._told
        elif line.kind == protocol.SNAPSHOT:
            yield ProgressReported(at, _report(line.sequence, payload), pod)
        elif line.kind == protocol.RECORD:
            yield RouteFinished(at, self._record(payload), pod)
        else:
            yield MergedReported(at, checked(self._plan, self._told, payload["text"]), pod)

    def _record(self, payload: Any) -> FinishedRoute:
        pair, raw = whole(payload, "pair"), part(payload, "record")
        route_id, repetition = route_of(raw)
        # Of a Job that is not ours no plan can be read; the id of the record tells the generation
        # at least.
        leaderboard = self._plan.drives.leaderboard if self._plan else of_route_id(repetition)
        refuse_strange(raw, leaderboard)
        if repetition is None:
            repetition = raw["index"] % (self._plan.drives.repetitions if self._plan else 1)
        return finished_route(pair, route_id, repetition, raw)


def _nonce_of_plan(line: str) -> str:
    """Of a Job that carries no nonce, the first plan line decides."""
    # An agent could print a plan line as well, but not into logcopy's log.
    words = line.split(" ", 4)
    return words[1] if len(words) == 5 and words[3] == "plan" else ""


def _plan_reported(payload: dict[str, Any], at: datetime) -> PlanReported:
    routes = []
    for each in parts(payload, "pairs")[:MOST_PAIRS]:
        ids = each.get("routes")
        if not isinstance(ids, list) or not all(isinstance(route, str) for route in ids):
            raise UnusableField("routes")
        routes.append((whole(each, "pair"), tuple(ids)))
    version, repetitions = text(payload, "leaderboard"), whole(payload, "repetitions")
    in_file = maybe_whole({"file_routes": None, **payload}, "file_routes")
    return PlanReported(at, version, repetitions, tuple(routes), in_file)


def _report(sequence: int, payload: dict[str, Any]) -> ProgressReport:
    use, memory = dict(_gpu_uses(payload)), dict(_memory_uses(payload))
    return ProgressReport(
        sequence=sequence,
        at=datetime.fromtimestamp(number(payload, "t"), UTC),
        status=MergeStatus(text(payload, "status")),
        done=whole(payload, "done"),
        total=maybe_whole(payload, "total"),
        pairs=tuple(_pair(each, use, memory) for each in parts(payload, "pairs")[:MOST_PAIRS]),
        problems=tuple(
            MergeProblem(text(each, "kind"), whole(each, "pair"), text(each, "text"))
            for each in parts(payload, "problems")
        ),
    )


def _gpu_uses(payload: dict[str, Any]) -> Iterator[tuple[int, GpuUse]]:
    """How busy whose GPU was, where it is told."""
    for each in parts({"gpu_use": [], **payload}, "gpu_use")[:MOST_PAIRS]:
        figures = (maybe_whole({word: None, **each}, word) for word in _FIGURES)
        yield whole(each, "pair"), GpuUse(datetime.fromtimestamp(number(each, "t"), UTC), *figures)


def _memory_uses(payload: dict[str, Any]) -> Iterator[tuple[int, MemoryUse]]:
    """What whose server held, where it is told."""
    for each in parts({"memory": [], **payload}, "memory")[:MOST_PAIRS]:
        at = datetime.fromtimestamp(number(each, "t"), UTC)
        yield whole(each, "pair"), MemoryUse(at, whole(each, "used"), whole(each, "first"))


def _pair(
    seen: dict[str, Any], use: dict[int, GpuUse], memory: dict[int, MemoryUse]
) -> PairProgress:
    pair = whole(seen, "pair")
    gpus = part(seen, "gpus") if seen.get("gpus") is not None else {}
    return PairProgress(
        pair=pair,
        attempt=whole(seen, "attempt"),
        simulator=text(seen, "simulator"),
        agent=text(seen, "agent"),
        done=whole(seen, "done"),
        total=maybe_whole(seen, "total"),
        route=text(seen, "route", missing=""),
        ended=tuple(_ended(pair, each) for each in parts(seen, "ended")),
        simulator_gpu=_gpu(gpus, "simulator"),
        agent_gpu=_gpu(gpus, "agent"),
        gpu_use=use.get(pair),
        memory=memory.get(pair),
    )


def _gpu(gpus: dict[str, Any], half: str) -> SeenGpu | None:
    if gpus.get(half) is None:
        return None
    seen = part(gpus, half)
    uuid, name, driver, told = (
        text(seen, word, missing="") or None for word in ("uuid", "name", "driver", "told")
    )
    count, index = maybe_whole(seen, "count"), maybe_whole(seen, "index")
    return SeenGpu(count, index, uuid, name, driver, told, seen.get("shared") is True)


def _exit_code(told: int) -> int | None:
    """Supervisors write -1 for a half that did not exit by itself."""
    return told if told >= 0 else None


def _ended(pair: int, seen: dict[str, Any]) -> EndedAttempt:
    route = text(seen, "route", missing="")
    return EndedAttempt(
        pair=pair,
        attempt=whole(seen, "attempt"),
        half=text(seen, "half"),
        reason=text(seen, "reason"),
        exit_code=_exit_code(whole(seen, "exit")),
        signal=whole(seen, "signal", missing=0) or None,
        route="" if route == "-" else route,
        at=datetime.fromtimestamp(number(seen, "t"), UTC),
    )
