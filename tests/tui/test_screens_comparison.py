"""Comparing on the screens: asked with which, the same team first, then route by route."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.documents import document
from fakes.pilots import DEADLINE, opened, seen, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend, board, record
from fakes.sweeps import sweep
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from console.domain.board import BoardSnapshot
from console.domain.progress import FinishedRoute
from console.operations.ports.recorder import Recording
from console.operations.recording.archive import OpenedRecording
from console.tui.app import ConsoleApp
from console.tui.places import Contender, Destination, Place
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.comparison import ComparisonScreen
from console.tui.screens.contenders import ContendersScreen
from console.tui.screens.dialogs import AskLine
from console.tui.screens.logs import LogsScreen
from console.tui.screens.plots import PlotsScreen
from console.tui.screens.save_dialog import SaveDialog

SIZES = sweep([(80, 24), (120, 40), (200, 60)], (80, 24))
SUBJECT = ("leaderboard", "demo")


class TwoBoards(FakeBackend):
    """`baseline-nightly` drove better on route 3 and worse on route 1; the others as demo did."""

    def __init__(self) -> None:
        super().__init__()
        self.other = tuple(self._otherwise(each) for each in self.shown_board.records[:11])
        self.leaderboards_of: dict[str, str] = {}

    @staticmethod
    def _otherwise(row: FinishedRoute) -> FinishedRoute:
        if row.route_id == "RouteScenario_3_rep0":
            return replace(row, score_composed=98.2, status="Completed")
        if row.route_id == "RouteScenario_1_rep0":
            hits = (("red_light", ("ran it",)),)
            return replace(row, score_composed=70.0, status="Completed", infractions=hits)
        return row

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        found = super().listed_board(namespace, name)
        if name == "baseline-nightly":
            found = replace(found, records=self.other)
        return replace(found, leaderboard=self.leaderboards_of.get(name, found.leaderboard))


@pytest.fixture
def two() -> TwoBoards:
    return TwoBoards()


def against(*names: str, **more: object) -> Destination:
    others = tuple(Contender(("leaderboard", name)) for name in names)
    return Destination(Place.COMPARISON, SUBJECT, others=(*others, *more.get("files", ())))  # type: ignore[misc]


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


# --- with which


@asynccontextmanager
async def choosing(
    backend: FakeBackend, root: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], ContendersScreen]]:
    """The question that `C` asks of the recording of falcon-1."""
    for name, team in (("falcon-1", "falcon"), ("heron-1", "heron"), ("falcon-2", "falcon")):
        recorded(root, name, **{"submission.team_name": team})
    kept = RecordedSubmissions(lambda: archive_in(root))
    async with opened(backend, size, kept) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("h")
        await shows(pilot, "falcon-1")
        await pilot.press("slash", *"falcon-1", "enter")
        await until(pilot, lambda: "heron-1" not in seen(app))
        await pilot.press("r")
        await shows(pilot, "RouteScenario_1")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ContendersScreen))
        assert isinstance(app.screen, ContendersScreen)
        await shows(pilot, "heron-1")
        yield app, pilot, app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_the_same_teams_last_ones_are_offered_first(
    two: TwoBoards, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with choosing(two, tmp_path, size) as (app, pilot, screen):
        assert screen.table.rows[0].split()[0] == "falcon-2"
        assert not any("falcon-1" in row for row in screen.table.rows)
        await shows(pilot, "1 of falcon first", "2 left out: another version,")
        assert max(len(line) for line in seen(app).splitlines()) <= size[0]


async def test_enter_compares_with_the_one_under_the_cursor_and_escape_asks_again(
    two: TwoBoards, tmp_path: Path
) -> None:
    async with choosing(two, tmp_path) as (app, pilot, screen):
        await pilot.press("enter")
        await shows(pilot, "A  falcon-1", "B  falcon-2", "all 2 routes")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_several_are_marked_and_compared_in_the_order_of_the_list(
    two: TwoBoards, tmp_path: Path
) -> None:
    async with choosing(two, tmp_path) as (_, pilot, screen):
        rows = [row.split()[0] for row in screen.table.rows]
        await pilot.press(*["j"] * rows.index("heron-1"), "space")
        await shows(pilot, "1 chosen", "◆heron-1")
        await pilot.press("g", "space")
        await shows(pilot, "2 chosen")
        await pilot.press("g", "space")
        await shows(pilot, "1 chosen")
        await pilot.press("g", "space", "enter")
        await shows(pilot, "A  falcon-1", "B  falcon-2", "C  heron-1")


async def test_marks_stay_while_the_list_is_filtered(two: TwoBoards, tmp_path: Path) -> None:
    async with choosing(two, tmp_path) as (_, pilot, screen):
        await pilot.press("space", "slash", *"heron-1", "enter")
        await until(pilot, lambda: len(screen.table.rows) == 1)
        await pilot.press("space", "escape")
        await shows(pilot, "2 chosen")
        assert [row.recording.name for row in screen.chosen] == ["falcon-2", "heron-1"]


async def test_a_result_file_may_be_the_other_one(two: TwoBoards, tmp_path: Path) -> None:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(document("2.0")))
    async with choosing(two, tmp_path / "store") as (_, pilot, screen):
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskLine))
        pilot.app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await shows(pilot, "B  theirs.json", "2 of 4 routes in common")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("enter")  # the file was for that once
        await shows(pilot, "B  falcon-2", "all 2 routes")


async def test_a_file_that_cannot_be_read_is_said_and_not_kept(
    two: TwoBoards, tmp_path: Path
) -> None:
    async with choosing(two, tmp_path) as (_, pilot, screen):
        await pilot.press("f", *"nothing.json", "enter")
        await shows(pilot, "nothing.json does not exist")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_without_recordings_the_present_ones_are_offered(two: TwoBoards) -> None:
    async with opened(two, (80, 24)) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("r")
        await shows(pilot, "RouteScenario_1")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ContendersScreen))
        await shows(pilot, "baseline-nightly", "interfuser")
        await pilot.press("slash", *"baseline", "enter", "enter")
        await shows(pilot, "B  baseline-nightly", "▲ +50.00")


async def test_the_line_of_names_leads_to_the_question_too(two: TwoBoards) -> None:
    async with opened(two) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("colon", *"versus", "enter")
        await until(pilot, lambda: isinstance(app.screen, ContendersScreen))


async def test_the_list_and_the_history_ask_with_which_too(two: TwoBoards, tmp_path: Path) -> None:
    recorded(tmp_path, "heron")
    kept = RecordedSubmissions(lambda: archive_in(tmp_path))
    async with opened(two, (120, 40), kept) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ContendersScreen))
        await shows(pilot, "▌Compare with  ", "heron")
        await pilot.press("escape", "h")
        await shows(pilot, "▌History")
        await pilot.press("slash", *"heron", "enter", "C")
        await until(pilot, lambda: isinstance(app.screen, ContendersScreen))
        await shows(pilot, "▌Compare with  heron", "baseline-nightly")


async def test_what_it_is_compared_with_is_offered_once_its_recording_is_read(
    two: TwoBoards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(tmp_path, "heron")
    archive, on_disk = archive_in(tmp_path), threading.Event()
    opened_at_once = archive.opened

    def opened_late(recording: Recording) -> OpenedRecording:
        assert on_disk.wait(DEADLINE)
        return opened_at_once(recording)

    monkeypatch.setattr(archive, "opened", opened_late)
    async with opened(two, (120, 40), RecordedSubmissions(lambda: archive)) as (_, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("h")
        await shows(pilot, "▌History", "heron")
        await pilot.press("slash", *"heron", "enter", "C")
        await shows(pilot, "▌Compare with  heron", "The recordings are being read.")
        on_disk.set()
        await shows(pilot, "▌Compare with  heron", "baseline-nightly")


async def test_what_is_marked_in_the_list_is_compared_at_once(two: TwoBoards) -> None:
    async with opened(two, (120, 40)) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("slash", *"night", "enter", "space", "escape")
        await pilot.press("slash", *"demo", "enter", "space", "escape")
        await shows(pilot, "2 marked")
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ComparisonScreen))
        await shows(pilot, "demo", "baseline-nightly", "11 of 12 routes in common")


async def test_of_one_mark_alone_it_is_asked_with_which(two: TwoBoards) -> None:
    async with opened(two, (120, 40)) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("slash", *"night", "enter", "space", "escape", "C")
        await until(pilot, lambda: isinstance(app.screen, ContendersScreen))
        await shows(pilot, "▌Compare with  baseline-nightly")
