"""The results of one submission on a screen: order, filter, marks and plots."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fakes.boards import board, record
from fakes.folded_boards import JOB, T0, at, board_of
from fakes.loaded_modules import loaded_modules
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.events import JobSeen, PodSeen
from console.operations.replay.recorded_past import Past
from console.tui import kept_choices
from console.tui.app import ConsoleApp
from console.tui.screens.legend import LegendScreen
from console.tui.screens.plots import PlotsScreen
from console.tui.screens.results import ResultsScreen
from console.tui.widgets.line_table import LineTable
from tests.unit.domain.test_gpu_time import LAST, OVER, WHOLE

SIZES = sweep([(80, 24), (120, 40), (200, 60)], (80, 24))


@asynccontextmanager
async def on_results(
    backend: FakeBackend, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], ResultsScreen]]:
    async with opened(backend, size) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        assert isinstance(app.screen, ResultsScreen)
        await shows(pilot, "RouteScenario_3_rep0")
        yield app, pilot, app.screen


def routes(screen: ResultsScreen) -> list[int]:
    """The numbers of the routes in the table, from above."""
    return [int(row.split("RouteScenario_")[1].split("_")[0]) for row in screen.table.rows]


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_sorts_by_each_column_and_an_arrow_says_by_which(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with on_results(backend, size) as (_, pilot, screen):
        await pilot.press("s", "s", "s", "s")
        await shows(pilot, "SCORE↑")
        assert routes(screen)[:2] == [3, 10]
        await pilot.press("O")
        await shows(pilot, "SCORE↓")
        assert routes(screen)[-2:] == [3, 10]


async def test_a_click_on_a_title_sorts_by_it_and_another_one_turns(backend: FakeBackend) -> None:
    async with on_results(backend) as (_, pilot, screen):
        at = seen(pilot.app).splitlines()[2].index("SCORE")
        for arrow in "↑↓":
            await pilot.click(LineTable, offset=(at, 0))
            await shows(pilot, f"SCORE{arrow}")
        assert routes(screen)[-2:] == [3, 10]
        await pilot.click(LineTable, offset=(at - 20, 0))
        await shows(pilot, "STATUS↑")
        assert routes(screen)[:2] == [3, 10]


async def test_the_order_is_found_again_the_next_time(backend: FakeBackend) -> None:
    async with on_results(backend) as (_, pilot, _screen):
        await pilot.press("S")
        await shows(pilot, "STATUS↑")
        await until(pilot, lambda: kept_choices.recall().lists.get("results"))
    async with on_results(backend) as (_, pilot, screen):
        await shows(pilot, "STATUS↑")
        assert routes(screen)[:2] == [3, 10]


async def test_the_cursor_stays_on_its_route_when_the_order_changes(backend: FakeBackend) -> None:
    async with on_results(backend) as (_, pilot, screen):
        await pilot.press("j", "j", "j", "s", "s", "s", "s")
        await shows(pilot, "SCORE↑", "ROUTE RouteScenario_3_rep0")
        assert screen.table.selected.route_id == "RouteScenario_3_rep0"


async def test_a_new_record_takes_its_place_in_the_order(backend: FakeBackend) -> None:
    async with on_results(backend) as (_, pilot, screen):
        await pilot.press("s", "s", "s", "s", "O")
        await shows(pilot, "SCORE↓")
        before = routes(screen)
        records = (*backend.shown_board.records, record(4, 15))
        backend.shown_board = board(records=records)
        await until(pilot, lambda: len(routes(screen)) == 13)
        assert [route for route in routes(screen) if route != 15] == before
        assert screen.table.rows[routes(screen).index(15)].count("100.00") == 1


async def test_gpu_hours_are_told_of_what_the_cluster_has_forgotten_and_a_recording_knows(
    backend: FakeBackend,
) -> None:
    known = board_of(JobSeen(T0, JOB), PodSeen(at(300), OVER), LAST)
    backend.shown_board = replace(known, records=(record(1, 3),))
    backend.shown_past = Past(pod_times=board_of(*WHOLE).pod_times)
    async with on_results(backend) as (_, pilot, _):
        await shows(pilot, "GPU HOURS", "0.33", "0.08 (25 %)")
        assert backend.asked.count(("past",)) == 1


async def test_a_filter_leaves_what_fits_and_escape_ends_it_before_the_screen(
    backend: FakeBackend,
) -> None:
    async with on_results(backend) as (app, pilot, screen):
        await pilot.press("slash", *"timed", "enter")
        await until(pilot, lambda: routes(screen) == [3, 10])
        await pilot.press("escape")
        await until(pilot, lambda: len(routes(screen)) == 12)
        assert app.screen is screen
        await pilot.press("slash", *"!perfect", "enter")
        await until(pilot, lambda: len(routes(screen)) == 7)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is not screen)


async def test_a_filter_that_nothing_fits_leaves_an_empty_table_and_its_log_key_works(
    backend: FakeBackend,
) -> None:
    async with on_results(backend) as (_, pilot, screen):
        await pilot.press("slash", *"nowhere", "enter")
        await until(pilot, lambda: routes(screen) == [])
        await pilot.press("l")
        await shows(pilot, "▌Logs")


async def test_letters_of_infractions_stand_where_there_is_room(backend: FakeBackend) -> None:
    async with on_results(backend, (200, 60)) as (_, pilot, _screen):
        await shows(pilot, "OF WHICH", "1 CV")


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_explains_every_mark_and_the_same_key_closes_it(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with on_results(backend, size) as (app, pilot, screen):
        await pilot.press("m")
        await shows(pilot, "Driven to the end with infractions", "◑ not final")
        assert isinstance(app.screen, LegendScreen)
        await pilot.press("G")
        await shows(pilot, "Min speed infractions: penalty x 0.7 at the slowest")
        await pilot.press("m")
        await until(pilot, lambda: app.screen is screen)


@pytest.mark.parametrize("size", SIZES)
async def test_plots_show_distributions_and_infractions_by_kind(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with on_results(backend, size) as (app, pilot, screen):
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PlotsScreen))
        await shows(pilot, "DRIVING SCORE: drives in each tenth", "90 – 100 │⣿", "◑ not final")
        await pilot.press("G")
        await shows(pilot, "COLLISIONS VEHICLE: on 6 of 12 drives" if size[0] < 130 else "0.9 – ")
        assert max(len(line) for line in seen(app).splitlines()) <= size[0]
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_plots_follow_what_is_driven(backend: FakeBackend) -> None:
    async with on_results(backend) as (_, pilot, _screen):
        await pilot.press("p")
        await shows(pilot, "90 – 100 │⣿")
        backend.shown_board = board(records=(record(1, 3),))
        await until(pilot, lambda: "90 – 100 │ 0" in seen(pilot.app))


@pytest.mark.parametrize("key", ["p", "C"])
async def test_before_the_first_route_there_is_nothing_to_plot_or_to_compare(
    backend: FakeBackend, key: str
) -> None:
    backend.shown_board = board(records=())
    async with opened(backend) as (_, pilot):
        await pilot.press("r")
        await shows(pilot, "no score yet")
        await pilot.press(key)
        await shows(pilot, "No route is finished yet.")


def test_the_plotting_library_comes_with_the_plots_alone() -> None:
    loaded = loaded_modules("import console.tui.screens.results, console.tui.screens.comparison")
    assert "plotille" not in loaded
    assert "plotille" in loaded_modules("import console.tui.screens.plots")


async def test_more_routes_than_rows_leave_the_columns_that_fit_beside_the_scroll_bar(
    backend: FakeBackend,
) -> None:
    """A bar takes a column's last cell at just the width from which that column is shown."""
    records = tuple(record(1 + at % 4, at) for at in range(60))
    backend.shown_board = board(records=records, done=60, total=60)
    async with on_results(backend, (160, 45)) as (app, pilot, screen):
        await shows(pilot, "RouteScenario_4_rep0")
        assert screen.table.size.width > screen.table.room
        assert len(seen(app).splitlines()) == 45
