"""That a submission waits for room, since when, and for how much. Pure.

What waits is well: it begins when others end, or when a node comes. What cannot begin by waiting is
blocked and none of this, and nor is what takes turns of ours: who launched it has said how many run
at once. How much is free no account of ours may ask; the cluster's own words are the row's reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from console.domain.blockage import listed
from console.domain.facts import JobFacts, PodFacts
from console.domain.placing import why_unplaced
from console.domain.submission import MONITOR_INDEX
from console.domain.turns import is_kueues

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot

PATIENCE = timedelta(minutes=30)
"""A node that an autoscaler adds takes a quarter of an hour with its drivers and images. Who waits
for twice that waits for others to end, and these drive for hours."""


class Wait(msgspec.Struct, frozen=True, gc=False):
    """For room, of all of a submission or of some of its pairs."""

    since: datetime
    gpus: int | None
    """How many it waits for, one a pair; None where its Job does not say."""
    pairs: tuple[int, ...] = ()
    """Those that wait while others have room; empty for all."""

    def words(self, now: datetime) -> str:
        """`waiting since 10:02 UTC; GPUs: 4 asked, ? free`."""
        day = "" if self.since.date() == now.date() else f"{self.since:%m-%d} "
        named = listed(tuple(map(str, self.pairs)))
        who = f"pair{'s' * (len(self.pairs) > 1)} {named} " if self.pairs else ""
        asked = "?" if self.gpus is None else self.gpus
        return f"{who}waiting since {day}{self.since:%H:%M} UTC; GPUs: {asked} asked, ? free"


def waiting(board: BoardSnapshot) -> Wait | None:
    """None where it has room, or is not meant to run; and where nobody knows since when."""
    job = board.job
    if job is None or job.deleting or board.vanished or not board.live:
        return None
    pairs = len(job.plan.pairs) if job.plan else None
    if job.suspended:
        since = _suspended_since(job) if is_kueues(job) else None
        return None if since is None else Wait(since, pairs)
    pods = _pods(board)
    without = list(_without_node(pods))
    times = [each.created_at or each.placed_at for each in without]
    since = min((each for each in times if each is not None), default=None)
    if since is None:
        return None
    if not board.parts:
        return Wait(since, pairs)
    numbers = tuple(sorted(each.pair or 0 for each in without if each.index != MONITOR_INDEX))
    some = len(without) < len(pods)
    return Wait(since, len(numbers), numbers if some else ())


def why_no_node(board: BoardSnapshot) -> str:
    """Of the first pod without one, the cluster's words on its nodes alone: which pods would have
    to go for it tells nobody when it begins. Empty where nobody has said anything."""
    for pod in _without_node(_pods(board)):
        told = [each for each in board.events if each.concerns_pod(pod.name)]
        if (found := why_unplaced(pod, told)) is not None:
            return "; ".join(filter(None, (found.refusal.rstrip("."), found.scaling)))
    return ""


def _pods(board: BoardSnapshot) -> tuple[PodFacts, ...]:
    return board.parts or ((board.pod,) if board.pod is not None else ())


def _suspended_since(job: JobFacts) -> datetime | None:
    """A queue that has taken its room back begins the wait anew."""
    told = job.condition("Suspended")
    return (told.since if told else None) or job.created_at


def _without_node(pods: tuple[PodFacts, ...]) -> Iterator[PodFacts]:
    return (
        each for each in pods if each.phase == "Pending" and not each.node and not each.deleting
    )
