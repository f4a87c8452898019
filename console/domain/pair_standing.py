"""What one pair is doing: from its two containers, logcopy's report of it, and its Job. Pure.

What happened to a pair whose containers nobody saw end is unknown, unless logcopy's last word or
their absence proves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from signal import SIGTERM

import msgspec

from console.domain.blockage import Blockage
from console.domain.board import PairStatus
from console.domain.board import SubmissionStatus as Status
from console.domain.facts import ContainerFacts, ContainerState
from console.domain.progress import EndedAttempt, PairProgress
from console.workers import pair_words

_OVER = (Status.CANCELLED, Status.SUSPENDED, Status.DELETED, Status.FAILED, Status.FAILING)
_STOPPED = (Status.CANCELLED, Status.SUSPENDED, Status.DELETED)
_COMPLETED = (Status.COMPLETE, Status.INCOMPLETE, Status.UNVERIFIED)
"""A Job completes only when each container of its pod has ended with 0."""


class PairFacts(msgspec.Struct, frozen=True, gc=False):
    """All that is known of one pair."""

    simulator: ContainerFacts | None
    agent: ContainerFacts | None
    report: PairProgress | None
    """The newest that logcopy told of this pod."""
    fresh: bool
    """Whether that is of the present attempt."""
    final: bool
    """Whether it is logcopy's last word."""
    ended: tuple[EndedAttempt, ...]
    not_created: bool
    attempt: int | None
    """The present one; None where nobody can tell."""
    halves: tuple[ContainerFacts, ...]
    """Those of the two that the pod tells of."""

    @property
    def seen(self) -> bool:
        """Whether it is known what its containers did, if they ever were."""
        return bool(self.halves) or self.not_created


def status_of(pair: PairFacts, submission: Status, blockage: Blockage | None) -> PairStatus:
    """The pair's status in a submission of that status."""
    # Before the Job is asked: an agent that ended well is done, whatever becomes of the others.
    if settled := _settled(pair):
        return settled
    # Nobody may have seen the containers end: then the Job's own condition stands for them.
    if submission in _COMPLETED:
        lasting = any(each.reason in pair_words.LASTING for each in pair.ended)
        return PairStatus.FAILED if lasting else PairStatus.DONE
    if submission not in _OVER:
        alive = _alive(pair) if pair.seen else _unseen(submission)
        return PairStatus.BLOCKED if _blocked(pair, alive, blockage) else alive
    # A pod that is gone was ended by something: whether this pair had failed before, nobody saw.
    if not pair.seen and not (pair.final and pair.report):
        return PairStatus.UNKNOWN
    if submission in _STOPPED:
        return PairStatus.STOPPED
    return PairStatus.FAILED if _broken(pair) else PairStatus.STOPPED


def _blocked(pair: PairFacts, alive: PairStatus, blockage: Blockage | None) -> bool:
    """It waits for what keeps the whole pod from starting, or a half of it cannot start."""
    if blockage is None:
        return False
    cannot = {one.containers[0] for one in blockage.each}
    return alive is PairStatus.WAITING or any(half.name in cannot for half in pair.halves)


def _unseen(submission: Status) -> PairStatus:
    waiting = submission in (Status.QUEUED, Status.PENDING, Status.BLOCKED)
    return PairStatus.WAITING if waiting else PairStatus.UNKNOWN


def started(half: ContainerFacts) -> bool:
    """Whether some run of it has begun."""
    ran = half.state is not ContainerState.WAITING or half.previous is not None
    # A pod that is made anew for its pair counts the lives that those before it had.
    return ran or half.restart_count > 0


def _settled(pair: PairFacts) -> PairStatus | None:
    """Nothing more comes of it: its agent ended well, or was asked to."""
    ends = [each for each in pair.ended if each.half == "agent"]
    last = max(ends, key=lambda each: each.attempt, default=None)
    if pair.agent is not None:
        if not _finished(pair.agent):
            return None
    elif pair.seen or pair.report is None or pair.report.agent != "done" or last is None:
        return None
    if last and last.reason in pair_words.LASTING:
        return PairStatus.FAILED
    return (
        PairStatus.STOPPED if last and last.reason in pair_words.ASKED_TO_STOP else PairStatus.DONE
    )


def _finished(half: ContainerFacts) -> bool:
    return half.ended is not None and half.ended.exit_code == 0


def _alive(pair: PairFacts) -> PairStatus:
    """What the two containers show by themselves."""
    halves = pair.halves
    # A half that never ran has no attempt that could be reset.
    if not any(started(half) for half in halves):
        return PairStatus.WAITING
    # The kubelet's own wait comes first: the other half may be running and wait for this one.
    if any(half.reason == "CrashLoopBackOff" for half in halves):
        return PairStatus.BACKING_OFF
    if any(half.state is not ContainerState.RUNNING for half in halves):
        return PairStatus.RESETTING
    return _phase(pair.report if pair.fresh else None)


def _phase(report: PairProgress | None) -> PairStatus:
    """What logcopy read from the heartbeats of the present attempt."""
    if report is None:
        return PairStatus.BOOTING
    # A half says so before its workload is dead, while both containers still run.
    if "stopping" in (report.simulator, report.agent):
        return PairStatus.RESETTING
    return PairStatus.DRIVING if report.agent == pair_words.DRIVING else PairStatus.BOOTING


def _broken(pair: PairFacts) -> bool:
    """Its own failure was the last that it did; a pair that drove on was only stopped."""
    if (
        pair.report
        and pair.fresh
        and pair.report.agent == pair_words.DRIVING
        and not _told_end(pair)
    ):
        return False
    for group in _newest_first(pair.ended):
        if any(each.initiating for each in group):
            return True
        # An attempt that reached a route had got over whatever ended the one before it.
        if any(each.route.strip("-") for each in group):
            return False
    return any(_failed_exit(half) for half in pair.halves)


def _told_end(pair: PairFacts) -> bool:
    assert pair.report is not None
    return any(each.attempt == pair.report.attempt for each in pair.ended)


def _newest_first(ended: Iterable[EndedAttempt]) -> list[list[EndedAttempt]]:
    """The halves' ends by attempt."""
    by_attempt = sorted(ended, key=lambda each: each.attempt, reverse=True)
    return [list(group) for _, group in groupby(by_attempt, key=lambda each: each.attempt)]


def _failed_exit(half: ContainerFacts) -> bool:
    last = half.ended or half.previous
    # Who is asked to stop has not failed.
    return last is not None and last.exit_code != 0 and last.signal != SIGTERM
