"""What is said in passing, and when it goes again. Knows no widget and no clock.

A word on what was just done goes by itself, or with the next key; a call waits for a key, for it
comes when nobody looks. Neither goes before it could be read.
"""

from __future__ import annotations

import msgspec

from console.presentation.tones import Line, Tone
from console.presentation.wrapping import wrapped

READ_SECONDS = 1.0
"""A key that comes sooner was on its way when the notice appeared."""
MOST = 3
"""Notices that are there at once; the newest count."""
_MARKS = {
    "information": ("▌", Tone.ACCENT),
    "warning": ("!", Tone.WARN),
    "error": ("✗", Tone.FAIL),
}


class Notice(msgspec.Struct, frozen=True):
    """One sentence or two."""

    text: str
    title: str = ""
    severity: str = "information"
    since: float = 0.0
    until: float | None = None
    """None for one that waits for a key."""


class NoticeBoard(msgspec.Struct, frozen=True):
    """Those that are there now, the newest last. All times are of one clock."""

    notices: tuple[Notice, ...] = ()

    def with_new(self, notice: Notice) -> NoticeBoard:
        """The same words again are one notice."""
        others = (n for n in self.notices if (n.text, n.title) != (notice.text, notice.title))
        return NoticeBoard((*others, notice)[-MOST:])

    def without(self, text: str, title: str) -> NoticeBoard:
        """What it says holds no longer."""
        return NoticeBoard(tuple(n for n in self.notices if (n.text, n.title) != (text, title)))

    def pressed(self, now: float) -> NoticeBoard:
        """After a key at that time."""
        return NoticeBoard(tuple(n for n in self.notices if now - n.since < READ_SECONDS))

    def at(self, now: float) -> NoticeBoard:
        """Without those whose time is over."""
        return NoticeBoard(tuple(n for n in self.notices if n.until is None or n.until > now))

    def calls(self) -> NoticeBoard:
        """Without the words on what was done before."""
        return NoticeBoard(tuple(n for n in self.notices if n.until is None))

    def rows(self, width: int, most: int) -> list[Line]:
        """As they stand on a screen, so many rows at most: the newest whole, of older ones the
        beginning."""
        told: list[Line] = []
        for notice in reversed(self.notices):
            rows, room = wrapped(_line(notice), max(width - 1, 1), 3), most - len(told)
            if len(rows) > room > 0:
                rows = [*rows[: room - 1], (*rows[room - 1], ("…", Tone.MUTED))]
            told = [*rows[: max(room, 0)], *told]
        return told


def _line(notice: Notice) -> Line:
    mark, tone = _MARKS[notice.severity]
    title = ((f"{notice.title}  ", Tone.STRONG),) if notice.title else ()
    return ((f" {mark} ", tone), *title, (" ".join(notice.text.split()), Tone.TEXT))
