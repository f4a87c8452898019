"""The rows of a log as they were painted last: of which line each is, and how wide. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.text import Text

from console.tui.widgets.log_text import wrapped


class LogRows(NamedTuple):
    """From the top; a line that is wrapped has several, the first and the last perhaps not all."""

    pieces: tuple[tuple[int, Text], ...] = ()

    @property
    def first(self) -> int | None:
        """The number of the line in the first row; None where no line is shown."""
        return self.pieces[0][0] if self.pieces else None

    @property
    def last(self) -> int | None:
        return self.pieces[-1][0] if self.pieces else None

    @property
    def widest(self) -> int:
        """Cells of the widest row."""
        return max((text.cell_len for _, text in self.pieces), default=0)

    @property
    def plain(self) -> list[str]:
        return [text.plain for _, text in self.pieces]


def rows_of(
    lines: Iterable[tuple[int, Text]],
    wrap_at: int | None,
    height: int,
    *,
    to_end: bool,
    left_out: int = 0,
) -> LogRows:
    """`wrap_at`: cells of a row; None where a line is one. `to_end`: the last ones are shown.

    `left_out`: rows of the first line that are not shown.
    """
    pieces = [
        (number, piece)
        for number, text in lines
        for piece in ((text,) if wrap_at is None else wrapped(text, wrap_at))
    ]
    return LogRows(tuple(pieces[-height:] if to_end else pieces[left_out : left_out + height]))
