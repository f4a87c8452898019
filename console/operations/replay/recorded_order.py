"""What a recording tells, in the order in which it became known. Reads files, through the recorder.

The journal says when its console learned something; logcopy's lines say when they were written, and
are there though nobody listened. What both tell counts once, when it was known first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from msgspec.structs import replace

from console.domain.events import (
    Event,
    JobSeen,
    MergedReported,
    PlanReported,
    ProgressReported,
    RouteFinished,
)
from console.domain.facts import JobFacts
from console.domain.spans import FIRST
from console.errors import NotFound
from console.operations.ports.recorder import LogView, RecorderPort, Recording
from console.operations.recording.logcopies import in_order_of_time, progress_of
from console.operations.recording.recorded import PROGRESS, kept_job, launched_job, new_lines
from console.operations.recording.tail import moment_of
from console.operations.replay.clock_order import never_back

_PROGRESS = (PlanReported, ProgressReported, RouteFinished, MergedReported)
NEAR_THE_END = 64
"""Lines among which one has a time."""


class Happening(NamedTuple):
    """One event, and when it was known: never before the one before it."""

    at: datetime
    event: Event


class Timeline(NamedTuple):
    """All that happened, and the time from the first to the last word of any container."""

    happenings: tuple[Happening, ...]
    begin: datetime
    end: datetime


def timeline(
    recorder: RecorderPort, recording: Recording, log: Callable[[str], LogView]
) -> Timeline:
    """Of one recording; `log` gives a container's whole log.

    Raises NotFound where it does not tell what was launched.
    """
    journal = tuple(recorder.history(recording))
    job = _launched(recorder, recording, journal)
    told = _progress(log, job)
    known = list(_each_once(merge(_in_order(journal), told, key=lambda each: each.at)))
    logs = map(log, recorder.containers(recording))
    begin, end = _span(job, known, logs)
    return Timeline((Happening(begin, JobSeen(begin, job)), *known), begin, end)


def _launched(recorder: RecorderPort, recording: Recording, journal: Iterable[Event]) -> JobFacts:
    """What was launched: known from the beginning, however late it was looked at."""
    for job in (each.job for each in journal if isinstance(each, JobSeen)):
        if job.plan is not None:
            return launched_job(recording, job.plan, job.created_at)
    if (kept := kept_job(recorder, recording)) is not None:
        return kept
    raise NotFound(
        f"The recording of {recording.namespace}/{recording.name} cannot be played.",
        why="It does not hold the Job itself: what was launched cannot be told without it.",
    )


def _in_order(journal: Sequence[Event]) -> Iterator[Happening]:
    """In the journal's order, which no clock that jumps can change."""
    times = never_back([each.at for each in journal])
    for event, at in zip(journal, times, strict=True):
        assert at is not None
        yield Happening(at, event if event.at == at else replace(event, at=at))


def _progress(log: Callable[[str], LogView], job: JobFacts) -> list[Happening]:
    """What logcopy said that is believed, when it said it."""
    progress = progress_of(job)
    logs = ((name, new_lines(log(name), 0)) for name in progress.containers)
    said = [
        (moment_of(line.at), event)
        for name, line in in_order_of_time(logs)
        if not line.gap and line.text.startswith(PROGRESS)
        for event in progress.of(name).line(line.text, FIRST, line.pod)
    ]
    times = never_back([at for at, _ in said])
    told = zip(times, (event for _, event in said), strict=True)
    return [Happening(at, replace(event, at=at)) for at, event in told if at is not None]


def _each_once(known: Iterable[Happening]) -> Iterator[Happening]:
    """The journal has noted what logcopy said, too."""
    seen: set[Event] = set()
    for each in known:
        if isinstance(each.event, _PROGRESS):
            content = replace(each.event, at=FIRST)
            if content in seen:
                continue
            seen.add(content)
        yield each


def _span(
    job: JobFacts, known: Sequence[Happening], logs: Iterable[LogView]
) -> tuple[datetime, datetime]:
    """From the Job's creation, or what was known before it, to the last that anybody said."""
    times = [each.at for each in (*known[:1], *known[-1:])]
    times += [at for log in logs for at in _first_and_last(log)]
    times += [job.created_at] if job.created_at is not None else []
    if not times:
        raise NotFound(
            f"The recording of {job.namespace}/{job.name} cannot be played.",
            why="Nothing in it has a time.",
        )
    return min(times), max(times)


def _first_and_last(log: LogView) -> list[datetime]:
    count = log.line_count()
    ends = log.lines(0, NEAR_THE_END), log.lines(max(count - NEAR_THE_END, 0), count)[::-1]
    firsts = (next((at for line in lines if (at := moment_of(line.at))), None) for lines in ends)
    return [at for at in firsts if at is not None]
