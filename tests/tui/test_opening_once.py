"""A screen that opens stands at once as its size wants it, and is laid out once for what it has."""

from __future__ import annotations

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Label

from console.tui.app import ConsoleApp
from console.tui.places import Destination, Place
from console.tui.screens.logs import LogsScreen
from console.tui.textual_rows import PaintedByRow


@pytest.mark.parametrize(("size", "wanted"), [((100, 30), "-narrow"), ((180, 40), "-wide")])
async def test_no_paint_shows_a_screen_for_another_size(
    backend: FakeBackend, size: tuple[int, int], wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[frozenset[str]] = []
    painted = ConsoleApp.painted

    def noted(app: ConsoleApp, screen: Screen[object]) -> None:
        painted(app, screen)
        if isinstance(screen, LogsScreen):
            looks.append(screen.classes)

    monkeypatch.setattr(ConsoleApp, "painted", noted)
    async with opened(backend, size) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        app.go(Destination(Place.LOGS, ("leaderboard", "demo")))
        await shows(pilot, "▌Logs", "Wallclock")
    assert looks
    assert all(wanted in classes for classes in looks)


class Counted(PaintedByRow[None]):
    layouts = 0

    def compose(self) -> ComposeResult:
        yield Vertical()

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self.layouts += 1
        super()._refresh_layout(size, scroll)


class Counting(App[None]):
    CSS = "Vertical { height: auto; }"

    def get_default_screen(self) -> Screen[None]:
        return Counted()


async def test_what_is_added_is_laid_out_once_however_deep_it_stands() -> None:
    app = Counting()
    async with app.run_test(size=(40, 12)) as pilot:
        await until(pilot, lambda: app.screen.size.width)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, Counted)
        before = screen.layouts
        with app.batch_update():
            await screen.query_one(Vertical).mount(Vertical(Vertical(Label("one"), Label("two"))))
        screen.check_idle()
        await until(pilot, lambda: "two" in seen(app))
        await pilot.pause()
        assert screen.layouts == before + 1
        assert screen.query_one(Vertical).virtual_size == Size(40, 2)
