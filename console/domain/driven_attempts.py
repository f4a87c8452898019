"""What of each run of an agent was driving, how that was got ready, and what of it counts. Pure.

By what logcopy told of the pair and what its evaluator wrote, each by the node's clock. Which
driving was in vain `gpu_time` says.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import msgspec

from console.domain.pod_times import PairReports, PodTimes, Run
from console.domain.stage_marks import Marks, StageSpan, spans
from console.domain.submission import PairPlan
from console.domain.ticks import Stage


class KeptDriving(Enum):
    """What of an attempt's driving was not in vain."""

    NOTHING = "nothing"
    FINISHED = "the drives that it finished"
    ALL = "all: the one under way, too"
    UNKNOWN = "nobody knows"


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One run of an agent, by what logcopy told of it and what its evaluator wrote."""

    started: datetime
    began: datetime
    """To drive."""
    last: datetime
    """When the last drive that it finished was told, or when it began."""
    finished: datetime
    stages: tuple[StageSpan, ...] | None

    @property
    def boot(self) -> float:
        return seconds_between(self.started, self.began)

    def unkept(self, kept: KeptDriving) -> float:
        """Seconds of its driving that were in vain."""
        return seconds_between(self.kept_until(kept), self.finished)

    def ready(self, kept: KeptDriving, stage: Stage) -> float | None:
        """Seconds of the other driving that it was at that stage."""
        until = self.kept_until(kept)
        if until == self.began:
            return 0.0
        if self.stages is None:
            return None
        return sum(each.within(self.began, until) for each in self.stages if each.stage is stage)

    def kept_until(self, kept: KeptDriving) -> datetime:
        """The end of what counts."""
        return {KeptDriving.NOTHING: self.began, KeptDriving.FINISHED: self.last}.get(
            kept, self.finished
        )


def driven(
    runs: tuple[Run, ...], times: PodTimes, pair: PairPlan, end: datetime
) -> list[Attempt] | None:
    """None where logcopy told nothing or its beginning is missing, or where the end of a run before
    the last was not seen."""
    reports = times.reports_of(pair.number)
    if reports is None or not reports.complete or any(run.finished_at is None for run in runs[:-1]):
        return None
    # A report comes some seconds after what it tells: until the next run it is about this one.
    nexts = [*(run.started_at for run in runs[1:]), None]
    marks = times.stages_of(pair.agent)
    return [
        _attempt(run, after, reports, marks, end) for run, after in zip(runs, nexts, strict=True)
    ]


def _attempt(
    run: Run, after: datetime | None, reports: PairReports, marks: Marks, end: datetime
) -> Attempt:
    finish = run.finished_at or end

    def own(at: datetime) -> bool:
        return run.started_at <= at and (after is None or at < after)

    finishes = [at for at in reports.finishes if own(at)]
    began = min(min((at for _, at in reports.drove if own(at)), default=finish), finish)
    last = min(max(finishes, default=began), finish)
    heard = spans((each for each in marks if own(each.at)), finishes, finish)
    return Attempt(run.started_at, began, max(began, last), finish, heard)


def seconds_between(start: datetime, end: datetime) -> float:
    """Clocks of a node and of a console differ: never less than nothing."""
    return max((end - start).total_seconds(), 0.0)
