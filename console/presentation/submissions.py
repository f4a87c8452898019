"""The list of submissions as table cells and one line of detail. Pure."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from console.domain.board import BoardSnapshot, tally
from console.domain.budget import tally_of
from console.domain.fleet import SubmissionRow
from console.domain.hostile_text import neutralise
from console.domain.progress import entry_words
from console.domain.spans import age
from console.presentation.table import ListColumn
from console.presentation.tones import SUBMISSION_MARKS, Line, Tone, text
from console.presentation.wrapping import wrapped

_SHORTENED = 8
"""Characters of a reason that are left out at once, once no whole row is too many."""


def columns(width: int) -> tuple[ListColumn, ...]:
    """The list's columns for a table of that many cells."""
    bar = 26 if width >= 140 else 18 if width >= 110 else 13
    return (
        ListColumn("SUBMISSION", 0),
        ListColumn("LB", 3),
        ListColumn("STATUS", 12),
        ListColumn("ROUTES", bar),
        ListColumn("RESTARTS", 8, right=True),
        ListColumn("SCORE", 6, right=True),
        ListColumn("AGE", 5, right=True),
    )


def cells(row: SubmissionRow, width: int, now: datetime) -> tuple[Line, ...]:
    """One row, a line a column."""
    return (*_but_age(row, width), text((age(row.created_at, now), Tone.MUTED)))


@lru_cache(maxsize=1000)
def _but_age(row: SubmissionRow, width: int) -> tuple[Line, ...]:
    """What time alone does not change: asked for many times a second, for each row on a screen."""
    glyph, tone = SUBMISSION_MARKS[row.status]
    bar = next(column.width for column in columns(width) if column.title == "ROUTES")
    score = "" if row.driving_score is None else f"{row.driving_score:.2f}"
    return (
        text((row.name, Tone.STRONG)),
        text((row.leaderboard or "-", Tone.MUTED)),
        text((f"{glyph} {row.standing}", tone)),
        progress_bar(row.done, row.total, bar),
        restarts(row),
        text((score, Tone.WARN if row.eligible is False else Tone.OK)),
    )


def progress_bar(done: int | None, total: int | None, width: int) -> Line:
    """`━━━━──  8/20` in `width` cells; `  ?/20` where nobody can tell."""
    count = tally(done, total).rjust(len(f"999/{total}") if total else 3)
    room = max(width - max(len(count), 6), 0)
    if not total or done is None:
        return text(("─" * room, Tone.RULE), (count, Tone.MUTED))
    full = room * done // total
    tone = Tone.OK if done >= total else Tone.ACCENT
    return text(("━" * full, tone), ("─" * (room - full), Tone.RULE), (count, Tone.TEXT))


def restarts(row: SubmissionRow) -> Line:
    """`2/8`, toned by how near the limit is; `?/8` where nobody can tell."""
    limit, least = row.backoff_limit, row.restarts or row.restarts_at_least
    spent = limit is not None and least >= limit
    tone = Tone.MUTED if not least else Tone.FAIL if spent else Tone.WARN
    return text((tally_of(row.restarts, limit, least), tone))


def detail_rows(row: SubmissionRow, hint: str, width: int, most: int) -> list[Line]:
    """What there is to say about the selected row, in that many lines: of all that, the reason is
    what is shortened, for it is told whole elsewhere."""
    reason = row.reason
    rows = wrapped(detail(row, reason, hint), width)
    while len(rows) > most and reason:
        excess = max(_SHORTENED, (len(rows) - most - 1) * width)
        reason = reason[: max(len(reason) - excess, 0)].rstrip()
        rows = wrapped(detail(row, f"{reason}…" if reason else "", hint), width)
    return rows[:most]


def detail(row: SubmissionRow, reason: str, hint: str = "") -> Line:
    """The row, why it stands so, and what can be done about it."""
    glyph, tone = SUBMISSION_MARKS[row.status]
    reason = f"  {reason}" if reason else ""
    known = row.eligible is not None
    entry = f"  entry {entry_words(row.entry_status, row.eligible)}" if known else ""
    return text(
        (f"{glyph} {row.namespace}/{row.name}", tone),
        (reason, Tone.MUTED),
        (entry, Tone.OK if row.eligible else Tone.FAIL),
        (f"  {hint}" if hint else "", Tone.ACCENT),
    )


def matches(row: SubmissionRow, wanted: str) -> bool:
    """The filter of the list: a part of name, status or reason; a leading `!` inverts."""
    negative, needle = wanted.startswith("!"), wanted.lstrip("!").lower()
    found = needle in f"{row.namespace}/{row.name} {row.status.value} {row.reason}".lower()
    return not needle or found is not negative


def liveness(live: bool, since: datetime | None, why: str) -> Line:
    """Whether what is shown is current, for the header's right edge."""
    if live:
        return text(("● live", Tone.OK))
    when = f" since {since:%H:%M:%S}" if since else ""
    return text((f"◌ stale{when}", Tone.WARN), (f" {neutralise(why)}" if why else "", Tone.MUTED))


def board_liveness(board: BoardSnapshot) -> Line:
    """The same for one submission; nobody listens any more to one that has ended."""
    if board.ended and board.live:
        return text(("○ ended", Tone.MUTED))
    return liveness(board.live, board.stale_since, board.stale_why)
