"""GPU time of a submission: how much its pods held, and what of it was wasted on what. Pure.

Each pair holds one GPU for as long as its pod has a node. When a drive began and was finished is
told by logcopy's reports, to some seconds; what a record says of itself is the team's to write.
What got a drive ready is told by its evaluator's lines. No second is of two parts: all that is told
of a pod lies within the time that it held its node.
Each part is None where something of it was not seen: the sum of what is known is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from console.domain.board import PAIR_OVER, BoardSnapshot, PairStatus
from console.domain.driven_attempts import Attempt, KeptDriving, driven, seconds_between
from console.domain.evidence import never_ran
from console.domain.facts import PODS_OVER, PodFacts
from console.domain.pod_times import PodTimes, Run, Times, joined, of_pair
from console.domain.submission import PairPlan
from console.domain.ticks import Stage

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
    loading: float | None = None
    """Of what was not wasted: worlds that were loaded,"""
    set_up: float | None = None
    """and agents that were set up, each time that a route was to run."""

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
    def routes(self) -> float | None:
        """The rest of that: routes that ran, and what their evaluator does before and between."""
        ready = _sum((self.loading, self.set_up))
        return None if self.driving is None or ready is None else max(self.driving - ready, 0.0)

    @property
    def complete(self) -> bool:
        """Nothing of it is left open."""
        return self.routes is not None

    @property
    def parts_of_driving(self) -> tuple[tuple[str, float | None], ...]:
        """What it was driven for, in words of the field."""
        return (
            ("routes", self.routes),
            ("world load", self.loading),
            ("agent set-up", self.set_up),
        )

    @property
    def parts(self) -> tuple[tuple[str, float | None], ...]:
        """What it was wasted on, in words of the field."""
        return (
            ("boot", self.boot),
            ("repeated drives", self.repeated),
            ("back-off", self.back_off),
            ("idle", self.idle),
        )


NOTHING = GpuTime(*[0.0] * len(GpuTime.__struct_fields__))
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
    if told.complete or not recorded:
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
    begin, end = times.placed_at, max(times.placed_at, end)
    held, runs = seconds_between(begin, end), times.runs_of(pair.agent)
    if runs is None:
        return GpuTime(used=held)
    if not runs:
        return replace(NOTHING, used=held, boot=held)
    runs = tuple(_within(run, begin, end) for run in runs)
    gaps = [_gap(one, other) for one, other in pairwise(runs)]
    idle = seconds_between(runs[-1].finished_at, end) if runs[-1].finished_at else 0.0
    if _goes_on(board, times, pair):
        # Not over: what follows its last run is the wait for the next one.
        gaps, idle = [*gaps, idle], 0.0
    told = GpuTime(used=held, back_off=_sum(gaps), idle=idle)
    attempts = driven(runs, times, pair, end)
    if attempts is None:
        return told
    boot = seconds_between(begin, runs[0].started_at) + sum(each.boot for each in attempts)
    return _with_drives(replace(told, boot=boot), attempts, _kept(board, times, pair))


def _within(run: Run, begin: datetime, end: datetime) -> Run:
    """What a clock that differs says to be of another time is none of the pod's."""
    started = min(max(run.started_at, begin), end)
    finished = run.finished_at and min(max(run.finished_at, begin), end)
    return Run(started, finished)


def _goes_on(board: BoardSnapshot, times: PodTimes, pair: PairPlan) -> bool:
    """The pair has not done its last attempt yet."""
    present = _present(board, times)
    if present is None or not _lives(present):
        return False
    shown = next((each for each in board.pairs if each.number == pair.number), None)
    return shown is not None and shown.status not in PAIR_OVER


def _kept(board: BoardSnapshot, times: PodTimes, pair: PairPlan) -> tuple[KeptDriving, KeptDriving]:
    """Of all attempts but the last, and of that one."""
    reports = times.reports_of(pair.number)
    if _present(board, times) is None:
        # What a pair finished in a pod of its own is kept; else it goes with the pod.
        kept = KeptDriving.FINISHED if times.pair is not None else KeptDriving.NOTHING
        return kept, kept
    if reports is None or reports.fell:
        return KeptDriving.UNKNOWN, KeptDriving.UNKNOWN
    shown = next((each for each in board.pairs if each.number == pair.number), None)
    # The one under way is not in vain yet.
    whole = shown is not None and shown.status in (PairStatus.DRIVING, PairStatus.DONE)
    return KeptDriving.FINISHED, KeptDriving.ALL if whole else KeptDriving.FINISHED


def _with_drives(
    told: GpuTime, attempts: list[Attempt], kept: tuple[KeptDriving, KeptDriving]
) -> GpuTime:
    """And what was driven: in vain, or after it had been got ready."""
    if KeptDriving.UNKNOWN in kept:
        return told
    each = [*((attempt, kept[0]) for attempt in attempts[:-1]), (attempts[-1], kept[1])]
    return replace(
        told,
        repeated=sum(attempt.unkept(much) for attempt, much in each),
        loading=_sum(attempt.ready(much, Stage.LOADING) for attempt, much in each),
        set_up=_sum(attempt.ready(much, Stage.SET_UP) for attempt, much in each),
    )


def _gap(one: Run, other: Run) -> float | None:
    return None if one.finished_at is None else seconds_between(one.finished_at, other.started_at)


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
