"""What befell a submission, newest last: conditions, the cluster's events, what consoles did. Pure.

Each on a line of its own, or in short: that a pod's containers were pulled, created and started is
one line, and so is that a Job's controller made its pods, for it is what always happens, and what
matters stands between such lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import ConsoleActed
from console.domain.facts import ClusterEvent, JobCondition
from console.domain.spans import FIRST, age, duration
from console.presentation.tones import Line, Tone, text

Happening = JobCondition | ClusterEvent | ConsoleActed
_ROUTINE = ("Pulling", "Pulled", "Created", "Started")
"""Of a container that starts, as a kubelet says it."""
_OF_PODS = ("SuccessfulCreate", "SuccessfulDelete")
"""Of the pods of one Job, as its controller says it."""


def happenings(board: BoardSnapshot, now: datetime) -> list[Line]:
    """Each on its own line."""
    return [_happening(each, now) for each in _told(board)]


def in_short(board: BoardSnapshot, now: datetime, newest: int | None = None) -> list[Line]:
    """A run of what always happens as one line; all lines, or so many of the newest."""
    runs = _runs(_told(board))
    first = 0 if newest is None else max(len(runs) - newest, 0)
    return [_one_line(run, now) for run in runs[first:]]


def are_shortened(board: BoardSnapshot) -> bool:
    """Whether anything is left out of the short form."""
    told = _told(board)
    return len(_runs(told)) < len(told)


def _told(board: BoardSnapshot) -> tuple[Happening, ...]:
    return _in_order(board.job.conditions if board.job else (), board.events, board.actions)


@lru_cache(maxsize=4)
def _in_order(
    conditions: tuple[JobCondition, ...],
    events: tuple[ClusterEvent, ...],
    actions: tuple[ConsoleActed, ...],
) -> tuple[Happening, ...]:
    """Those of no known time first. A board changes more often than what has happened to it."""
    dated: list[tuple[datetime | None, Happening]] = [
        *((each.since, each) for each in conditions if each.status),
        *((each.last_seen, each) for each in events),
        *((each.at, each) for each in actions),
    ]
    dated.sort(key=lambda each: (each[0] is not None, each[0] or FIRST))
    return tuple(each for _, each in dated)


def _happening(told: Happening, now: datetime) -> Line:
    if isinstance(told, ClusterEvent):
        return _event(told, now)
    return _condition(told, now) if isinstance(told, JobCondition) else _action(told, now)


def _action(action: ConsoleActed, now: datetime) -> Line:
    what = f"{action.verb.value} {action.detail}".rstrip()
    login = f", logged in as {action.login}" if action.login else ""
    return text(
        (f"{age(action.at, now):>6} ", Tone.MUTED),
        (f"{what} ", Tone.ACCENT),
        (f"by {action.by} on a console{login}", Tone.TEXT),
    )


def _condition(condition: JobCondition, now: datetime) -> Line:
    tone = Tone.FAIL if condition.type.startswith("Fail") else Tone.OK
    return text(
        (f"{age(condition.since, now):>6} ", Tone.MUTED),
        (f"Job {condition.type} ", tone),
        (f"{condition.reason} ", Tone.STRONG),
        (condition.message, Tone.TEXT),
    )


def _event(event: ClusterEvent, now: datetime) -> Line:
    tone = Tone.WARN if event.type == "Warning" else Tone.TEXT
    count = f" ×{event.count}" if event.count > 1 else ""
    return text(
        (f"{age(event.last_seen, now):>6} ", Tone.MUTED),
        (f"{event.reason}{count} ", tone),
        (f"{event.about}  ", Tone.MUTED),
        (event.message, Tone.TEXT),
    )


Run = tuple[Happening, ...]


@lru_cache(maxsize=4)
def _runs(told: tuple[Happening, ...]) -> tuple[Run, ...]:
    """Neighbours that are the routine of one pod together, all others alone."""
    return tuple(_together(told))


def _together(told: Sequence[Happening]) -> Iterator[Run]:
    for whose, run in groupby(told, _routine_of):
        if whose:
            yield tuple(run)
        else:
            yield from ((each,) for each in run)


def _routine_of(told: Happening) -> str:
    """The pod whose routine that is, or the Job with what is done to its pods; empty for what is
    none."""
    if not isinstance(told, ClusterEvent) or told.type == "Warning":
        return ""
    if told.reason in _OF_PODS:
        return f"{told.about} {told.reason}"
    return told.about.partition(" ")[0] if told.reason in _ROUTINE else ""


def _one_line(run: Run, now: datetime) -> Line:
    events = [each for each in run if isinstance(each, ClusterEvent)]
    if len(run) == 1 or not events:
        return _happening(run[0], now)
    if events[0].reason in _OF_PODS:
        return _event(replace(events[-1], message=_pods_of(events)), now)
    containers = {each.about for each in events}
    about = events[0].about if len(containers) == 1 else f"{_routine_of(events[0])}"
    whose = "" if len(containers) == 1 else f"{len(containers)} containers, "
    return text(
        (f"{age(events[-1].last_seen, now):>6} ", Tone.MUTED),
        (f"{', '.join(sorted({each.reason for each in events}, key=_ROUTINE.index))} ", Tone.TEXT),
        (f"{about}  ", Tone.MUTED),
        (f"{whose}{sum(max(each.count, 1) for each in events)} events{_took(events)}", Tone.TEXT),
    )


def _pods_of(events: Sequence[ClusterEvent]) -> str:
    return f"{events[0].message} and {len(events) - 1} more{_took(events)}"


def _took(events: Sequence[ClusterEvent]) -> str:
    """From the first to the last, where that is known and more than a moment."""
    times = [at for each in events for at in (each.first_seen, each.last_seen) if at]
    seconds = (max(times) - min(times)).total_seconds() if times else 0.0
    return f" within {duration(seconds)}" if seconds >= 1 else ""
