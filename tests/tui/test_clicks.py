"""A second click opens what the first has chosen: as Enter does, on each screen."""

from __future__ import annotations

from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend

from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.widgets.board_parts import PairPanel
from console.tui.widgets.line_table import LineTable


async def test_a_second_click_on_a_row_opens_it(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "● live", "demo")
        await pilot.click(LineTable, offset=(3, 4))
        chosen = app.screen.query_one(LineTable).cursor
        assert not isinstance(app.screen, MonitorScreen)
        await pilot.click(LineTable, offset=(3, 4))
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        assert chosen > 0


async def test_a_double_click_on_a_pair_opens_its_log_or_why_it_failed(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "● live", "demo")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen.query(PairPanel)) > 1)
        await pilot.click("#pair-2")
        await pilot.pause()
        assert (app.screen.focused.id, isinstance(app.screen, MonitorScreen)) == ("pair-2", True)
        await pilot.click("#pair-1", times=2)
        await until(pilot, lambda: not isinstance(app.screen, MonitorScreen))


async def test_a_second_click_on_a_route_leads_to_where_its_log_begins(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "● live", "demo")
        await pilot.press("r")
        await shows(pilot, "ROUTE", "SCORE")
        for _ in range(2):
            await pilot.click(LineTable, offset=(3, 2))
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
