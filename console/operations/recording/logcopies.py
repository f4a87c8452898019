"""The logcopy of a submission, or that of each pair: what they are called, and who reads them.

Reads recordings; asks no cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import TYPE_CHECKING, Protocol

from console.domain.facts import JobFacts, pod_key
from console.domain.submission import Layout, is_logcopy
from console.operations.ports.recorder import LogLine, RecorderPort, Recording
from console.operations.recording.progress import ProgressReader

if TYPE_CHECKING:
    from console.operations.recording.finished_drives import Finished
    from console.results.plan import Plan

Told = tuple[str, LogLine]
"""A container, and a line of it."""


class SubmissionProgress(Protocol):
    """What the logcopies of one submission tell, as events of the whole."""

    @property
    def containers(self) -> tuple[str, ...]:
        """Their names."""

    def of(self, container: str) -> ProgressReader:
        """Who reads that one's log."""

    def finished_of(self, pair: int) -> tuple[Plan, Finished] | None:
        """What a pair in a pod of its own was launched to drive, and what it has of that; None
        while its routes are not known, and for any other."""


def progress_of(job: JobFacts | None) -> SubmissionProgress:
    """Who listens to that submission."""
    plan = job.plan if job is not None else None
    if job is None or plan is None or plan.layout is not Layout.POD_PER_PAIR:
        return ProgressReader(plan)
    # Late: few submissions have several logcopies.
    from console.operations.recording.joined_progress import JoinedProgress

    return JoinedProgress(plan, pod_key(job.uid))


def logcopies_recorded(recorder: RecorderPort, recording: Recording) -> tuple[str, ...]:
    """Of which there is a log."""
    return tuple(name for name in recorder.containers(recording) if is_logcopy(name))


def in_order_of_time(logs: Iterable[tuple[str, Iterable[LogLine]]]) -> Iterator[Told]:
    """The lines of several logs as they were said; of one log as they stand there."""
    each = [_stamped(name, lines) for name, lines in logs]
    return ((name, line) for _, name, line in merge(*each, key=lambda told: told[0]))


def _stamped(name: str, lines: Iterable[LogLine]) -> Iterator[tuple[str, str, LogLine]]:
    """With the time of the line before where one has none: a log's order is never changed."""
    latest = ""
    for line in lines:
        latest = max(latest, line.at)
        yield latest, name, line
