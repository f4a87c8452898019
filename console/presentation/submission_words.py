"""What is said of one row of the list of submissions, and whether the list is live. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.fleet import SubmissionRow
from console.domain.hostile_text import neutralise
from console.domain.progress import entry_words
from console.presentation.pair_times import lag_words
from console.presentation.published_words import need
from console.presentation.tones import SUBMISSION_MARKS, Line, Tone, cut, text
from console.presentation.wrapping import wrapped

_SHORTENED = 8
"""Characters of a reason that are left out at once, once no whole row is too many."""


def detail_rows(row: SubmissionRow, hint: str, now: datetime, width: int, most: int) -> list[Line]:
    """What there is to say about the selected row, in that many lines: of all that, the reason is
    what is shortened, for it is told whole elsewhere."""
    reason = row.reason
    rows = wrapped(detail(row, reason, hint, now), width)
    while len(rows) > most and reason:
        excess = max(_SHORTENED, (len(rows) - most - 1) * width)
        reason = reason[: max(len(reason) - excess, 0)].rstrip()
        rows = wrapped(detail(row, f"{reason}…" if reason else "", hint, now), width)
    return rows[:most]


def detail(row: SubmissionRow, reason: str, hint: str, now: datetime) -> Line:
    """The row, why it stands so, how long that is let be, and what can be done about it."""
    glyph, tone = ("?", Tone.MUTED) if row.verdict_open else SUBMISSION_MARKS[row.status]
    reason, stuck = f"  {reason}" if reason else "", need(row.published)
    late = ", ".join(f"pair {each.pair} {lag_words(each, now)}" for each in row.attention)
    known = row.eligible is not None
    entry = f"  entry {entry_words(row.entry_status, row.eligible)}" if known else ""
    return text(
        (f"{glyph} {row.namespace}/{row.name}", tone),
        (f"  {late}" if late else "", Tone.WARN),
        (reason, Tone.MUTED),
        (f"  {stuck}" if stuck else "", Tone.WARN),
        (entry, Tone.OK if row.eligible else Tone.FAIL),
        (f"  {hint}" if hint else "", Tone.ACCENT),
    )


def marks_told(count: int, width: int, keyed: Sequence[tuple[str, str]]) -> list[Line]:
    """What marked rows are for, above what is said of the selected one. None may be left.

    `keyed`: what acts on all of them, each with its key.
    """
    if not count:
        gone = text(("◆ all marked are gone", Tone.WARN), ("  ctrl+\\ clears", Tone.MUTED))
        return [cut(gone, width)]
    told = text(
        (f"◆ {count} marked", Tone.ACCENT),
        ("  of all: ", Tone.MUTED),
        *(
            part
            for key, word in keyed
            for part in ((f"{key} ", Tone.ACCENT), (f"{word}  ", Tone.MUTED))
        ),
        ("ctrl+\\ clears", Tone.MUTED),
    )
    return [cut(told, width)]


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
