"""What a search is asked with: spans, dates and ranges of scores, as a user writes them. Pure."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from console.errors import InvalidInput

_SPANS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment_meant(flag: str, text: str | None, now: datetime) -> datetime | None:
    """`7d`, `12h`, `2026-11-01` or a whole RFC 3339 time; None for None. Raises InvalidInput."""
    if text is None:
        return None
    if span := re.fullmatch(r"(\d{1,5})([mhdw])", text):
        return now - timedelta(**{_SPANS[span[2]]: int(span[1])})
    try:
        # At the calendar's ends a time has no place in every zone.
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(
            f"{flag} {text!r} is neither a span nor a date.",
            fix="Say 90m, 12h, 7d, 2w, 2026-11-01 or 2026-11-01T08:00:00Z.",
        ) from None


def score_meant(text: str | None) -> tuple[float, float] | None:
    """`60..80`, `60..`, `..40` or just `75.5`; None for None. Raises InvalidInput."""
    if text is None:
        return None
    least, dots, most = text.partition("..")
    try:
        if not dots:
            return _number(least), _number(least)
        found = (_number(least) if least else 0.0, _number(most) if most else math.inf)
    except ValueError:
        found = None
    if found is None or found[0] > found[1] or text == "..":
        raise InvalidInput(
            f"--score {text!r} is no range of driving scores.",
            fix="Say 60..80, 60.. for at least, ..40 for at most, or one score as it is shown.",
        )
    return found


def _number(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(text)
    return found
