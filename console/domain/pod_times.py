"""When the pods of a submission held their node, and when their agents ran and drove: as values.

Collected while it is told, for a cluster keeps only the last two runs of a container and logcopy
only its newest report. What it cost is `gpu_time`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from console.domain.facts import NEVER_STARTED, ContainerFacts, ContainerState, PodFacts
from console.domain.progress import PairProgress, ProgressReport
from console.domain.stage_marks import Marks, Stages, both, with_marks
from console.workers import pair_words

_OVER = ("Succeeded", "Failed")
_MOST = 2_000
"""Of what is told of one pair, and kept: more than any Leaderboard has drives. A team's file may
say another number each time."""


class Run(msgspec.Struct, frozen=True, gc=False):
    """One run of a container, by its node's clock."""

    started_at: datetime
    finished_at: datetime | None = None
    """None while it runs, and where nobody saw its end."""


Runs = tuple[tuple[str, tuple[Run, ...]], ...]
"""By container, the oldest first."""


class PairReports(msgspec.Struct, frozen=True, gc=False):
    """What logcopy told of a pair in one pod."""

    pair: int
    complete: bool
    """Its first word was of a first attempt that did not drive yet: what came before is nothing."""
    done: int
    """Finished drives, as last told."""
    finishes: tuple[datetime, ...] = ()
    """When they were first told to be more."""
    fell: bool = False
    """They were told to be fewer once: how long those took that were lost, nobody knows."""
    drove: tuple[tuple[int, datetime], ...] = ()
    """Attempt, and when it was first told that it drives."""
    counts: tuple[tuple[int, datetime], ...] = ()
    """How many were finished, at the first word of it and whenever that was told to be another
    number: a drive that crashed is counted, and no longer once it is driven again."""


class PodTimes(msgspec.Struct, frozen=True, gc=False):
    """One pod."""

    key: str
    placed_at: datetime | None = None
    """Since when it holds its GPUs; None where no node has it, or nobody said when."""
    ended_at: datetime | None = None
    """When its last container ended; None while it lives, and where nobody saw that."""
    runs: Runs = ()
    restarts: tuple[tuple[str, int], ...] = ()
    """By container, as last counted: with fewer runs than that, some were not seen."""
    reports: tuple[PairReports, ...] = ()
    pair: int | None = None
    """It had that pair alone; None: all of them, or nobody said."""
    before: int = 0
    """Of the pods of its pair before it, how many failed: its attempts count on from there."""
    stages: Stages = ()
    """By container of an agent, as its evaluator wrote."""

    def runs_of(self, container: str) -> tuple[Run, ...] | None:
        """All of them; None where some were not seen, or whether there were any is not known."""
        counts = dict(self.restarts)
        known = dict(self.runs).get(container, ())
        if container not in counts:
            return None
        complete = len(known) == counts[container] + 1 or not (known or counts[container])
        return known if complete else None

    def stages_of(self, container: str) -> Marks:
        """What was heard of them."""
        return dict(self.stages).get(container, ())

    def reports_of(self, pair: int) -> PairReports | None:
        """None where logcopy told nothing of it."""
        return next((each for each in self.reports if each.pair == pair), None)


Times = tuple[PodTimes, ...]
"""The pods of one Job, in the order in which they were first told of."""


def with_pod(times: Times, pod: PodFacts) -> Times:
    """With what that state of the pod tells."""
    seen = next((each for each in times if each.key == pod.key), None)
    before = seen or PodTimes(pod.key)
    after = PodTimes(
        pod.key,
        pod.placed_at if pod.node else None,
        _end(pod) or before.ended_at,
        _with_runs(before.runs, pod.containers),
        tuple([(each.name, each.restart_count) for each in pod.containers]) or before.restarts,
        before.reports,
        pod.pair,
        pod.failures,
        before.stages,
    )
    return times if after == seen else _with(times, after)


def _with_runs(before: Runs, containers: tuple[ContainerFacts, ...]) -> Runs:
    """Asked at each word of a pod, of which few tell a run that is new."""
    known = dict(before)
    for container in containers:
        for run in _told(container):
            runs = known.get(container.name, ())
            if run not in runs:
                others = (each for each in runs if each.started_at != run.started_at)
                told = sorted((*others, _fuller(run, runs)), key=lambda each: each.started_at)
                known[container.name] = tuple(told)
    return tuple(known.items())


def _fuller(run: Run, runs: tuple[Run, ...]) -> Run:
    """An end that was seen once stays."""
    same = (each for each in runs if each.started_at == run.started_at and each.finished_at)
    return next(same, run)


def joined(present: Times, recorded: Times) -> Times:
    """What two have seen of the same pods: a cluster has forgotten what a recorder still knows."""
    known = {each.key: each for each in recorded}
    for each in present:
        known[each.key] = _joined(each, known[each.key]) if each.key in known else each
    return tuple(known.values())


def _joined(present: PodTimes, recorded: PodTimes) -> PodTimes:
    runs = dict(recorded.runs)
    for name, own in present.runs:
        every = {run.started_at: run for run in runs.get(name, ())}
        every |= {run.started_at: _fuller(run, runs.get(name, ())) for run in own}
        runs[name] = tuple(every[at] for at in sorted(every))
    told = {each.pair: each for each in present.reports}
    told |= {each.pair: _whole(each, told.get(each.pair)) for each in recorded.reports}
    return replace(
        present,
        placed_at=present.placed_at or recorded.placed_at,
        ended_at=present.ended_at or recorded.ended_at,
        runs=tuple(runs.items()),
        restarts=present.restarts or recorded.restarts,
        reports=tuple(told.values()),
        stages=both(present.stages, recorded.stages),
    )


def _whole(recorded: PairReports, present: PairReports | None) -> PairReports:
    """The longer story, with what the other one goes on to tell."""
    if present is None:
        return recorded
    known = dict(recorded.drove)
    drove = (*recorded.drove, *(each for each in present.drove if each[0] not in known))
    return replace(recorded, done=max(recorded.done, present.done), drove=drove)


def with_report(times: Times, key: str, report: ProgressReport) -> Times:
    """With what logcopy told of that pod; of whose pod nobody knows, nothing can be said."""
    if not key:
        return times
    before = _of(times, key)
    reports = {each.pair: each for each in before.reports}
    for told in report.pairs:
        pair = reports.get(told.pair) or _begun(told)
        reports[told.pair] = _with_progress(pair, told, told.at or report.at)
    after = replace(before, reports=tuple(reports.values()))
    return times if after == before else _with(times, after)


def with_stages(times: Times, key: str, container: str, marks: Marks) -> Times:
    """With what the evaluator in that container wrote of its drives' stages."""
    if not key:
        return times
    before = _of(times, key)
    stages = with_marks(before.stages, container, marks)
    return times if stages is before.stages else _with(times, replace(before, stages=stages))


def _begun(told: PairProgress) -> PairReports:
    complete = told.attempt <= 1 and told.agent != pair_words.DRIVING
    return PairReports(told.pair, complete, told.done)


def _with_progress(pair: PairReports, told: PairProgress, at: datetime) -> PairReports:
    """Of many reports few tell something that is new."""
    if not pair.counts or told.done != pair.counts[-1][0]:
        pair = replace(pair, counts=(*pair.counts, (told.done, at))[-_MOST:])
    drives = told.agent == pair_words.DRIVING and len(pair.drove) < _MOST
    if drives and told.attempt not in dict(pair.drove):
        pair = replace(pair, drove=(*pair.drove, (told.attempt, at)))
    if told.done > pair.done:
        pair = replace(pair, done=told.done, finishes=(*pair.finishes, at)[-_MOST:])
    elif told.done < pair.done:
        pair = replace(pair, done=told.done, fell=True)
    return pair


def of_pair(times: Times, pair: int) -> Times:
    """The pods that had that pair, each with what was told of it while it was there."""
    own = [each for each in times if each.pair == pair]
    if all(each.pair is None for each in times):
        return times
    told = (each.reports_of(pair) for each in times if each.pair is None)
    reports = next((each for each in told if each is not None), None)
    if reports is None:
        return tuple(own)
    nexts = [*(each.placed_at for each in own[1:]), None]
    return tuple(
        replace(pod, reports=(_between(reports, pod.placed_at if at else None, after),))
        for at, (pod, after) in enumerate(zip(own, nexts, strict=True))
    )


def _between(reports: PairReports, since: datetime | None, until: datetime | None) -> PairReports:
    """What was told from then to before then; None: whenever."""

    def within(at: datetime) -> bool:
        return (since is None or at >= since) and (until is None or at < until)

    return replace(
        reports,
        finishes=tuple(at for at in reports.finishes if within(at)),
        drove=tuple(each for each in reports.drove if within(each[1])),
        counts=tuple(each for each in reports.counts if within(each[1])),
    )


def _of(times: Times, key: str) -> PodTimes:
    return next((each for each in times if each.key == key), PodTimes(key))


def _with(times: Times, pod: PodTimes) -> Times:
    if all(each.key != pod.key for each in times):
        return (*times, pod)
    return tuple(pod if each.key == pod.key else each for each in times)


def _told(container: ContainerFacts) -> list[Run]:
    """The two runs that its status can tell; one that never began carries the year 1970."""
    told = [
        Run(end.started_at, end.finished_at)
        for end in (container.previous, container.ended)
        if end is not None and end.started_at is not None and end.reason not in NEVER_STARTED
    ]
    if container.started_at is not None and container.ended is None:
        told.append(Run(container.started_at))
    return told


def _end(pod: PodFacts) -> datetime | None:
    """Of its last container, once none of them will run again."""
    if pod.phase not in _OVER and not pod.deleting:
        return None
    every = (each for each in pod.containers if not (each.init or each.ephemeral))
    # One whose image never came held nothing, and has no end that could be waited for.
    holding = [each for each in every if not _never_began(each)]
    ends = [each.ended.finished_at if each.ended else None for each in holding]
    known = [at for at in ends if at is not None]
    return max(known) if known and len(known) == len(ends) else None


def _never_began(container: ContainerFacts) -> bool:
    seen = (container.started_at, container.ended, container.previous)
    return (
        container.state is ContainerState.WAITING and not container.restart_count and not any(seen)
    )
