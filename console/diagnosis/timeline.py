"""One pair through all its attempts: what its halves did, their deaths, what befell them. Pure.

What died first is told apart from what its end brought about, by the supervisors' own words. How it
is drawn, and how it is said, is the presentation's business; what one half did is `lanes`'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from signal import SIGTERM

import msgspec

from console.diagnosis.attempt_span import ending_within
from console.diagnosis.lanes import Lane, LaneSource, lane
from console.domain.board import BoardSnapshot, PairBoard
from console.domain.facts import (
    NEVER_STARTED,
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    attempt_of,
)
from console.domain.landmarks import Landmark
from console.domain.pod_times import Run
from console.domain.progress import EndedAttempt
from console.workers import pair_words


class DeathRole(StrEnum):
    """What a death has to do with the other half's."""

    FIRST = "first"
    INDUCED = "induced"
    """It lost its partner, and says so."""
    TOO = "too"
    """It failed by itself, in an attempt in which the other half did as well."""
    STOPPED = "stopped"
    """It was asked to."""
    UNTOLD = "untold"
    """No supervisor told it: the kubelet's word is all there is."""


class Death(msgspec.Struct, frozen=True, gc=False):
    """The end of one half's attempt that did not end well."""

    at: datetime
    role: DeathRole
    ending: EndedAttempt


class MarkKind(StrEnum):
    """What a mark is about."""

    POD = "pod"
    NODE = "node"
    JOB = "job"
    CONSOLE = "console"
    """What somebody did on a console."""


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Something that befell it from outside."""

    at: datetime
    kind: MarkKind
    text: str
    bad: bool = False


class PairTimeline(msgspec.Struct, frozen=True, gc=False):
    """Of one pair; the timelines of one board share their begin and their end."""

    number: int
    since: datetime
    until: datetime
    lanes: tuple[Lane, Lane]
    """The simulator's and the agent's."""
    deaths: tuple[Death, ...] = ()
    """The oldest first; of one moment what died first."""
    marks: tuple[Mark, ...] = ()
    """The oldest first."""


def timeline_of(
    board: BoardSnapshot, pair: PairBoard, landmarks: Iterable[Landmark], now: datetime
) -> PairTimeline:
    """From the Job's creation to `now`, or to the end of all that is known of what is over."""
    marks = tuple(sorted(_marks(board, pair), key=lambda each: each.at))
    since, until = _reach(board, now)
    own = tuple(sorted((e for e in landmarks if e.pair == pair.number), key=lambda each: each.at))
    told = LaneSource(board, pair, own, since, until)
    return PairTimeline(
        pair.number,
        since,
        until,
        (lane(told, "simulator"), lane(told, "agent")),
        tuple(sorted(_deaths(board, pair), key=_first_in_time)),
        tuple(each for each in marks if since <= each.at <= until),
    )


def _reach(board: BoardSnapshot, now: datetime) -> tuple[datetime, datetime]:
    """The same for every pair."""
    times = [at for at in _times(board) if at <= now]
    created = board.job.created_at if board.job else None
    since = min([*times, *([created] if created else [])], default=now)
    over = board.ended and not board.pod_lives
    return since, max(times, default=now) if over else max(now, since)


def _times(board: BoardSnapshot) -> Iterator[datetime]:
    """Everything that has one."""
    yield from (each.at for pair in board.pairs for each in pair.ended if each.at)
    yield from (each.last_seen for each in board.events if each.last_seen)
    yield from (each.at for each in board.actions)
    if board.job is not None and board.job.ended_at is not None:
        yield board.job.ended_at
    for pod in board.pod_times:
        yield from (at for at in (pod.placed_at, pod.ended_at) if at)
        for _, runs in pod.runs:
            yield from (at for run in runs for at in (run.started_at, run.finished_at) if at)


# --- deaths


def _first_in_time(death: Death) -> tuple[datetime, bool]:
    return death.at, death.role is not DeathRole.FIRST


def _deaths(board: BoardSnapshot, pair: PairBoard) -> Iterator[Death]:
    for each in pair.ended:
        at = each.at or _seen_end(board, each)
        if each.reason != pair_words.DONE and at is not None:
            yield Death(at, _role(pair, each), each)
    for half, facts in (("simulator", pair.simulator), ("agent", pair.agent)):
        if facts is not None:
            yield from _untold(pair, half, facts)


def _role(pair: PairBoard, ending: EndedAttempt) -> DeathRole:
    if ending.reason == pair_words.LOST_PARTNER:
        return DeathRole.INDUCED
    if ending.initiating:
        own = (e for e in pair.ended if e.attempt == ending.attempt and e.initiating)
        return DeathRole.FIRST if next(own) == ending else DeathRole.TOO
    return DeathRole.STOPPED if ending.reason in pair_words.ASKED_TO_STOP else DeathRole.UNTOLD


def _seen_end(board: BoardSnapshot, ending: EndedAttempt) -> datetime | None:
    """When the run of that number ended in the present pod, where all of its runs were seen."""
    keys = {each.key for each in board.pods}
    name = f"{ending.half}-{ending.pair}"
    pods = (p for p in board.pod_times if p.key in keys and p.pair in (None, ending.pair))
    runs, before = next(((p.runs_of(name) or (), p.before) for p in pods), ((), 0))
    first = ending.attempt - 1 - before
    own = runs[first : first + 1] if first >= 0 else ()
    return own[0].finished_at if own else None


def _untold(pair: PairBoard, half: str, facts: ContainerFacts) -> Iterator[Death]:
    """The two runs that a cluster keeps, where the supervisor wrote nothing in them."""
    count = attempt_of(facts.restart_count)
    # `previous` is the run before the present one, whether that has ended or not.
    for run, attempt in ((facts.previous, count - 1), (facts.ended, count)):
        if run is None or not run.exit_code or run.finished_at is None:
            continue
        if not _is_told(pair, half, run, attempt):
            role = DeathRole.STOPPED if run.signal == SIGTERM else DeathRole.UNTOLD
            yield Death(run.finished_at, role, _ending(pair, half, run, attempt))


def _is_told(pair: PairBoard, half: str, run: ContainerExit, attempt: int) -> bool:
    if any(each.half == half and each.attempt == attempt for each in pair.ended):
        return True
    if run.started_at is None or run.finished_at is None or run.reason in NEVER_STARTED:
        return False
    return ending_within(pair.ended, half, Run(run.started_at, run.finished_at)) is not None


def _ending(pair: PairBoard, half: str, run: ContainerExit, attempt: int) -> EndedAttempt:
    word = run.reason if run.reason != "Error" else ""
    return EndedAttempt(
        pair.number, attempt, half, "", run.exit_code, run.signal, "", run.finished_at, word
    )


# --- what befell it from outside


def _marks(board: BoardSnapshot, pair: PairBoard) -> Iterator[Mark]:
    pairs = board.pairs_by_pod
    for event in board.events:
        yield from _of_event(event, pair, pairs)
    for condition in board.job.conditions if board.job else ():
        if condition.status and condition.since is not None:
            text = f"Job {condition.type}: {condition.reason or condition.message}"
            bad = condition.type.startswith("Fail")
            yield Mark(condition.since, MarkKind.JOB, text, bad)
    for action in board.actions:
        yield Mark(action.at, MarkKind.CONSOLE, f"{action.verb.value} by {action.by}")


def _of_event(event: ClusterEvent, pair: PairBoard, pairs: Mapping[str, int]) -> Iterator[Mark]:
    """When it was seen first and last; nothing of what is about a container of another pair."""
    whole, _, container = event.about.partition(" ")
    kind, _, name = whole.partition("/")
    kind = kind.lower()
    if (own := pairs.get(name)) is not None:
        if own != pair.number:
            return
        container = f"{container}-{own}" if container else ""
    if container not in ("", f"simulator-{pair.number}", f"agent-{pair.number}"):
        return
    known = MarkKind(kind) if kind in (MarkKind.NODE, MarkKind.JOB) else MarkKind.POD
    where = f" {container}" if container else ""
    text = f"{event.reason}{where}: {event.message}"
    for at in sorted({at for at in (event.first_seen, event.last_seen) if at is not None}):
        yield Mark(at, known, text, event.type == "Warning")
