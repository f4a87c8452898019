"""How long a busy server asks us to wait, and how long we do. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

LONGEST_WAIT = 10.0
"""Seconds: a longer Retry-After is not waited for by a call, the error is shown instead."""
DAY = 24 * 3600.0
_SECONDS = re.compile(r"[0-9]{1,9}")


def asked_to_wait(header: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header means, a day at the most; None where it means none."""
    if header is None:
        return None
    text = header.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), DAY)
    # Late: the parser of dates imports half of `email`, and seldom does a server send one.
    from email.utils import parsedate_to_datetime

    try:
        # Cut, for a server's header may be of any length.
        until = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, OverflowError):
        return None
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((zoned - (now or datetime.now(UTC))).total_seconds(), 0.0), DAY)


def pause(attempt: int, asked: float | None) -> float:
    """Seconds before the next try: as the server says, else 0.3, 0.6, 1.2 with jitter."""
    import random  # late, for the same reason

    return asked if asked is not None else 0.3 * float(2**attempt) * random.uniform(0.7, 1.3)


def in_words(seconds: float) -> str:
    """`40 seconds`, `12 minutes`, `a day or more`; rounded up, so that it is not too early."""
    if seconds >= DAY:
        return "a day or more"
    for unit, length in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= 2 * length or length == 1:
            count = -int(-seconds // length)
            return f"{count} {unit}" + ("" if count == 1 else "s")
    raise AssertionError("unreachable: the last unit fits always")
