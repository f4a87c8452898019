"""Spans of time: in words, as kubectl shows ages, and added to a time. Pure.

A node's clock, a bundle or a log may say the year 1 or 9999. Differences of such times always fit
into a calendar; sums do not, and are made here alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def duration(seconds: float) -> str:
    """`42s`, `3m10s`, `25m`, `3h15m`, `2d4h`, `12d`: two figures while they are small."""
    whole = max(int(seconds), 0)
    if whole < 2 * _MINUTE:
        return f"{whole}s"
    if whole < 10 * _MINUTE:
        return _pair(whole, _MINUTE, "m", 1, "s")
    if whole < 3 * _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < 8 * _HOUR:
        return _pair(whole, _HOUR, "h", _MINUTE, "m")
    if whole < 2 * _DAY:
        return f"{whole // _HOUR}h"
    return _pair(whole, _DAY, "d", _HOUR, "h") if whole < 8 * _DAY else f"{whole // _DAY}d"


def _pair(whole: int, big: int, big_name: str, small: int, small_name: str) -> str:
    count, rest = divmod(whole, big)
    return f"{count}{big_name}" + (f"{rest // small}{small_name}" if rest // small else "")


def age(since: datetime | None, now: datetime) -> str:
    """How long ago that was, `-` where unknown."""
    return "-" if since is None else duration((now - since).total_seconds())


def stopwatch(seconds: float) -> str:
    """`+0:01:02.345`, to the millisecond; `-` in front of what was before."""
    whole = round(abs(seconds) * 1000)
    minutes, rest = divmod(whole, 60_000)
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


# --- times that may be a stranger's

FIRST = datetime.min.replace(tzinfo=UTC)
"""Before all that has a time: for what has none, where it has to be compared."""
EPOCH = datetime.fromtimestamp(0, UTC)
LAST = datetime.max.replace(tzinfo=UTC)
_NONE = timedelta()


def shifted(at: datetime, by: timedelta | float) -> datetime:
    """So much later, earlier where it is negative; what lies beyond the calendar is its end.

    `by`: seconds where it is a number.
    """
    try:
        return at + (by if isinstance(by, timedelta) else timedelta(seconds=by))
    except OverflowError:
        later = by > _NONE if isinstance(by, timedelta) else by > 0
        return LAST if later else FIRST


def in_zone(at: datetime, zone: tzinfo | None) -> datetime:
    """On another clock, None: the machine's; as it is where that clock has no such time."""
    try:
        return at.astimezone(zone)
    except (OverflowError, ValueError):  # the machine's own zone says the latter
        return at


def read_time(text: str) -> datetime | None:
    """Of an ISO 8601 text; None for what is none. One that names no zone is in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_utc(at: datetime) -> datetime:
    """The same on the clock on which all is told."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return FIRST if at.year == 1 else LAST
