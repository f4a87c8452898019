"""Log lines as styled segments: colours kept, every other control made visible. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.ansi import AnsiDecoder
from rich.cells import get_character_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from textual.strip import Strip

from console.domain.hostile_text import left_standing, neutralise
from console.operations.ports.recorder import LogLine
from console.tui.legible import legible

LONGEST = 20_000
"""Characters of one line that are shown; a line of a megabyte must not stop the screen."""
_TAME = Style(blink=False, blink2=False, conceal=False)
_CLOCK = re.compile(r"T(\d\d:\d\d:\d\d)(\.\d{1,3})?")


def shown(line: LogLine, sought: re.Pattern[str] | None = None) -> Text:
    """One log line for the screen, its last state; never interpreted as markup.

    Of one that is too long, the part around what is sought.
    """
    text = left_standing(line.text)
    first = _part(text, sought)
    raw = ("cut … " if first else "") + text[first : first + LONGEST]
    raw += " … cut" if len(text) > first + LONGEST else ""
    tame = neutralise(raw, keep_colours=True).expandtabs(8)
    body = AnsiDecoder().decode_line(tame) if "\x1b" in tame else Text(tame)
    body.spans = [span._replace(style=_tamed(span.style)) for span in body.spans]
    body.end = ""
    return body


def _part(text: str, sought: re.Pattern[str] | None) -> int:
    """Where the part begins that is shown of a line."""
    found = sought.search(text) if sought is not None and len(text) > LONGEST else None
    return 0 if found is None or found.end() <= LONGEST else found.start() - LONGEST // 2


def _tamed(style: str | Style) -> str | Style:
    return style + _TAME if isinstance(style, Style) else style


def clock(at: str) -> str:
    """`14:02:11.123` of an RFC 3339 time, in twelve characters."""
    found = _CLOCK.search(at)
    return f"{found[1]}{(found[2] or ''):<4}" if found else " " * 12


def plain(line: LogLine, *, timestamps: bool = False) -> str:
    """The line without any control sequence, for the clipboard, searches and files."""
    text = neutralise(line.text)
    text = f"{line.at} {text}" if timestamps and line.at else text
    return f"{line.container} {text}" if line.container else text


def ruler(line: LogLine, width: int) -> str:
    """A gap line: `── restarted, attempt 2 ─────────`."""
    label = f"── {neutralise(line.text)} "
    return label + "─" * max(width - len(label), 2)


def painted(
    text: Text,
    base: Style,
    console: Console,
    columns: tuple[int, int],
    palette: TerminalTheme | None = None,
) -> Strip:
    """Those columns of one row, its own styles over that base: legible, where colours are known."""
    left, right = columns
    if not text.spans and text.plain.isascii():  # as most are: no cell has to be measured
        row = text.plain[left:right].ljust(right - left)
        return Strip([Segment(row, base)], right - left)
    pieces = (each for each in text.render(console) if each.text)
    styled = ((each.text, base + (each.style or Style())) for each in pieces)
    if palette is not None:
        styled = ((words, legible(style, palette)) for words, style in styled)
    strip = Strip([Segment(words, style) for words, style in styled])
    return strip.crop_extend(left, right, base)


def highlight(text: Text, pattern: re.Pattern[str] | None, style: Style) -> Text:
    """Mark the matches of a search in a line."""
    if pattern is not None:
        for match in pattern.finditer(text.plain):
            if match.end() > match.start():
                text.stylize(style, *match.span())
    return text


def wrapped(text: Text, width: int) -> Sequence[Text]:
    """The rows of a line that is wrapped at the screen's edge, at any character."""
    width = max(width, 1)
    if text.cell_len <= width:
        return (text,)
    cuts, cells = [], 0
    for index, character in enumerate(text.plain):
        size = get_character_cell_size(character)
        if cells + size > width:
            cuts.append(index)
            cells = 0
        cells += size
    return tuple(text.divide(cuts))
