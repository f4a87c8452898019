"""What a container writes in colours of its own can be read, whatever theme is worn."""

from __future__ import annotations

import pytest
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend, FakeLog
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME as PALETTE

from console.operations.ports.recorder import LogLine
from console.tui.legible import LEAST, contrast, legible
from console.tui.terminal_colours import terminal_colours
from console.tui.widgets.log_pane import LogPane

COLOURS = ("30", "37", "97", "34", "38;5;16", "38;5;17", "38;5;231", "38;2;0;0;0", "33", "90")
GROUNDS = ("", "40", "41", "42", "43", "44", "47", "100", "103", "107", "48;5;226", "48;5;18")
TEXTS = [f"\x1b[{fore};{back}mword {n}\x1b[0m" for n, (fore, back) in enumerate(
    (fore, back) for fore in ("", *COLOURS) for back in GROUNDS)]  # fmt: skip


def read(style: Style) -> float:
    assert style.color
    assert style.bgcolor
    back = style.bgcolor.get_truecolor(PALETTE, foreground=False)
    return contrast(style.color.get_truecolor(PALETTE), back)


@pytest.mark.parametrize("theme", ["leaderboard-dark", "paper"])
async def test_no_colours_of_a_container_make_a_log_unreadable(
    backend: FakeBackend, theme: str
) -> None:
    log = FakeLog(len(TEXTS), {n: LogLine("", text) for n, text in enumerate(TEXTS)})
    backend.logs["simulator-1"] = log
    async with opened(backend, (120, 60)) as (app, pilot):
        await until(pilot, lambda: theme in app.available_themes)
        app.action_themes(theme)
        await pilot.press("l")
        await shows(pilot, f"word {len(TEXTS) - 1}")
        pane, faint = app.screen.query_one(LogPane), []
        palette = terminal_colours(app.current_theme)
        for place in (0, 40, 80):
            pane.move(place)
            await pilot.pause()
            for y in range(pane.size.height):
                for text, style, _ in pane.render_line(y):
                    if style and "word" in text:
                        fore = style.color.get_truecolor(palette)  # type: ignore[union-attr]
                        back = style.bgcolor.get_truecolor(palette, foreground=False)  # type: ignore[union-attr]
                        faint += [text] if contrast(fore, back) < LEAST else []
        assert faint == []


def test_what_can_be_read_keeps_its_colour_and_what_cannot_its_hue() -> None:
    red, blue = Style.parse("#ff8080 on #101010"), Style.parse("#0000c0 on #101010")
    assert legible(red, PALETTE) == red
    nearer = legible(blue, PALETTE)
    assert read(nearer) >= LEAST
    colour = nearer.color.get_truecolor() if nearer.color else None
    assert colour
    assert colour.blue > colour.red


def test_on_a_ground_of_any_grey_something_can_be_read() -> None:
    for grey in range(0, 256, 5):
        style = Style.parse(f"rgb({grey},{grey},{grey}) on rgb({grey},{grey},{grey})")
        assert read(legible(style, PALETTE)) >= LEAST


def test_a_style_without_a_ground_of_its_own_is_left_alone() -> None:
    assert legible(Style(bold=True), PALETTE) == Style(bold=True)
