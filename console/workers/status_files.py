"""What the pair supervisors say in the status directory, read with suspicion.

The agents' containers can write there too: names and contents are bounded, and every word that
goes further is of a known kind. Judges no liveness and no phase; writes the marks that are
logcopy's own, and the end of an agent that nobody else can tell.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from console.results import files
from console.results.quoting import printable
from console.workers import evaluator_reports, pair_words
from console.workers.gpu_use import GpuReading, gpu_reading
from console.workers.memory_use import MemoryReading, memory_reading

CANCEL = "simulation.cancel"
LOGCOPY_DONE = "logcopy.done"
"""Ends of a pair for good because no restart would let it drive."""

_FILE = re.compile(
    r"pair-(\d{1,3})\.(simulator|agent)\."
    r"(?:attempt-(\d{1,6})|ended-(\d{1,6})|(heartbeat|done|gpu|gpu-use|gpu-fault|memory)|given-up-(\d{1,6})"
    r"|evaluator-(\d{1,6}))"
)
_HEARTBEAT = re.compile(r"(\d{1,6}) (\d{1,12}) ([a-z-]{1,20})\s*")
_ENDED = re.compile(
    r"reason=([a-z-]{1,30}) exit=(-?\d{1,6}) signal=(-?\d{1,4}) "
    r"route=([A-Za-z0-9_.-]{1,80}) t=(\d{1,11})(?:\.\d*)?\s*"
)
_GIVEN_UP = re.compile(r"route=([A-Za-z0-9_.-]{1,80}) attempts=(\d{1,6}) t=\d{1,12}\s*")
_GPU = re.compile(
    r"attempt=\d{1,6} gpus=(-|\d{1,3}) index=(-|\d{1,4}) uuid=(-|[A-Za-z0-9-]{1,60}) "
    r"driver=(-|[0-9.]{1,60}) told=(-|[A-Za-z0-9,:./=-]{1,60}) shared=(no|yes) "
    r"name=([A-Za-z0-9 ._()/-]{1,60})\s*"
)
_CONTENT_LIMIT = 512
_FILES_LIMIT = 5_000
_TOLD_ENDS = 6
_TOLD_GIVEN_UP = 20


@dataclass(frozen=True)
class HalfEnd:
    """How one half's attempt ended. `route` is None when none was being driven; t in epoch s."""

    attempt: int
    half: str
    reason: str
    exit: int
    signal: int
    route: str | None
    t: int


@dataclass(frozen=True)
class GivenUp:
    """A drive that was recorded as failed because this many attempts crashed at it."""

    route: str
    attempts: int


@dataclass(frozen=True)
class Gpu:
    """The GPU that a half has, as it said at its start; None is what it could not tell."""

    count: int | None
    index: int | None
    uuid: str | None
    driver: str | None
    told: str | None
    name: str | None
    shared: bool = False


@dataclass(frozen=True)
class HalfStatus:
    """One half of a pair: its latest attempt (0: none yet), phase ("" unknown), and its ends."""

    attempt: int = 0
    phase: str = ""
    counter: int = -1
    done: bool = False
    ended: tuple[HalfEnd, ...] = ()
    given_up: tuple[GivenUp, ...] = ()
    gpu: Gpu | None = None
    gpu_use: GpuReading | None = None
    """The latest look at how busy its GPU is; None while it has not looked in this attempt."""
    memory: MemoryReading | None = None
    """The latest look at what its server holds; None while it has not looked in this attempt."""
    gpu_fault: str = ""
    """Why the pair cannot drive on its GPUs, in this half's words."""
    load_error: str = ""
    """Why the latest evaluator could not be loaded; empty for one that could."""
    evaluators: tuple[int, ...] = ()
    """The attempts of which there is an evaluator's word."""

    @property
    def at_rest(self) -> bool:
        """Nothing of this half is running, as far as it says itself."""
        return self.done or not self.attempt or self.attempt in {e.attempt for e in self.ended}


@dataclass(frozen=True)
class PairsStatus:
    """The whole directory at one moment."""

    halves: dict[tuple[int, str], HalfStatus]
    cancelled: bool

    def half(self, pair: int, role: str) -> HalfStatus:
        """That half, also when nothing is known of it yet."""
        return self.halves.get((pair, role), HalfStatus())

    @property
    def done(self) -> int:
        """How many halves are finished for good."""
        return sum(half.done for half in self.halves.values())

    @property
    def stopped(self) -> tuple[int, ...]:
        """The pairs that are over because no restart would let them drive."""
        lasting = {
            number
            for (number, _), half in self.halves.items()
            if half.done and any(end.reason in pair_words.LASTING for end in half.ended[-1:])
        }
        return tuple(sorted(lasting))

    @property
    def ends(self) -> int:
        """A number that grows whenever a half ends an attempt."""
        return sum(end.attempt for half in self.halves.values() for end in half.ended[-1:])

    @property
    def at_rest(self) -> bool:
        """No half says that it is running."""
        return all(half.at_rest for half in self.halves.values())


def read(folder: str, pairs: int, *, ends: int | None = _TOLD_ENDS) -> PairsStatus:
    """The status of pairs 1 to `pairs`. A missing directory is an empty one.

    `ends`: how many of the latest ends of each half are read, None: all.
    """
    names = _names(folder)
    found: dict[tuple[int, str], dict[str, list[int]]] = {}
    for name in names:
        match = _FILE.fullmatch(name)
        if not match or not 1 <= int(match.group(1)) <= pairs:
            continue
        marks = found.setdefault((int(match.group(1)), match.group(2)), {})
        marks.setdefault("attempt", []).append(int(match.group(3) or 0))
        marks.setdefault("ended", []).append(int(match.group(4) or 0))
        marks.setdefault(match.group(5) or "", []).append(1)
        marks.setdefault("given-up", []).append(int(match.group(6) or 0))
        marks.setdefault("evaluator", []).append(int(match.group(7) or 0))
    halves = {key: _half(folder, key, marks, ends) for key, marks in found.items()}
    return PairsStatus(halves, cancelled=CANCEL in names)


def mark(folder: str, name: str) -> None:
    """Create one of logcopy's own marks; an existing one stays as it is."""
    with open(os.path.join(folder, name), "a", encoding="ascii"):
        pass


def mark_vanished(folder: str, pair: int, attempt: int, route: str | None, moment: float) -> None:
    """Say of an agent that it was killed without a word, in whose pod none comes after it."""
    text = f"reason=vanished exit=-1 signal=0 route={route or '-'} t={int(moment)}\n"
    files.write_text(os.path.join(folder, f"pair-{pair}.agent.ended-{attempt}"), text)


def _names(folder: str) -> set[str]:
    names: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.add(entry.name)
                if len(names) >= _FILES_LIMIT:
                    break
    except FileNotFoundError:
        return names
    if os.path.exists(os.path.join(folder, CANCEL)):
        names.add(CANCEL)
    return names


def _half(
    folder: str, key: tuple[int, str], marks: dict[str, list[int]], ends: int | None
) -> HalfStatus:
    start = os.path.join(folder, f"pair-{key[0]}.{key[1]}.")
    attempt = max(marks["attempt"])
    beat = _HEARTBEAT.fullmatch(_content(start + "heartbeat")) if "heartbeat" in marks else None
    current = beat is not None and int(beat.group(1)) == attempt
    all_ends = sorted(set(marks["ended"]) - {0})
    latest = all_ends if ends is None else all_ends[-ends:]
    evaluators = sorted(set(marks["evaluator"]) - {0})
    return HalfStatus(
        attempt=attempt,
        phase=beat.group(3) if beat and current else "",
        counter=int(beat.group(2)) if beat and current else -1,
        done="done" in marks,
        ended=tuple(_ended(start, key[1], number) for number in latest),
        given_up=_given_up(start, sorted(set(marks["given-up"]) - {0})),
        gpu=_gpu(_content(start + "gpu")) if "gpu" in marks else None,
        gpu_use=gpu_reading(_content(start + "gpu-use"), attempt) if "gpu-use" in marks else None,
        memory=memory_reading(_content(start + "memory"), attempt) if "memory" in marks else None,
        gpu_fault=printable(_content(start + "gpu-fault").strip()) if "gpu-fault" in marks else "",
        load_error=_load_error(folder, key[0], evaluators[-1]) if evaluators else "",
        evaluators=tuple(evaluators),
    )


def _ended(start: str, role: str, attempt: int) -> HalfEnd:
    """How an attempt ended; a file that says nothing understandable still says that it did."""
    told = end_of(role, attempt, _content(f"{start}ended-{attempt}"))
    return told or HalfEnd(attempt, role, "unknown", 0, 0, None, 0)


def end_of(role: str, attempt: int, text: str) -> HalfEnd | None:
    """How an attempt ended, as its file has it; None for what cannot be understood."""
    match = _ENDED.fullmatch(text)
    if not match:
        return None
    reason, status, signal, route, moment = match.groups()
    told = None if route == "-" else route
    return HalfEnd(attempt, role, reason, int(status), int(signal), told, int(moment))


def _gpu(text: str) -> Gpu | None:
    match = _GPU.fullmatch(text)
    if not match:
        return None
    count, index, uuid, driver, told, shared, name = match.groups()
    words = [None if word.strip() in ("-", "") else word for word in (uuid, driver, told, name)]
    numbers = [None if word == "-" else int(word) for word in (count, index)]
    return Gpu(numbers[0], numbers[1], words[0], words[1], words[2], words[3], shared == "yes")


def _load_error(folder: str, pair: int, attempt: int) -> str:
    told = evaluator_reports.read(folder, pair, attempt)
    return told.error if told and told.state == "failed" else ""


def _given_up(start: str, attempts: list[int]) -> tuple[GivenUp, ...]:
    texts = (_content(f"{start}given-up-{number}") for number in attempts[-_TOLD_GIVEN_UP:])
    found = (_GIVEN_UP.fullmatch(text) for text in texts)
    told = (GivenUp(match.group(1), int(match.group(2))) for match in found if match)
    return tuple(dict.fromkeys(told))


def _content(path: str) -> str:
    """The first bytes of a regular file as ASCII text; nothing when there is none to read."""
    try:
        return files.read_start(path, _CONTENT_LIMIT).decode("ascii", "replace")
    except OSError:
        return ""
