"""From where the inspection is opened, and what it is of: a cluster, a recording, a replay."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.boards import pair
from fakes.demo_recording import CRASH, DEMO, Seconds, player_of, unpacked
from fakes.failed_pair import ENDED, ROUTE, HeldLogs, at, failed_board, inspecting, of_a_failed_pair
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.progress import EndedAttempt
from console.errors import NotFound
from console.operations.recording.archive import Archive
from console.recorder.history_index import History
from console.tui.places import Destination, Place
from console.tui.recorded_source import RecordedSource, RecordedSubmissions
from console.tui.replay_source import ReplaySource
from console.tui.screens.events import EventsScreen
from console.tui.screens.inspect import InspectScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen


@pytest.fixture
def backend() -> HeldLogs:
    return of_a_failed_pair()


@pytest.mark.parametrize("key", ["i", "enter"])
async def test_the_monitor_opens_it_about_a_failed_pair(backend: HeldLogs, key: str) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-3")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, InspectScreen))
        await shows(pilot, "3 ‼ failed", "proof")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))


async def test_from_a_pair_that_is_done_it_opens_about_the_one_that_failed(
    backend: HeldLogs,
) -> None:
    done = EndedAttempt(1, 1, "agent", "done", 0, None, ROUTE, at(200))
    first = pair(1, 5, status=PairStatus.DONE, ended=(done,))
    backend.shown_board = replace(failed_board(), pairs=(first, *failed_board().pairs[1:]))
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-3")
        await pilot.press("1", "i")
        await shows(pilot, "3 ‼ failed", "proof")


async def test_enter_on_a_pair_that_did_not_fail_still_opens_its_log(backend: HeldLogs) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-3")
        await pilot.press("1", "enter")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))


async def test_the_list_the_events_and_the_colon_line_open_it(backend: HeldLogs) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, InspectScreen))
        await shows(pilot, "proof")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EventsScreen))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, InspectScreen))
        await shows(pilot, "proof")


async def test_what_dies_while_it_is_looked_at_is_shown_unless_a_moment_was_chosen(
    backend: HeldLogs,
) -> None:
    alive = pair(3, 2, ended=ENDED[:2])
    once = failed_board(status=SubmissionStatus.RUNNING)
    once = replace(once, pairs=(once.pairs[0], once.pairs[1], alive, once.pairs[3]))
    backend.shown_board = once
    async with inspecting(backend, number=3) as (_, pilot, screen):
        await shows(pilot, "proof")
        assert screen.looked_at.at == at(120)
        backend.shown_board = failed_board()
        await shows(pilot, "attempt 2 on RouteScenario_12")
        await pilot.press("N")
        backend.shown_board = once
        await until(pilot, lambda: screen.looked_at.at == at(121))


async def test_a_submission_of_which_nothing_is_known_says_so(backend: HeldLogs) -> None:
    backend.shown_board = BoardSnapshot("leaderboard", "demo")
    async with inspecting(backend) as (app, pilot, _):
        await shows(pilot, "Nothing is known of its pairs yet.")
        await pilot.press("n")
        await until(pilot, lambda: seen(app).count("Nothing is known of its pairs yet.") == 2)


async def test_logs_that_are_not_recorded_leave_the_facts(backend: HeldLogs) -> None:
    def nothing(board: BoardSnapshot, container: str) -> FakeLog:
        raise NotFound(f"no {container}")

    backend.log_view = nothing  # type: ignore[method-assign]
    async with inspecting(backend) as (_, pilot, _screen):
        await shows(pilot, "owner ", "agent crashed (exit 1) first")


async def test_a_recording_is_inspected_without_a_cluster(tmp_path: Path) -> None:
    services = unpacked(tmp_path)
    source = RecordedSource(Archive(services, History(tmp_path)), DEMO)
    async with opened(FakeBackend()) as (app, pilot):
        app.go(Destination(Place.INSPECT, ("default", "demo"), source))
        await shows(pilot, "simulator crashed (SIGSEGV) first", "segmentation fault", "▸7──")
        await shows(pilot, "▶ Engine crash handling finished", "time-out of")


async def test_a_message_for_the_team_is_copied_and_names_nothing_of_the_platform(
    tmp_path: Path,
) -> None:
    services = unpacked(tmp_path)
    archive = Archive(services, History(tmp_path))
    source = RecordedSource(archive, DEMO)
    async with opened(FakeBackend(), recordings=RecordedSubmissions(lambda: archive)) as (
        app,
        pilot,
    ):
        app.go(Destination(Place.INSPECT, ("default", "demo"), source))
        await shows(pilot, "segmentation fault")
        await pilot.press("c")
        await shows(pilot, "Copied the message for the team")
        assert app.clipboard.startswith("Submission demo: ")
        assert "Where: route RouteScenario_7_rep0, attempt 1" in app.clipboard
        assert "This is not a fault of your agent" in app.clipboard
        assert DEMO.cluster not in app.clipboard


async def test_without_recordings_there_is_no_message_and_it_says_why(backend: HeldLogs) -> None:
    async with inspecting(backend) as (_, pilot, _screen):
        await shows(pilot, "proof")
        await pilot.press("c")
        await shows(pilot, "This console is not told where recordings are.")


async def test_a_replay_is_inspected_as_far_as_it_has_come(tmp_path: Path) -> None:
    player = player_of(unpacked(tmp_path), Seconds())
    player.go_to("+20s")
    source = ReplaySource(DEMO, lambda: player)
    async with opened(FakeBackend()) as (app, pilot):
        app.go(Destination(Place.INSPECT, ("default", "demo"), source))
        await shows(pilot, "Nothing is known of pair 1", "▸RouteScenario_1──")
        assert "RouteScenario_2" not in seen(app)
        await pilot.press("space")
        player.go_to("+60s")
        await shows(pilot, "simulator crashed (SIGSEGV) first", "segmentation fault")
        assert isinstance(app.screen, InspectScreen)
        names = {each.name for each in app.screen.all_commands()}
        assert {"replay_pause", "replay_go_to"} <= names
        assert not {"replay_on", "replay_route", "replay_attempt"} & names
        shown = player.state.at
        await pilot.press("shift+left")
        await until(pilot, lambda: app.screen.looked_at.at < CRASH)
        assert player.state.at == shown
