"""Rows that a widget draws itself."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.strip import Strip

from console.presentation.tones import Tone
from console.tui.widgets.painting import Painter


class Rows(Painter):
    def render_line(self, y: int) -> Strip:
        return self.paint((("told", Tone.STRONG),), self.size.width)


class OneWidget(App[None]):
    def compose(self) -> ComposeResult:
        yield Rows()


async def test_a_widget_that_was_just_taken_away_can_still_be_asked_for_its_rows() -> None:
    async with OneWidget().run_test() as pilot:
        rows = pilot.app.query_one(Rows)
        assert rows.render_lines(Region.from_offset((0, 0), Size(4, 1)))[0].text == "told"
        await rows.remove()
        assert rows.render_lines(Region.from_offset((0, 0), Size(4, 1)))[0].text == "    "
