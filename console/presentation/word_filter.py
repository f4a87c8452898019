"""Which rows a filter of words leaves. Pure; knows no column's meaning."""

from __future__ import annotations


def fits(told: str, wanted: str) -> bool:
    """Whether a row that tells this has all words that are wanted; a leading `!` inverts."""
    negative, needles = wanted.startswith("!"), wanted.lstrip("!").lower().split()
    return not needles or all(each in told.lower() for each in needles) is not negative
