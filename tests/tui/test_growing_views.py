"""A view that grows while its end is followed: its scrollbar is painted when it looks different."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from console.tui.textual_views import grow, show_from

HEIGHT = 20


class Long(ScrollView):
    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width)


class Growing(App[None]):
    def compose(self) -> ComposeResult:
        yield Long()


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The height of what each bar stood for when it was asked to be painted again."""
    asked: list[int] = []
    refresh = ScrollBar.refresh

    def noted(self: ScrollBar, *regions: object, **named: object) -> ScrollBar:
        asked.append(self.window_virtual_size)
        return refresh(self, *regions, **named)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(ScrollBar, "refresh", noted)
    return asked


async def followed(view: ScrollView, rows: int) -> None:
    """Its end is shown, as a log's that is followed."""
    grow(view, Size(1, rows), rows - HEIGHT)
    show_from(view, rows - HEIGHT)


async def test_a_line_more_of_many_leaves_the_bar_as_it_is_and_many_more_do_not(
    painted: list[int],
) -> None:
    async with Growing().run_test(size=(40, HEIGHT)) as pilot:
        view = pilot.app.query_one(Long)
        view.virtual_size = Size(1, 10_000)
        await pilot.pause()
        await followed(view, 10_000)
        await pilot.pause()
        painted.clear()
        await followed(view, 10_001)
        assert painted == []
        assert view.vertical_scrollbar.window_virtual_size == 10_001
        await followed(view, 60)
        assert painted
        assert view.scroll_offset.y == view.vertical_scrollbar.position == 60 - HEIGHT
        assert view.max_scroll_y == 60 - HEIGHT
