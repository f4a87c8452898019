"""A canvas is never painted as it was drawn for another area."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult

from console.presentation.tones import Line, text
from console.tui.widgets.canvas import Canvas


class Ruler(Canvas):
    """Tells the area that it was drawn for."""

    def draw(self, width: int, height: int) -> list[Line]:
        return [text(f"{width}x{height}")] * height

    def on_resize(self, event: events.Resize) -> None:
        """It does not hear of it yet, as while the app has much to do."""
        event.prevent_default()


class Ruled(App[None]):
    def compose(self) -> ComposeResult:
        yield Ruler()


async def test_an_area_that_changed_is_painted_for_what_it_is_before_it_is_told() -> None:
    async with Ruled().run_test(size=(40, 5)) as pilot:
        ruler = pilot.app.query_one(Ruler)
        ruler.redraw()
        assert ruler.render_line(0).text.strip() == "40x1"
        ruler.styles.width, ruler.styles.height = 20, 3
        await pilot.pause()
        assert [ruler.render_line(y).text.strip() for y in range(3)] == ["20x3"] * 3
