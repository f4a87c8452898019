"""With which submissions a result can be compared: the same team's last ones first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from console.domain.spans import FIRST
from console.operations.recording.history_rows import HistoryRow


class Contenders(msgspec.Struct, frozen=True):
    """Those that are offered, and how many are not."""

    team: str
    """Whose stand first; empty where nobody knows it, or the Job names none."""
    rows: tuple[HistoryRow, ...]
    of_team: int
    """How many of `rows`, from the first one on, are the same team's."""
    left_out: int
    """Of another version, or without a finished drive: they could not be compared."""


def contenders(every: Iterable[HistoryRow], uid: str, leaderboard: str) -> Contenders:
    """Beside the submission of that uid."""
    rows = list(every)
    about = next((row for row in rows if row.recording.uid == uid), None)
    team = (about.entry.team or "") if about is not None else ""
    others = [row for row in rows if row.recording.uid != uid]
    usable = sorted((row for row in others if _usable(row, leaderboard)), key=_begun, reverse=True)
    same = [row for row in usable if team and row.entry.team == team]
    rest = [row for row in usable if not (team and row.entry.team == team)]
    return Contenders(team, (*same, *rest), len(same), len(others) - len(usable))


def _usable(row: HistoryRow, leaderboard: str) -> bool:
    """What nobody knows of it may be known once it is read."""
    told = row.row
    return told is not None and told.leaderboard == leaderboard and told.done != 0


def _begun(row: HistoryRow) -> datetime:
    return (row.row.created_at if row.row else None) or FIRST
