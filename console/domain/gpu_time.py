"""GPU time of a submission: how much its pods held, and what of it was wasted on what. Pure.

Each pair holds one GPU for as long as its pod has a node. What is known of a record's drive is the
time that the Leaderboard wrote into it; all other driving left no record. Each part is None where
something of it was not seen: a sum of what happens to be known is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise

import msgspec

from console.domain.board import BoardSnapshot, PairStatus
from console.domain.evidence import drives_known, never_ran
from console.domain.pod_times import PairReports, PodTimes, Run
from console.domain.submission import PairPlan

_HOUR = 3600.0
_OVER = (PairStatus.DONE, PairStatus.STOPPED, PairStatus.FAILED, PairStatus.UNKNOWN)


class GpuTime(msgspec.Struct, frozen=True, gc=False):
    """Seconds of one GPU; None where nobody can tell."""

    used: float | None = None
    """Held by a pod, whatever it did with it."""
    boot: float | None = None
    """Until an attempt drove: images, servers, the team's set-up."""
    repeated: float | None = None
    """Driving that left no record which counts: it was driven again, or given up."""
    back_off: float | None = None
    """Between the end of an attempt and the next one's start."""
    idle: float | None = None
    """After a pair's last attempt, while others of its pod went on."""

    @property
    def wasted(self) -> float | None:
        """All of that; None where a part is not known."""
        return _sum((self.boot, self.repeated, self.back_off, self.idle))

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
    return _added(_of_pod(board, times, plan.pairs, now) for times in board.pod_times)


def _of_pod(
    board: BoardSnapshot, times: PodTimes, pairs: tuple[PairPlan, ...], now: datetime | None
) -> GpuTime:
    present = board.pod if board.pod is not None and board.pod.key == times.key else None
    if times.placed_at is None:
        unplaced = present is not None and not present.node and board.pod_lives
        return NOTHING if unplaced else UNKNOWN
    end = times.ended_at or (now if present is not None and board.pod_lives else None)
    if end is None:
        return UNKNOWN
    return _added(_of_pair(board, times, pair, end) for pair in pairs)


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
    boot = driving = None
    if spent is not None:
        boot = _between(times.placed_at, runs[0].started_at) + spent[0]
        driving = spent[1]
    return GpuTime(held, boot, _without_record(board, times, pair, driving, end), _sum(gaps), idle)


def _goes_on(board: BoardSnapshot, times: PodTimes, pair: PairPlan) -> bool:
    """The pair has not done its last attempt yet."""
    if board.pod is None or board.pod.key != times.key or not board.pod_lives:
        return False
    shown = next((each for each in board.pairs if each.number == pair.number), None)
    return shown is not None and shown.status not in _OVER


def _driven(
    runs: tuple[Run, ...], reports: PairReports | None, end: datetime
) -> tuple[float, float] | None:
    """Seconds of those runs before they drove, and while they did; None where logcopy told nothing,
    or the end of a run before the last was not seen."""
    if reports is None or any(run.finished_at is None for run in runs[:-1]):
        return None
    before = during = 0.0
    for run in runs:
        finish = run.finished_at or end
        begins = [at for _, at in reports.drove if run.started_at <= at <= finish]
        begin = min(begins, default=finish)
        before += _between(run.started_at, begin)
        during += _between(begin, finish)
    return before, during


def _without_record(
    board: BoardSnapshot, times: PodTimes, pair: PairPlan, driving: float | None, end: datetime
) -> float | None:
    """Driving of which no record is left: none of an earlier pod's counts."""
    if driving is None:
        return None
    if board.pod is None or board.pod.key != times.key:
        return driving
    reports = times.reports_of(pair.number)
    if reports is None or not drives_known(board):
        return None
    own = [each for each in board.records if each.pair == pair.number]
    recorded = sum(each.duration_system for each in own[reports.finished_before :])
    under_way = _under_way(board, pair, end)
    return None if under_way is None else max(driving - recorded - under_way, 0.0)


def _under_way(board: BoardSnapshot, pair: PairPlan, end: datetime) -> float | None:
    """Of the drive that goes on: nobody can say yet that it was in vain."""
    shown = next((each for each in board.pairs if each.number == pair.number), None)
    if shown is None or shown.status is not PairStatus.DRIVING or not board.pod_lives:
        return 0.0
    return _between(shown.since, end) if shown.since is not None else None


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
