"""The list of those that a result can be compared with, as cells. Pure."""

from __future__ import annotations

from datetime import datetime

from console.operations.recording.contenders import Contenders
from console.operations.recording.history_rows import HistoryRow
from console.presentation.history_lines import BY_TITLE
from console.presentation.table import ListColumn
from console.presentation.tones import Line, Tone, joined, text
from console.presentation.wrapping import wrapped

_TITLES = ("SUBMISSION", "STATUS", "ROUTES", "SCORE", "TEAM", "CONTEXT", "BEGUN")


def columns(width: int) -> tuple[ListColumn, ...]:
    """What the history tells of each."""
    shown = (BY_TITLE[title] for title in _titles(width))
    return tuple(ListColumn(each.title, each.width, each.right) for each in shown)


def _titles(width: int) -> tuple[str, ...]:
    narrow = {"CONTEXT"} if width >= 76 else {"CONTEXT", "TEAM"}
    return _TITLES if width >= 100 else tuple(each for each in _TITLES if each not in narrow)


def cells(row: HistoryRow, width: int, now: datetime) -> tuple[Line, ...]:
    """One row, a line a column."""
    return tuple(BY_TITLE[title].cell(row, now) for title in _titles(width))


def told(offered: Contenders, chosen: int, width: int) -> list[Line]:
    """Whose stand first, how many are chosen, and how many cannot be."""
    parts = []
    if offered.of_team:
        parts.append(text(f"{offered.of_team} of {offered.team} first"))
    parts.append(text((f"{chosen} chosen" if chosen else "enter compares this one", Tone.ACCENT)))
    if offered.left_out:
        left = f"{offered.left_out} left out: another version, or no finished route"
        parts.append(text((left, Tone.MUTED)))
    return wrapped(joined(parts, "  ·  "), width)
