"""Comparing on the screens: two results against each other, route by route."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.boards import board, record
from fakes.documents import document
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend
from fakes.two_boards import SIZES, TwoBoards, against
from textual.pilot import Pilot

from console.tui.app import ConsoleApp
from console.tui.places import Contender, Destination, Place
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.comparison import ComparisonScreen
from console.tui.screens.contenders import ContendersScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.plots import PlotsScreen
from console.tui.screens.save_dialog import SaveDialog


@pytest.fixture
def two() -> TwoBoards:
    return TwoBoards()


@asynccontextmanager
async def comparing(
    backend: FakeBackend,
    to: Destination,
    size: tuple[int, int] = (120, 40),
    recordings: RecordedSubmissions | None = None,
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], ComparisonScreen]]:
    async with opened(backend, size, recordings) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        app.go(to)
        await until(pilot, lambda: isinstance(app.screen, ComparisonScreen))
        assert isinstance(app.screen, ComparisonScreen)
        yield app, pilot, app.screen


def routes(screen: ComparisonScreen) -> list[str]:
    return [row.split()[0] for row in screen.table.rows]


@pytest.mark.parametrize("size", SIZES)
async def test_two_results_stand_against_each_other_route_by_route(
    two: TwoBoards, size: tuple[int, int]
) -> None:
    async with comparing(two, against("baseline-nightly"), size) as (app, pilot, _):
        await shows(
            pilot,
            "A  demo",
            "B  baseline-nightly",
            "11 of 12 routes in common",
            "▲ +50.00",
            "▼ -30.00",
            "+1 RL",
        )
        assert seen(app).count("◑ not final") == 2
        assert max(len(line) for line in seen(app).splitlines()) <= size[0]


@pytest.mark.parametrize("size", SIZES)
async def test_what_one_lacks_is_named_and_the_selected_route_told_in_words(
    two: TwoBoards, size: tuple[int, int]
) -> None:
    async with comparing(two, against("baseline-nightly"), size) as (_, pilot, _screen):
        await shows(pilot, "missing in B" if size[0] > 80 else "11 of 12 routes")
        await pilot.press("j")
        await shows(pilot, "ROUTE 1", "A  100.00  Perfect", "B  70.00  Completed", "1 red light")


async def test_another_value_of_each_route_is_a_key_away(two: TwoBoards) -> None:
    async with comparing(two, against("baseline-nightly")) as (_, pilot, screen):
        for measure in ("route completion", "infraction penalty", "infractions", "driving score"):
            await pilot.press("v")
            await shows(pilot, f"{measure} of 11 of 12 routes in common")
            assert screen.measure == measure


async def test_routes_are_sorted_and_filtered_by_what_became_of_them(two: TwoBoards) -> None:
    async with comparing(two, against("baseline-nightly")) as (_, pilot, screen):
        await shows(pilot, "+50.00")
        await pilot.press("s", "s", "s", "s")
        await shows(pilot, "Δ B↓")
        assert routes(screen)[0] == "3"
        await pilot.press("O")
        await until(pilot, lambda: routes(screen)[0] == "1")
        await pilot.press("slash", *"better", "enter")
        await until(pilot, lambda: routes(screen) == ["3"])
        await pilot.press("escape")
        await until(pilot, lambda: len(routes(screen)) == 12)


async def test_a_comparison_follows_what_is_driven(two: TwoBoards) -> None:
    async with comparing(two, against("baseline-nightly")) as (_, pilot, screen):
        await shows(pilot, "11 of 12 routes")
        two.other = (*two.other, record(3, 11))
        await shows(pilot, "all 12 routes")
        two.shown_board = board(records=(*two.shown_board.records, record(3, 12)))
        await shows(pilot, "12 of 13 routes")
        assert len(routes(screen)) == 13


async def test_of_many_results_those_without_room_are_a_key_away(two: TwoBoards) -> None:
    names = ("baseline-nightly", "interfuser", "transfuser-v4", "team-falcon-map")
    async with comparing(two, against(*names), (80, 24)) as (_, pilot, screen):
        await shows(pilot, "Δ B", "Δ C", "tab Next")
        assert screen.hidden == 2
        await pilot.press("tab", "tab", "tab")
        await shows(pilot, "Δ D", "Δ E")
        await pilot.press("shift+tab")
        await shows(pilot, "Δ C", "Δ D")


async def test_where_all_have_room_there_is_no_key_for_the_next(two: TwoBoards) -> None:
    async with comparing(two, against("baseline-nightly"), (200, 60)) as (app, pilot, _):
        await shows(pilot, "Δ B")
        assert "tab Next" not in seen(app)


async def test_what_cannot_be_compared_says_why_and_how_to_go_on(two: TwoBoards) -> None:
    two.leaderboards_of["baseline-nightly"] = "1.0"
    async with comparing(two, against("baseline-nightly"), (80, 24)) as (app, pilot, _):
        await shows(pilot, "different Leaderboards", "C chooses others.")
        await pilot.press("p")
        await shows(pilot, "Nothing is compared here.")
        await pilot.press("s", "v", "ctrl+s", "j", "C")
        await until(pilot, lambda: isinstance(app.screen, ContendersScreen))


async def test_a_route_leads_to_no_other_screen_by_mistake(two: TwoBoards) -> None:
    async with comparing(two, against("baseline-nightly")) as (app, pilot, screen):
        await shows(pilot, "+50.00")
        await pilot.press("m")
        await shows(pilot, "Better than A by so much")
        await pilot.press("escape", "colon", *"logs", "enter")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_plots_hold_each_result_against_the_first(two: TwoBoards) -> None:
    async with comparing(two, against("baseline-nightly"), (80, 24)) as (app, pilot, _):
        await shows(pilot, "Δ B")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PlotsScreen))
        await shows(pilot, "B AGAINST A: 1 routes above, 1 below", "●")
        await pilot.press("G")
        await shows(pilot, "RED LIGHT: a pass of 11 routes")


async def test_a_comparison_is_saved_where_the_user_says(
    two: TwoBoards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with comparing(two, against("baseline-nightly")) as (app, pilot, _):
        await shows(pilot, "Δ B")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SaveDialog))
        await shows(pilot, "Not final: demo, baseline-nightly", "● Markdown", "○ CSV", "○ JSON")
        await pilot.press("enter")
        await shows(pilot, "Saved to")
    told = (tmp_path / "demo-vs-baseline-nightly.md").read_text()
    assert "| 3 | 48.20 | 98.20 | ▲ +50.00 |" in told


async def test_a_recording_and_a_file_are_read_elsewhere_and_compared(
    two: TwoBoards, tmp_path: Path
) -> None:
    recording = recorded(tmp_path / "store", "heron")
    kept = RecordedSubmissions(lambda: archive_in(tmp_path / "store"))
    path = tmp_path / "result.json"
    path.write_text(json.dumps(document("2.0")))
    async with opened(two, (120, 40), kept) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        source = kept.open(recording)
        others = (Contender(file=str(path)),)
        app.go(Destination(Place.COMPARISON, ("races", "heron"), source, others=others))
        await shows(
            pilot, "A  heron", "B  result.json", "recording of gone-cluster", "2 of 4 routes"
        )


async def test_a_file_that_is_no_result_is_an_error_in_words(
    two: TwoBoards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no.json").write_text("{}")
    to = against(files=(Contender(file="no.json"),))
    async with comparing(two, to) as (_, pilot, _screen):
        await shows(pilot, "is no result file", "_checkpoint is missing")
