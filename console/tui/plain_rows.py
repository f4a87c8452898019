"""The app on a terminal of ASCII alone: every row is put into letters that it has."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

from console.presentation.ascii_letters import in_ascii

_NO_CELL = dict.fromkeys([*range(0x20), 0x7F])


class InAscii(LineFilter):
    """Whatever widget has painted it, borders and scroll bars too."""

    reads_text = True
    """What it does depends on more than a style."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(_as_wide(text), style, control) for text, style, control in segments]


def _as_wide(text: str) -> str:
    """The layout counts cells as Rich does, which differs for a few letters."""
    if text.isascii() and text.isprintable():
        return text
    plain, cells = in_ascii(text.translate(_NO_CELL)), cell_len(text)
    return plain if len(plain) == cells else plain[:cells].ljust(cells)


class PlainRows(App[None]):
    """`ascii_alone` before it runs."""

    ascii_alone = False
    _in_ascii = InAscii()

    def get_line_filters(self) -> Sequence[LineFilter]:
        found = super().get_line_filters()
        return [*found, self._in_ascii] if self.ascii_alone else found
