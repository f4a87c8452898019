"""What one half of a pair did, as spans of time through all its attempts. Pure.

Times are those of container runs, of logcopy's reports and of landmarks. What none of them tells is
a span of kind unknown: nothing is guessed. Deaths and events are `timeline`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import dropwhile, pairwise, zip_longest

import msgspec
from msgspec.structs import replace

from console.diagnosis.attempt_span import ending_within
from console.domain.board import FINISHED, KNOWN_ENDS, BoardSnapshot, PairBoard, PairStatus
from console.domain.facts import ContainerFacts, ContainerState
from console.domain.landmarks import Landmark, LandmarkKind, drive_name
from console.domain.pod_times import PairReports, PodTimes, Run, of_pair


class SpanKind(StrEnum):
    """What a half did."""

    WAITING = "waiting"
    """It had not begun: no node, its image, what runs before it."""
    BOOT = "boot"
    """It ran, and its pair did not drive yet."""
    DRIVING = "driving"
    """Its pair drove; which route is not known, or it is between two."""
    ROUTE = "route"
    BACK_OFF = "back-off"
    """Between the end of an attempt and the next one's start."""
    IDLE = "idle"
    """After its last attempt, while others of its pod went on."""
    OVER = "over"
    UNKNOWN = "unknown"


class TimeSpan(msgspec.Struct, frozen=True, gc=False):
    """From `since` to before `until`."""

    kind: SpanKind
    since: datetime
    until: datetime
    attempt: int | None = None
    """None where it belongs to none, or nobody can tell."""
    route: str = ""


class Lane(msgspec.Struct, frozen=True, gc=False):
    """One half; its spans have no hole and do not overlap."""

    half: str
    spans: tuple[TimeSpan, ...] = ()

    def at(self, time: datetime) -> TimeSpan | None:
        """The span of that time; of the very end the last one."""
        if self.spans and time == self.spans[-1].until:
            return self.spans[-1]
        return next((each for each in self.spans if each.since <= time < each.until), None)


class LaneSource(msgspec.Struct, frozen=True, gc=False):
    """All that a lane is made from."""

    board: BoardSnapshot
    pair: PairBoard
    landmarks: tuple[Landmark, ...]
    """Of the pair, the oldest first."""
    since: datetime
    until: datetime


class _Life(msgspec.Struct, frozen=True, gc=False):
    """One run of a half."""

    since: datetime
    until: datetime | None
    """When its attempt ended, which is before its container did; None where nobody saw that."""
    attempt: int | None
    after: datetime | None
    """When the next run began."""


def lane(told: LaneSource, half: str) -> Lane:
    """That half's."""
    return Lane(half, tuple(_without_holes(_through(told, half), told)))


def _without_holes(spans: Iterable[TimeSpan], told: LaneSource) -> Iterator[TimeSpan]:
    """Clocks differ: what overlaps what was before it begins after that."""
    here = told.since
    for each in spans:
        since, until = max(each.since, here), min(each.until, told.until)
        if since < until:
            yield replace(each, since=since, until=until)
            here = until


def _through(told: LaneSource, half: str) -> Iterator[TimeSpan]:
    """Pod after pod."""
    container, here = f"{half}-{told.pair.number}", told.since
    for pod in of_pair(told.board.pod_times, told.pair.number):
        complete = pod.runs_of(container) is not None
        between = SpanKind.WAITING
        for life in _lives(told, pod, half):
            yield _gap(between if complete else SpanKind.UNKNOWN, here, life.since)
            yield from _lived(told, pod, half, life)
            here = life.until or life.after or told.until
            between = SpanKind.BACK_OFF
        if pod.ended_at is not None and here < pod.ended_at:
            idle = SpanKind.IDLE if between is SpanKind.BACK_OFF else SpanKind.WAITING
            yield _gap(idle if complete else SpanKind.UNKNOWN, here, pod.ended_at)
            here = pod.ended_at
    yield _gap(_rest(told), here, told.until)


def _gap(kind: SpanKind, since: datetime, until: datetime) -> TimeSpan:
    return TimeSpan(kind, since, until)


def _rest(told: LaneSource) -> SpanKind:
    """What follows all that is known of its runs."""
    board, pair = told.board, told.pair
    if board.pod_lives:
        times = of_pair(board.pod_times, pair.number)
        if not any(dict(pod.runs).get(f"agent-{pair.number}") for pod in times):
            return SpanKind.WAITING
        return SpanKind.IDLE if pair.status in KNOWN_ENDS else SpanKind.BACK_OFF
    if not board.pod_times:
        began = pair.ended or any(cell.state in FINISHED for cell in pair.cells)
        if began or pair.status is PairStatus.UNKNOWN:
            return SpanKind.UNKNOWN
    if board.ended or (board.pod_times and board.pod_times[-1].ended_at is not None):
        return SpanKind.OVER
    return SpanKind.UNKNOWN if board.pod_times else SpanKind.WAITING


def _lives(told: LaneSource, pod: PodTimes, half: str) -> list[_Life]:
    container = f"{half}-{told.pair.number}"
    runs = dict(pod.runs).get(container, ())
    complete = pod.runs_of(container) is not None
    return [
        _life(told, half, run, number + pod.before if complete else None, after)
        for number, (run, after) in enumerate(zip_longest(runs, runs[1:]), start=1)
    ]


def _life(told: LaneSource, half: str, run: Run, number: int | None, after: Run | None) -> _Life:
    ending = ending_within(told.pair.ended, half, run, number)
    ends = [at for at in (ending.at if ending else None, run.finished_at) if at is not None]
    until = max(min(ends), run.started_at) if ends else None
    attempt = number or (ending.attempt if ending else None)
    return _Life(run.started_at, until, attempt, after.started_at if after else None)


def _runs_now(told: LaneSource, half: str, life: _Life) -> bool:
    facts: ContainerFacts | None = getattr(told.pair, half)
    return (
        told.board.pod_lives
        and facts is not None
        and facts.state is ContainerState.RUNNING
        and facts.started_at == life.since
    )


def _lived(told: LaneSource, pod: PodTimes, half: str, life: _Life) -> Iterator[TimeSpan]:
    """From its first to its last moment; where nobody saw the last, what follows the last word of
    it is unknown."""
    points = list((_points if half == "agent" else _serving)(told, pod, life))
    if life.until is not None:
        end = life.until
    elif _runs_now(told, half, life):
        end = told.until
    else:
        end = max((at for at, _, _ in points), default=life.since)
        points.append((end, SpanKind.UNKNOWN, ""))
        end = told.until if life.after is None else life.after
    begin = (life.since, _beginning(told, pod, life, points), "")
    within = [begin, *(each for each in points if life.since <= each[0] < end)]
    for (at, kind, route), (until, _, _) in pairwise([*within, (end, SpanKind.OVER, "")]):
        yield TimeSpan(kind, at, until, life.attempt, route)


_Point = tuple[datetime, SpanKind, str]


def _beginning(told: LaneSource, pod: PodTimes, life: _Life, points: list[_Point]) -> SpanKind:
    """It boots, where what it does later would have been told."""
    reports = pod.reports_of(told.pair.number)
    drives = any(kind in (SpanKind.DRIVING, SpanKind.ROUTE) for _, kind, _ in points)
    now = life.after is None and told.pair.status in (PairStatus.BOOTING, PairStatus.DRIVING)
    return SpanKind.BOOT if drives or now or (reports and reports.complete) else SpanKind.UNKNOWN


def _points(told: LaneSource, pod: PodTimes, life: _Life) -> Iterator[_Point]:
    """Where it began to do something else, as far as it was told, in the order of time."""
    last = life.after or told.until

    def own(points: Iterable[_Point]) -> list[_Point]:
        return [each for each in points if life.since <= each[0] < last]

    routes = own(_of_landmarks(told.landmarks))
    # What a report tells late of the run before is no part of this one.
    routes = list(dropwhile(lambda each: each[1] is not SpanKind.ROUTE, routes))
    routes += [each for each in own(_of_present(told.pair)) if each not in routes[-1:]]
    first = routes[0][0] if routes else last
    drove = [each for each in own(_of_reports(pod.reports_of(told.pair.number))) if each[0] < first]
    points = sorted((*drove, *routes), key=lambda each: each[0])
    yield from points


def _serving(told: LaneSource, pod: PodTimes, life: _Life) -> Iterator[_Point]:
    """A simulator serves from when the agent of its attempt drives."""
    last = life.after or told.until
    for other in _lives(told, pod, "agent"):
        at = next((at for at, _, _ in _points(told, pod, other)), None)
        if at is not None and life.since <= at < last:
            yield at, SpanKind.DRIVING, ""
            return


def _of_reports(reports: PairReports | None) -> Iterator[_Point]:
    for _, at in reports.drove if reports else ():
        yield at, SpanKind.DRIVING, ""


def _of_landmarks(landmarks: Iterable[Landmark]) -> Iterator[_Point]:
    for each in landmarks:
        if each.kind is LandmarkKind.ROUTE:
            kind = SpanKind.ROUTE if each.begins else SpanKind.DRIVING
            yield each.at, kind, each.route if each.begins else ""


def _of_present(pair: PairBoard) -> Iterator[_Point]:
    if pair.route and pair.since is not None and pair.since_exact:
        yield pair.since, SpanKind.ROUTE, drive_name(pair.route)
