"""Where to go in a replay, as people say it: a time, an attempt, a route, or what is next. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from console.domain.landmarks import Landmark, LandmarkKind
from console.domain.spans import in_utc, read_time, shifted
from console.errors import InvalidInput, NotFound

TOGETHER = timedelta(seconds=2)
"""logcopy looks once a second: what is nearer may have been at once."""
_TOLD = 4
FORMS = "14:02, 14:02:11 (UTC), +90s, +1h30m, attempt 2.1 (pair 2, attempt 1) or route 7"
_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_SPAN = re.compile(r"\+(?=\d)(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s?)?")
_ATTEMPT = re.compile(r"attempt[ :=]+(\d{1,3})\.(\d{1,6})")
_ROUTE = re.compile(r"route[ :=]+(\S.*)")


def destination(
    text: str, begin: datetime, end: datetime, landmarks: Sequence[Landmark]
) -> datetime:
    """The time that is meant. Raises InvalidInput for no place, NotFound for what is not there."""
    wanted = text.strip()
    if named := _ATTEMPT.fullmatch(wanted):
        pair, attempt = int(named[1]), int(named[2])
        those = (e for e in landmarks if (e.pair, e.attempt) == (pair, attempt))
        return _first(those, f"No attempt {attempt} of pair {pair}")
    if named := _ROUTE.fullmatch(wanted):
        return _first((e for e in landmarks if _is_route(e, named[1])), f"No route {named[1]}")
    if span := _SPAN.fullmatch(wanted):
        hours, minutes, seconds = (int(each or 0) for each in span.groups())
        return shifted(begin, 3600 * hours + 60 * minutes + seconds)
    if of_day := _OF_DAY.fullmatch(wanted):
        hour, minute, second = (int(each or 0) for each in of_day.groups())
        return _on_a_day(time(hour, minute, second, tzinfo=UTC), begin, end)
    return _whole(wanted)


def _first(those: Iterable[Landmark], missing: str) -> datetime:
    """Where it begins; where that was not seen, the first that tells of it."""
    found = sorted(those, key=lambda each: (not each.begins, each.at))
    if not found:
        raise NotFound(f"{missing} is told by this recording.")
    return found[0].at


def _is_route(landmark: Landmark, wanted: str) -> bool:
    """`7` and `RouteScenario_7` are the same."""
    return landmark.route != "" and wanted in (landmark.route, landmark.route.rpartition("_")[2])


def _on_a_day(wanted: time, begin: datetime, end: datetime) -> datetime:
    """The first such time of day in the recording; else on its first day."""
    first = datetime.combine(in_utc(begin).date(), wanted)
    next_day = shifted(first, timedelta(days=1))
    return next_day if first < begin and next_day <= end else first


def _whole(text: str) -> datetime:
    if (told := read_time(text)) is None:
        raise InvalidInput(
            f"{text!r} is no place in a recording.", fix=f"Say {FORMS}, or a whole RFC 3339 time."
        )
    return told


class Waypoint(NamedTuple):
    """Landmarks that come together, at the time from which all of them are shown."""

    at: datetime
    landmarks: tuple[Landmark, ...]

    def __str__(self) -> str:
        told = "; ".join(each.text for each in self.landmarks[:_TOLD])
        more = len(self.landmarks) - _TOLD
        return f"{told}, and {more} more" if more > 0 else told


def waypoints(landmarks: Iterable[Landmark], kind: LandmarkKind) -> tuple[Waypoint, ...]:
    """Of that kind, in the order of time; four pairs that begin in one second are one stop."""
    found: list[list[Landmark]] = []
    for each in landmarks:
        if each.kind is not kind:
            continue
        if found and each.at - found[-1][0].at <= TOGETHER:
            found[-1].append(each)
        else:
            found.append([each])
    return tuple(Waypoint(each[-1].at, tuple(each)) for each in found)


def after(those: Sequence[Waypoint], at: datetime) -> Waypoint | None:
    """The next one; None where there is none."""
    return next((each for each in those if each.at > at), None)


def before(those: Sequence[Waypoint], at: datetime) -> Waypoint | None:
    """The one before; None where there is none."""
    return next((each for each in reversed(those) if each.at < at), None)
