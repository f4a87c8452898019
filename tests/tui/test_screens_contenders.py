"""With which result one is compared: asked, marked, or read of a file."""

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
from fakes.screens import FakeBackend
from fakes.two_boards import SIZES, TwoBoards
from textual.pilot import Pilot
from textual.widgets import Input

from console.operations.ports.recorder import Recording
from console.operations.recording.archive import OpenedRecording
from console.tui.app import ConsoleApp
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.comparison import ComparisonScreen
from console.tui.screens.contenders import ContendersScreen
from console.tui.screens.dialogs import AskLine


@pytest.fixture
def two() -> TwoBoards:
    return TwoBoards()


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
