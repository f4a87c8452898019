"""Pieces of rows as terminal sequences: of a colour only what changes is said. Decides no colour.

Textual says the whole style before each word and takes it back behind it: of two rows of a list
two bytes in three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from console.tui.frame import Written

RESET = "\x1b[0m"


class Pen(NamedTuple):
    """How a terminal writes at present, as the parameters that make it write so."""

    attributes: str
    fore: str
    back: str

    @property
    def plain_on_blanks(self) -> bool:
        """A cell without a glyph looks as its background does."""
        return set(self.attributes.split(";")) <= {"", "1", "2", "3"}


UNTOUCHED = Pen("", "39", "49")
"""As a terminal writes that nobody told anything."""


def written(pieces: Iterable[Written], colours: ColorSystem) -> str:
    """Sequences that make a terminal show them, and leave it untouched for what comes next."""
    told: list[str] = []
    now = UNTOUCHED
    for x, y, strip in pieces:
        told.append(f"\x1b[{y + 1};{x + 1}H")
        for segment in strip:
            now = _write(segment, now, colours, told)
    return "".join(told) + _between(now, UNTOUCHED)


def _write(segment: Segment, now: Pen, colours: ColorSystem, told: list[str]) -> Pen:
    """How the terminal writes afterwards."""
    text, style, _ = segment
    if style is not None and style.link:
        told += [_between(now, UNTOUCHED), style.render(text, color_system=colours)]
        return UNTOUCHED
    pen = _pen(style, colours)
    if pen != now:
        if text.isspace():
            pen = _on_blanks(now, pen)
        told.append(_between(now, pen))
    told.append(text)
    return pen


@lru_cache(1024)
def _pen(style: Style | None, colours: ColorSystem) -> Pen:
    if style is None:
        return UNTOUCHED
    fore, back = style.color, style.bgcolor
    return Pen(
        style.without_color.render("|", color_system=colours).partition("|")[0][2:-1],
        ";".join(fore.downgrade(colours).get_ansi_codes()) if fore else UNTOUCHED.fore,
        ";".join(back.downgrade(colours).get_ansi_codes(False)) if back else UNTOUCHED.back,
    )


@lru_cache(1024)
def _on_blanks(now: Pen, wanted: Pen) -> Pen:
    """What differs least from now and is the same to see where there is no glyph."""
    if now.plain_on_blanks and wanted.plain_on_blanks:
        return now._replace(back=wanted.back)
    return wanted


@lru_cache(4096)
def _between(now: Pen, wanted: Pen) -> str:
    """What makes the one of the other."""
    if now == wanted:
        return ""
    if wanted == UNTOUCHED:
        return RESET
    if now.attributes and now.attributes != wanted.attributes:
        return f"\x1b[0;{';'.join(_differing(UNTOUCHED, wanted))}m"
    return f"\x1b[{';'.join(_differing(now, wanted))}m"


def _differing(now: Pen, wanted: Pen) -> Iterator[str]:
    return (each for before, each in zip(now, wanted, strict=True) if each != before)
