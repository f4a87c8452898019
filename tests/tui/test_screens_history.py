"""The screen of all submissions: recorded ones need no cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot
from console.errors import ClusterUnreachable, ConsoleError
from console.operations.ports.history_entries import HistoryEntry
from console.recorder.recorder import Recorder
from console.tui.backend import ClusterLink, Link
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.dialogs import ConfirmDialog, ErrorDialog
from console.tui.screens.history import HistoryScreen
from console.tui.screens.start import StartScreen
from console.tui.screens.submissions import SubmissionsScreen


@pytest.fixture
def kept(tmp_path: Path) -> RecordedSubmissions:
    for name in ("falcon", "heron", "kite"):
        recorded(tmp_path, name)
    return RecordedSubmissions(lambda: archive_in(tmp_path))


@pytest.fixture
def nowhere(backend: FakeBackend) -> FakeBackend:
    problem = ClusterUnreachable("No kubeconfig names a cluster.")
    backend.shown_connection = ClusterLink(Link.UNREACHABLE, problem=problem)
    backend.shown_fleet = FleetSnapshot((), False, "", None)
    return backend


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40), (160, 45)], (80, 24)))
async def test_with_no_cluster_at_all_the_history_is_one_key_away(
    nowhere: FakeBackend, kept: RecordedSubmissions, size: tuple[int, int]
) -> None:
    async with opened(nowhere, size, kept) as (app, pilot):
        await shows(pilot, "No kubeconfig names a cluster.", "all that is recorded")
        await pilot.press("h")
        await shows(
            pilot, "falcon", "heron", "kite", "✗ Failed", "2/20", "2.00", "30m", "gone-cluster"
        )
        assert max(len(line) for line in seen(app).splitlines()) <= size[0]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen))


async def test_enter_opens_the_recording_and_escape_comes_back_to_its_row(
    nowhere: FakeBackend, kept: RecordedSubmissions
) -> None:
    async with opened(nowhere, (120, 40), kept) as (_, pilot):
        await shows(pilot, "No kubeconfig")
        await pilot.press("h")
        await shows(pilot, "kite")
        await pilot.press("j", "enter")
        await shows(pilot, "▌Monitor  heron", "recording of gone-cluster", "✗ Failed")
        await pilot.press("escape", "l")
        await shows(pilot, "▌Logs  heron")
        await pilot.press("tab")
        await shows(pilot, "agent one says hello")
        await pilot.press("colon", *"history", "enter")
        await shows(pilot, "▌History", "falcon", "races/heron")


async def test_present_submissions_stand_in_the_same_list_and_open_live(
    backend: FakeBackend, kept: RecordedSubmissions
) -> None:
    async with opened(backend, (160, 45), kept) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        await pilot.press("h")
        await shows(pilot, "falcon", "baseline-nightly", "transfuser-v4")
        await pilot.press("slash", *"races", "enter")
        await until(pilot, lambda: "transfuser-v4" not in seen(app) and "kite" in seen(app))
        await pilot.press("escape", "slash", *"colour=red", "enter")
        await shows(pilot, "There is no field colour, but name, namespace, context, status,")
        await pilot.press("escape", "slash", *"leaderboard/demo", "enter", "p")
        await shows(pilot, "only on the cluster")
        await pilot.press("enter")
        await shows(pilot, "▌Monitor  demo", "● live")


async def test_the_list_is_sorted_by_each_column_and_the_cursor_stays_on_its_row(
    nowhere: FakeBackend, kept: RecordedSubmissions
) -> None:
    async with opened(nowhere, (80, 24), kept) as (app, pilot):
        await shows(pilot, "No kubeconfig")
        await pilot.press("h")
        await shows(pilot, "BEGUN↓", "falcon")
        await pilot.press("G", "s")
        await shows(pilot, "SUBMISSION↑", "races/kite")
        await pilot.press("O")
        await shows(pilot, "SUBMISSION↓", "races/kite")
        assert isinstance(app.screen, HistoryScreen)
        assert [each.split()[0] for each in app.screen.table.rows] == ["kite", "heron", "falcon"]


async def test_a_pinned_recording_is_marked_and_not_deleted_and_another_one_once_asked(
    nowhere: FakeBackend, kept: RecordedSubmissions, tmp_path: Path
) -> None:
    async with opened(nowhere, (80, 24), kept) as (app, pilot):
        await shows(pilot, "No kubeconfig")
        await pilot.press("h")
        await shows(pilot, "falcon")
        await pilot.press("p")
        await shows(pilot, "◆ falcon", "pinned")
        await pilot.press("ctrl+d")
        await shows(pilot, "It is pinned: p unpins it.")
        await pilot.press("p")
        await until(pilot, lambda: "◆" not in seen(app))
        await pilot.press("ctrl+d")
        await shows(pilot, "Delete the recording of races/falcon?", "All that is recorded", "kB")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ConfirmDialog))
        assert len(Recorder(tmp_path).recordings()) == 3
        await pilot.press("ctrl+d")
        await shows(pilot, " (y) ")
        await pilot.press("y")
        await shows(pilot, "The recording of falcon is gone.", "races/heron")
        assert sorted(each.name for each in Recorder(tmp_path).recordings()) == ["heron", "kite"]


async def test_recordings_that_appear_and_go_are_seen_while_the_list_is_open(
    nowhere: FakeBackend,
    kept: RecordedSubmissions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("console.tui.screens.history.READ_AGAIN_SECONDS", 0.05)
    async with opened(nowhere, (80, 24), kept) as (app, pilot):
        await shows(pilot, "No kubeconfig")
        await pilot.press("h")
        await shows(pilot, "falcon")
        later = recorded(tmp_path, "osprey")
        await shows(pilot, "osprey")
        Recorder(tmp_path).remove(later)
        await until(pilot, lambda: "osprey" not in seen(app))


async def test_an_empty_history_says_so_and_a_console_without_recordings_too(
    backend: FakeBackend, tmp_path: Path
) -> None:
    backend.shown_fleet = replace(backend.shown_fleet, rows=())
    empty = RecordedSubmissions(lambda: archive_in(tmp_path))
    for recordings, words in ((empty, "Nothing is recorded here yet."), (None, "is not told")):
        async with opened(backend, (80, 24), recordings) as (app, pilot):
            await until(pilot, lambda app=app: not isinstance(app.screen, SubmissionsScreen))
            await pilot.press("escape")
            await shows(pilot, "No submission yet.")
            await pilot.press("h")
            await shows(pilot, "▌History", words)
            await pilot.press("enter")
            await shows(pilot, "Nothing is recorded here yet.")


async def test_a_disk_that_cannot_be_read_is_one_dialog(
    nowhere: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.tui.screens.history.READ_AGAIN_SECONDS", 0.01)

    class Broken(RecordedSubmissions):
        async def entries(self) -> tuple[HistoryEntry, ...]:
            raise ConsoleError("The disk does not answer.", fix="Wait.")

    broken = Broken(lambda: archive_in(Path("/nowhere")))
    async with opened(nowhere, (80, 24), broken) as (app, pilot):
        await shows(pilot, "No kubeconfig")
        await pilot.press("h")
        await shows(pilot, "The disk does not answer.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await pilot.pause()
        assert not any(isinstance(each, ErrorDialog) for each in app.screen_stack)
