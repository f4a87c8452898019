"""A line of the form that has no room for all of its text."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from console.tui.widgets.form import TextLine

IMAGE = "console.local/carla-simulator:0.9.14"


class Two(App[None]):
    CSS = "TextLine { width: 35; }"

    def compose(self) -> ComposeResult:
        yield TextLine("demo")
        yield TextLine(IMAGE)


@pytest.mark.parametrize(
    ("width", "shown"),
    [(35, "console.local/carla-simulator:0.9.…"), (36, IMAGE), (20, "console.local/carla…")],
)
async def test_a_text_that_is_wider_than_its_line_ends_in_a_mark(width: int, shown: str) -> None:
    """Else the tag of an image is read as another one."""
    app = Two()
    async with app.run_test() as pilot:
        line = app.query(TextLine).last()
        line.styles.width = width
        await pilot.pause()
        assert line.render_line(0).text.rstrip() == shown
        line.focus()
        await pilot.pause()
        assert "…" not in line.render_line(0).text


@pytest.mark.parametrize(
    ("width", "shown"), [(36, IMAGE), (20, "…a-simulator:0.9.14"), (21, "…la-simulator:0.9.14")]
)
async def test_a_text_that_was_written_to_its_end_says_that_it_begins_before(
    width: int, shown: str
) -> None:
    app = Two()
    async with app.run_test() as pilot:
        line = app.query(TextLine).last()
        line.styles.width = width
        line.focus()
        await pilot.pause()
        await pilot.press("end")
        app.query(TextLine).first().focus()
        await pilot.pause()
        assert line.render_line(0).text.rstrip() == shown
