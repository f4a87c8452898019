"""How lines of a log are painted: as Textual would, wrapped, scrolled sideways, neutralised."""

from __future__ import annotations

from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, lines
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from console.operations.ports.recorder import LogLine
from console.tui.widgets.log_pane import LogPane


def cells(rows: list[Strip]) -> list[list[tuple[str, Style | None]]]:
    """Each glyph with its style."""
    return [[(glyph, each.style) for each in row for glyph in each.text] for row in rows]


async def test_rows_are_painted_as_textual_would(backend: FakeBackend) -> None:
    """The pane takes a shorter way than other widgets."""
    texts = ("plain", "\x1b[31mred\x1b[0m then not", "wide 世界 é", "x" * 300, "tab\there", "")
    backend.logs["simulator-1"] = lines(*texts)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "red then not", "世界")
        for key in ("t", "w", "right"):
            await pilot.press(key)
            pane = app.screen.query_one(LogPane)
            region = Region(0, 0, *pane.scrollable_content_region.size)
            for crop in (region, Region(3, 1, 40, 4)):
                ours = cells(pane.render_lines(crop))
                pane._styles_cache.clear()
                assert ours == cells(pane._styles_cache.render_widget(pane, crop))


async def test_timestamps_and_wrapping_are_toggled(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = lines("short", "x" * 150 + "END")
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "short")
        assert "END" not in seen(app)
        await pilot.press("w", "t")
        await shows(pilot, "END", "16:01:07.5", "wrap")


async def test_every_line_can_be_reached_while_long_lines_are_wrapped(
    backend: FakeBackend,
) -> None:
    backend.logs["simulator-1"] = lines(*(f"<{n}>" + "y" * 300 for n in range(12)))
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "<11>")
        await pilot.press("w", "g")
        seen_lines = set()
        for _ in range(12):
            await pilot.pause()
            seen_lines |= {n for n in range(12) if f"<{n}>" in seen(app)}
            await pilot.press("j")
        assert seen_lines == set(range(12))


async def test_long_lines_scroll_sideways(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = lines("a" * 100 + "MIDDLE" + "b" * 100)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "aaaa")
        assert "MIDDLE" not in seen(app)
        await until(pilot, lambda: app.screen.query_one(LogPane).max_scroll_x and app.focused)
        await pilot.press("right", "right", "right")
        await shows(pilot, "MIDDLE")


async def test_a_restart_is_a_ruler_across_the_pane(backend: FakeBackend) -> None:
    log = lines("before", "ignored", "after")
    log.given[1] = LogLine("", "restarted: attempt 2", gap=True)
    backend.logs["simulator-1"] = log
    async with opened(backend) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "before", "── restarted: attempt 2 ───", "after")


async def test_colours_stay_and_everything_else_is_harmless(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = lines(
        "\x1b]0;title\x07plain [red]markup[/red] [/nothing]",
        "\x1b[31mred\x1b[0m \x1b[2J\x1b[10;10Hmoved \x9b5n",
        "bidi \u202e evil \u2066 bell \x07 back \x08",
        "\x1b[8mhidden\x1b[0m",
        "z" * 200_000,
    )
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "plain [red]markup[/red] [/nothing]", "red moved", "bell ␇ back ␈")
        text = seen(app)
        assert not set(text) & {"\x1b", "\x07", "\x08", "\x9b", "\u202e", "\u2066"}
        assert "title" not in text
        strips = app.screen._compositor.render_strips(app.size)
        styles = [s.style for strip in strips for s in strip if s.text in ("red", "hidden")]
        red, hidden = styles
        assert red is not None
        assert red.color is not None
        assert hidden is not None
        assert not hidden.conceal
