"""What the head of any HTTP answer says: its status, and the pause that it asks for. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
"""Refusals that say nothing of what was asked."""


def status_words(code: int) -> str:
    return f"{code} {HTTPStatus(code).phrase}" if code in tuple(HTTPStatus) else str(code)


def asked_pause(told: str, longest: timedelta) -> timedelta | None:
    """Of a Retry-After: seconds, or a date; None for what is neither."""
    if told.isascii() and told.isdigit():
        return min(timedelta(seconds=int(told[:9])), longest)
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - datetime.now(UTC), timedelta()), longest)
