"""GPU time of a submission: how much its pods held, and what of it was wasted on what. Pure.

Each pair holds one GPU for as long as its pod has a node. When a drive began and was finished is
told by logcopy's reports, to some seconds; what a record says of itself is the team's to write.
Each part is None where something of it was not seen: the sum of what is known is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from console.domain.board import PAIR_OVER, BoardSnapshot, PairStatus
from console.domain.evidence import never_ran
from console.domain.facts import PODS_OVER, PodFacts
from console.domain.pod_times import PairReports, PodTimes, Run, Times, joined, of_pair
from console.domain.submission import PairPlan

_HOUR = 3600.0


class GpuTime(msgspec.Struct, frozen=True, gc=False):
    """Seconds of one GPU; None where nobody can tell."""

    used: float | None = None
    """Held by a pod, whatever it did with it."""
    boot: float | None = None
    """Until an attempt drove: images, servers, the team's set-up."""
    repeated: float | None = None
    """Driving that an attempt's end cut off, or that went with a pod: it was driven again, if at
    all."""
    back_off: float | None = None
    """Between the end of an attempt and the next one's start."""
    idle: float | None = None
    """After a pair's last attempt, while others of its pod went on."""

    @property
    def wasted(self) -> float | None:
        """All of that; None where a part is not known."""
        return _sum((self.boot, self.repeated, self.back_off, self.idle))

    @property
    def driving(self) -> float | None:
        """What was not wasted."""
        if self.used is None or self.wasted is None:
            return None
        return max(self.used - self.wasted, 0.0)

    @property
    def parts(self) -> tuple[tuple[str, float | None], ...]:
        """What it was wasted on, in words of the field."""
        return (
            ("boot", self.boot),
            ("repeated drives", self.repeated),
            ("back-off", self.back_off),
            ("idle", self.idle),
        )


NOTHING = GpuTime(0.0, 0.0, 0.0, 0.0, 0.0)
UNKNOWN = GpuTime()


def hours(seconds: float | None) -> float | None:
    """GPU hours, to hundredths."""
    return None if seconds is None else round(seconds / _HOUR, 2)


def gpu_time(board: BoardSnapshot, now: datetime | None) -> GpuTime:
    """Of all pods of it. `now`: until when a pod that lives has held its GPUs; None where nobody
    has looked since."""
    plan = board.job.plan if board.job else None
    seen = {each.key for each in board.pod_times}
    if plan is None or any(lost.key not in seen for lost in board.lost):
        return UNKNOWN
    if not board.pod_times:
        return NOTHING if never_ran(board) else UNKNOWN
    if board.parts:
        return _added(
            _of_pod(board, times, (pair,), now)
            for pair in plan.pairs
            for times in of_pair(board.pod_times, pair.number)
        )
    return _added(_of_pod(board, times, plan.pairs, now) for times in board.pod_times)


def gpu_time_with(board: BoardSnapshot, recorded: Times, now: datetime | None) -> GpuTime:
    """The same, with what a recording knows of its pods where the board alone cannot tell all."""
    told = gpu_time(board, now)
    if told.wasted is not None or not recorded:
        return told
    fuller = gpu_time(replace(board, pod_times=joined(board.pod_times, recorded)), now)
    return told if fuller.wasted is None else fuller


def _of_pod(
    board: BoardSnapshot, times: PodTimes, pairs: tuple[PairPlan, ...], now: datetime | None
) -> GpuTime:
    present = _present(board, times)
    if times.placed_at is None:
        unplaced = present is not None and not present.node and _lives(present)
        return NOTHING if unplaced else UNKNOWN
    end = times.ended_at or (now if present is not None and _lives(present) else None)
    if end is None:
        return UNKNOWN
    return _added(_of_pair(board, times, pair, end) for pair in pairs)


def _present(board: BoardSnapshot, times: PodTimes) -> PodFacts | None:
    return next((each for each in board.pods if each.key == times.key), None)


def _lives(pod: PodFacts) -> bool:
    return pod.phase not in PODS_OVER


def _of_pair(board: BoardSnapshot, times: PodTimes, pair: PairPlan, end: datetime) -> GpuTime:
    assert times.placed_at is not None
    held = _between(times.placed_at, end)
    runs, reports = times.runs_of(pair.agent), times.reports_of(pair.number)
    if runs is None:
        return GpuTime(used=held)
    if not runs:
        return GpuTime(held, held, 0.0, 0.0, 0.0)
    gaps = [_gap(one, other) for one, other in pairwise(runs)]
    idle = _between(runs[-1].finished_at, end) if runs[-1].finished_at else 0.0
    if _goes_on(board, times, pair):
        # Not over: what follows its last run is the wait for the next one.
        gaps, idle = [*gaps, idle], 0.0
    spent = _driven(runs, reports, end)
    boot = None
    if spent is not None:
        boot = _between(times.placed_at, runs[0].started_at) + sum(each.boot for each in spent)
    return GpuTime(held, boot, _repeated(board, times, pair, spent), _sum(gaps), idle)


def _goes_on(board: BoardSnapshot, times: PodTimes, pair: PairPlan) -> bool:
    """The pair has not done its last attempt yet."""
    present = _present(board, times)
    if present is None or not _lives(present):
        return False
    shown = next((each for each in board.pairs if each.number == pair.number), None)
    return shown is not None and shown.status not in PAIR_OVER


class _Attempt(msgspec.Struct, frozen=True, gc=False):
    """Seconds of one run of an agent."""

    boot: float
    driving: float
    unfinished: float
    """Of its driving, what came after the last drive that it finished."""


def _driven(
    runs: tuple[Run, ...], reports: PairReports | None, end: datetime
) -> list[_Attempt] | None:
    """None where logcopy told nothing or its beginning is missing, or where the end of a run before
    the last was not seen."""
    if reports is None or not reports.complete or any(run.finished_at is None for run in runs[:-1]):
        return None
    # A report comes some seconds after what it tells: until the next run it is about this one.
    nexts = [*(run.started_at for run in runs[1:]), None]
    return [_attempt(run, after, reports, end) for run, after in zip(runs, nexts, strict=True)]


def _attempt(run: Run, after: datetime | None, reports: PairReports, end: datetime) -> _Attempt:
    finish = run.finished_at or end

    def own(at: datetime) -> bool:
        return run.started_at <= at and (after is None or at < after)

    began = min((at for _, at in reports.drove if own(at)), default=finish)
    last = max((at for at in reports.finishes if own(at)), default=began)
    boot, driving = _between(run.started_at, min(began, finish)), _between(began, finish)
    return _Attempt(boot, driving, _between(max(began, last), finish))


def _repeated(
    board: BoardSnapshot, times: PodTimes, pair: PairPlan, attempts: list[_Attempt] | None
) -> float | None:
    """All driving of a pod that was replaced; of the present one the drives that an attempt's end
    cut off. The one under way is not in vain yet."""
    reports = times.reports_of(pair.number)
    if attempts is None or reports is None:
        return None
    if _present(board, times) is None:
        # What a pair finished in a pod of its own is kept; else it goes with the pod.
        kept = times.pair is not None
        return sum(each.unfinished if kept else each.driving for each in attempts)
    if reports.fell:
        return None
    shown = next((each for each in board.pairs if each.number == pair.number), None)
    whole = shown is not None and shown.status in (PairStatus.DRIVING, PairStatus.DONE)
    return sum(each.unfinished for each in (attempts[:-1] if whole else attempts))


def _gap(one: Run, other: Run) -> float | None:
    return None if one.finished_at is None else _between(one.finished_at, other.started_at)


def _between(start: datetime, end: datetime) -> float:
    """Clocks of a node and of a console differ: never less than nothing."""
    return max((end - start).total_seconds(), 0.0)


def _sum(values: Iterable[float | None]) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _added(every: Iterable[GpuTime]) -> GpuTime:
    told = tuple(every)
    part: Callable[[str], float | None] = lambda name: _sum(getattr(each, name) for each in told)  # noqa: E731
    return GpuTime(*map(part, GpuTime.__struct_fields__))
