"""Whatever is read on any screen has the contrast of WCAG AA, in every theme that has colours."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest
from fakes.pilots import until
from fakes.tour import busy_backend, recordings_in, visits
from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.screen import ModalScreen
from textual.strip import Strip

from console import paths
from console.tui import theming
from console.tui.app import ConsoleApp

READ, DRAWN = 4.5, 3.0
"""Of words, and of marks that only repeat a word beside them (WCAG 2.1, 1.4.3 and 1.4.11)."""
_WORD, _DECORATION = re.compile(r"\w"), re.compile(r"^[\s\u2500-\u259f▰▱…·]*$")
THEMES = [path.stem for path in theming.files(paths.themes()) if not theming.load(path).ansi]


class Pair(NamedTuple):
    """A foreground on a background, and a text that is written so."""

    fore: tuple[int, int, int]
    back: tuple[int, int, int]

    @property
    def contrast(self) -> float:
        lighter, darker = sorted((_luminance(self.fore), _luminance(self.back)), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pair_of(style: Style) -> Pair | None:
    fore, back = _triplet(style.color), _triplet(style.bgcolor)
    if fore is None or back is None:
        return None
    return Pair(back, fore) if style.reverse else Pair(fore, back)


def _triplet(colour: RichColor | None) -> tuple[int, int, int] | None:
    triplet = colour.triplet if colour else None
    return None if triplet is None else (triplet.red, triplet.green, triplet.blue)


def faint(app: ConsoleApp) -> Iterator[str]:
    """What is read on the present screen and has less contrast than it has to."""
    for strip in _rows(app):
        for text, style, _ in strip:
            pair = pair_of(style) if style else None
            if pair is None or _DECORATION.match(text):
                continue
            least = READ if _WORD.search(text) else DRAWN
            if pair.contrast < least:
                yield f"{text.strip()!r} {pair.fore} on {pair.back} {pair.contrast:.2f}"


def _rows(app: ConsoleApp) -> Iterator[Strip]:
    """All rows, or those of a dialog: what lies beneath it is not to be read meanwhile."""
    rows = app.screen._compositor.render_strips(app.size)
    if not isinstance(app.screen, ModalScreen):
        yield from rows
        return
    for box in app.screen.query_children("*"):
        if not box.has_class("-textual-system"):
            x, end = box.region.column_span
            yield from (rows[y].crop(x, end) for y in box.region.line_range)


async def _faint_on_all_screens(
    folder: Path, themes_of: Callable[[int], Iterable[str]]
) -> dict[tuple[str, str], list[str]]:
    """By screen and theme; `themes_of`: those that the screen of that number is seen in."""
    app = ConsoleApp(busy_backend(), recordings=recordings_in(folder))
    found: dict[tuple[str, str], list[str]] = {}
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: {*THEMES} <= {*app.available_themes})
        app.notify("It was saved.", title="A title", severity="warning", timeout=math.inf)
        number = 0
        async for name, _ in visits(app, pilot):
            for theme in themes_of(number):
                app.action_themes(theme)
                await pilot.pause()
                found[name, theme] = sorted({*faint(app)})
            number += 1
    return {where: few for where, few in found.items() if few}


async def test_all_that_is_read_can_be_read_each_screen_in_two_themes(tmp_path: Path) -> None:
    def two(number: int) -> list[str]:
        return [THEMES[number % len(THEMES)], THEMES[(number + 4) % len(THEMES)]]

    assert await _faint_on_all_screens(tmp_path, lambda n: two(n) if n else THEMES) == {}


@pytest.mark.thorough
async def test_all_that_is_read_can_be_read_each_screen_in_every_theme(tmp_path: Path) -> None:
    assert await _faint_on_all_screens(tmp_path, lambda _: THEMES) == {}


_SEEN_BY = {
    # Machado, Oliveira and Fernandes 2009, of full severity, on linear light.
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def _as_seen(colour: Color, by: str) -> tuple[float, ...]:
    light = [(each / 255) ** 2.2 for each in colour.rgb]
    seen = (sum(part * each for part, each in zip(row, light, strict=True)) for row in _SEEN_BY[by])
    return tuple(255 * min(max(each, 0.0), 1.0) ** (1 / 2.2) for each in seen)


@pytest.mark.parametrize(
    ("theme", "by"),
    [
        ("deuteranopia-dark", "deuteranopia"),
        ("deuteranopia-dark", "protanopia"),
        ("deuteranopia-light", "deuteranopia"),
        ("deuteranopia-light", "protanopia"),
        ("tritanopia-dark", "tritanopia"),
    ],
)
def test_eyes_that_mix_colours_tell_good_from_bad_and_both_from_a_warning(
    theme: str, by: str
) -> None:
    told = theming.load(paths.themes() / f"{theme}.yaml")
    seen = {
        name: _as_seen(Color.parse(getattr(told, name)), by)
        for name in ("success", "warning", "error")
    }
    near = {
        (one, other): round(math.dist(seen[one], seen[other]))
        for one, other in combinations(("success", "warning", "error"), 2)
    }
    assert min(near.values()) > 60, near
