"""The row of keys at the bottom of every screen."""

from __future__ import annotations

from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend

from console.tui.app import ConsoleApp
from console.tui.screens.monitor import MonitorScreen
from console.tui.widgets.key_line import KeyLine


def keys_row(app: ConsoleApp) -> str:
    return seen(app).splitlines()[-1]


async def test_a_click_on_a_key_presses_it_and_on_a_gap_nothing(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "⏎ Monitor n New")
        gap = keys_row(app).index(" n New")
        await pilot.click(KeyLine, offset=(gap, 0))
        await pilot.pause()
        assert len(app.screen_stack) == 1
        await pilot.click(KeyLine, offset=(keys_row(app).index("Monitor"), 0))
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))


async def test_a_key_is_told_whole_or_not_and_how_to_read_of_all_is_always_told(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (40, 24)) as (app, pilot):
        await until(pilot, lambda: "Monitor" in keys_row(app))
        assert keys_row(app).rstrip().endswith("? Help")
        assert "…" not in keys_row(app)


async def test_keys_that_have_no_room_come_by_the_wheel(backend: FakeBackend) -> None:
    async with opened(backend, (40, 24)) as (app, pilot):
        await until(pilot, lambda: "Monitor" in keys_row(app))
        line = app.screen.query_one(KeyLine)
        for _ in range(20):
            line.on_mouse_scroll_down()
        await until(pilot, lambda: "Monitor" not in keys_row(app) and "History" in keys_row(app))
        for _ in range(20):
            line.on_mouse_scroll_up()
        await until(pilot, lambda: "Monitor" in keys_row(app))
