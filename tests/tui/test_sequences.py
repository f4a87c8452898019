"""What makes a terminal show pieces of rows: as few bytes as may be, and no other cell."""

from __future__ import annotations

import random
import re

import pytest
from fakes.sweeps import sweep
from rich.ansi import AnsiDecoder
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.tui.sequences import written

DARK, RED = Style.parse("#d5dbe5 on #11151c"), Style.parse("bold #ed7474 on #11151c")
COLOURS = ColorSystem.TRUECOLOR
CONSOLE = Console(force_terminal=True, color_system="truecolor")


def told(*spans: tuple[str, Style | None]) -> str:
    return written([(0, 0, Strip(Segment(*each) for each in spans))], COLOURS)


def cells(sequences: str) -> list[tuple[str, Style]]:
    """What a terminal shows of one row that is written so."""
    [text] = AnsiDecoder().decode(sequences.removeprefix("\x1b[1;1H"))
    shown = [text.get_style_at_offset(CONSOLE, at) for at in range(len(text))]
    return list(zip(text.plain, shown, strict=True))


def test_each_piece_goes_to_its_place() -> None:
    told = written([(3, 0, Strip([Segment("a")])), (0, 7, Strip([Segment("b")]))], COLOURS)
    assert told == "\x1b[1;4Ha\x1b[8;1Hb"


def test_a_colour_is_said_once_for_all_that_has_it() -> None:
    assert told(("name", DARK), (" age", DARK)).count("213;219;229") == 1


def test_a_background_that_stays_is_not_said_again() -> None:
    assert told(("name", DARK), ("failed", RED)).count("17;21;28") == 1


def test_blanks_say_no_colour_of_letters() -> None:
    assert told(("failed", RED), ("   ", DARK), ("again", RED)) == told(("failed   again", RED))


def test_the_terminal_is_left_as_it_was() -> None:
    assert told(("name", DARK)).endswith("name\x1b[0m")


def test_a_terminal_of_eight_colours_is_told_one_of_them() -> None:
    told = written([(0, 0, Strip([Segment("name", RED)]))], ColorSystem.STANDARD)
    assert re.findall(r"\x1b\[([0-9;]+)m", told) == ["1;91;40", "0"]


def test_a_link_stays_one() -> None:
    linked = Style(link="https://example.org")
    assert "\x1b]8;" in told(("before", RED), ("here", linked), ("after", RED))
    assert told(("here", linked), ("after", RED)).endswith(told(("after", RED))[len("\x1b[1;1H") :])


@pytest.mark.parametrize("seed", sweep(range(50), 0))
def test_every_cell_looks_as_if_all_of_its_style_had_been_said(seed: int) -> None:
    chance = random.Random(seed)
    words = ("", "bold", "dim", "reverse", "underline", "bold reverse", "italic")
    fore, back = ("", "red", "#d5dbe5", "default"), ("", "on blue", "on #11151c", "on default")
    for _ in range(20):
        spans = []
        for _ in range(12):
            style = " ".join(map(chance.choice, (words, fore, back)))
            spans.append((chance.choice(("ab", "  ", "█")), Style.parse(style)))
        whole = Strip([Segment(*each) for each in spans]).render(CONSOLE)
        assert list(map(seen, cells(told(*spans)))) == list(map(seen, cells(whole)))


def seen(cell: tuple[str, Style]) -> tuple[object, ...]:
    """Of a blank without a line or swapped colours nobody sees how letters would look."""
    glyph, style = cell
    back = style.bgcolor if style.bgcolor and not style.bgcolor.is_default else None
    fore = style.color if style.color and not style.color.is_default else None
    lines = bool(style.underline), bool(style.reverse)
    if glyph == " " and not any(lines):
        return glyph, back
    return glyph, back, fore, bool(style.bold), bool(style.dim), bool(style.italic), *lines
