"""What a node has forgotten of a log, by what is recorded of the same run here.

A node keeps the end of a long log, and answers as if that were all of it. Knows no way to print.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from console.cli.log_lines import PrintedLine, Selection, moment, recorded_lines
from console.domain.facts import PodFacts
from console.domain.spans import duration
from console.operations.ports.recorder import Recording
from console.operations.recording.log_runs import began, runs_of
from console.operations.services import Services

_ROTATES_AFTER = timedelta(seconds=10)
"""As often a node looks which logs are large enough to begin a new file."""
_BEGINS = b"[pair-"
"""How a half of a pair of ours begins each of its runs."""


class NodesLog(msgspec.Struct, frozen=True):
    """What a node answered with."""

    pod: PodFacts
    container: str
    restarts: int
    """Before the run that was asked for."""
    since: datetime | None
    """From when on it was asked for; None for all."""
    first: bytes
    """Its first line, as the cluster sent it, with its time."""


def told(services: Services, log: NodesLog) -> str:
    """A sentence where lines of that run are recorded that would stand before the node's first, or
    where there may have been some and none is recorded; else empty. Reads the disk."""
    stamp, _, text = log.first.partition(b" ")
    at = stamp.decode("ascii", "replace")
    begins, recorded = moment(at), _recorded(services, log)
    there = moment(recorded.at) if recorded else None
    if recorded is None and begins is not None and not text.startswith(_BEGINS):
        return _doubt(log, at, begins)
    if begins is None or there is None or recorded is None or begins <= there:
        return ""
    return (
        f"{log.container}: its node has forgotten what it said before {at}; it is recorded from"
        f" {recorded.at} on: carla-console logs {log.pod.job} -c {log.container} --recorded"
    )


def _doubt(log: NodesLog, at: str, begins: datetime) -> str:
    """A sentence where it may have said something before, and nothing of it is recorded."""
    facts = log.pod.container(log.container)
    started = facts.began(log.restarts) if facts is not None and log.since is None else None
    if started is None or begins - started < _ROTATES_AFTER:
        return ""
    later = duration((begins - started).total_seconds())
    return (
        f"{log.container}: its first line here is of {at}, {later} after its start: whether its"
        " node has forgotten earlier ones, nobody can tell, for nothing of that run is recorded"
    )


def _recorded(services: Services, log: NodesLog) -> PrintedLine | None:
    """The first line that was asked for."""
    pod, context = log.pod, services.cluster.description.context
    recording = Recording(context, pod.namespace, pod.job, pod.owner)
    if log.container not in services.recorder.containers(recording):
        return None
    view, own = services.recorder.log(recording, log.container), (pod.key, log.restarts)
    run = next((each for each in runs_of(view) if (each.pod, each.restarts) == own), None)
    begin = moment(began(view, run)) if run else None
    if begin is None:
        return None
    wanted = Selection(since=max(begin, log.since or begin))
    lines = recorded_lines(view, log.container, wanted)
    return next((each for each in lines if each.at and (each.pod, each.restarts) == own), None)
