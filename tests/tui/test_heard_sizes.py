"""A widget that draws itself for its size hears of it, whoever asked for its place before."""

from __future__ import annotations

from fakes.pilots import seen, until
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from console.presentation.tones import Line, text
from console.tui.textual_rows import PaintedByRow
from console.tui.widgets.canvas import Canvas


class Named(Canvas):
    def draw(self, width: int, height: int) -> list[Line]:
        return [text(f"drawn for {width}")]


class Shown(PaintedByRow[None]):
    def compose(self) -> ComposeResult:
        yield Vertical()


class Showing(App[None]):
    def get_default_screen(self) -> Screen[None]:
        return Shown()


async def test_what_is_mounted_is_drawn_though_its_place_was_asked_for_before_the_layout() -> None:
    app = Showing()
    async with app.run_test(size=(40, 5)) as pilot:
        added = Named()
        await app.screen.query_one(Vertical).mount(added)
        app.screen._compositor._full_map_invalidated = True  # as each new widget makes it
        assert added in app.screen._compositor.full_map
        await until(pilot, lambda: "drawn for 40" in seen(app))
