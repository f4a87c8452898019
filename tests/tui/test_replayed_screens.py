"""Screens on a recording that is played: they show one time of it, which keys and a clock move."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.demo_recording import DEMO, Seconds, unpacked
from fakes.pilots import DEADLINE, opened, seen, shows, until
from fakes.recordings import BEGUN, archive_in, recorded
from fakes.screens import FakeBackend
from fakes.sweeps import sweep_rows
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from console.domain.events import ConnectionChanged
from console.errors import ConsoleError, NotFound
from console.operations.replay.player import Player
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.tui.app import ConsoleApp
from console.tui.places import Destination, Place
from console.tui.recorded_source import RecordedSource, RecordedSubmissions
from console.tui.replay_source import ReplaySource
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.widgets.key_line import KeyLine

SUBJECT = ("default", "demo")


@asynccontextmanager
async def replay(
    player: Player, backend: FakeBackend, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None]]]:
    """The console as `carla-console replay` opens it."""

    def destination() -> Destination:
        return Destination(Place.MONITOR, SUBJECT, ReplaySource(DEMO, lambda: player))

    app = ConsoleApp(backend, opened=destination)
    app.NOTIFICATION_TIMEOUT = 2 * DEADLINE  # type: ignore[misc]
    async with app.run_test(size=size, notifications=True) as pilot:
        yield app, pilot


async def test_the_monitor_shows_what_was_known_at_the_begin_and_asks_no_cluster(
    player: Player, backend: FakeBackend
) -> None:
    async with replay(player, backend) as (app, pilot):
        await shows(pilot, "◌ Pending", "00:00 / 01:14", "replay ▶ 1x", "replay of carla-console")
        assert isinstance(app.screen, MonitorScreen)
    assert backend.asked == [("close",)]


async def test_it_goes_on_with_the_clock_and_ages_with_the_recording(
    player: Player, clock: Seconds, backend: FakeBackend
) -> None:
    async with replay(player, backend) as (_, pilot):
        await shows(pilot, "00:00 / 01:14")
        await until(pilot, lambda: clock.asked)
        clock.now += 42
        await shows(pilot, "● Running", "11/20", "42s", "00:42 / 01:14")
        await shows(pilot, "RouteScenario_3_rep0", "simulator crashed first (SIGSEGV)")
        clock.now += 100
        await shows(pilot, "✓ Complete", "20/20", "■ at the end", "01:14 / 01:14")


async def test_space_pauses_and_goes_on_and_signs_change_the_speed(
    player: Player, clock: Seconds, backend: FakeBackend
) -> None:
    async with replay(player, backend) as (_, pilot):
        await shows(pilot, "replay ▶ 1x")
        await pilot.press("space")
        await shows(pilot, "‖ paused")
        clock.now += 50
        await pilot.press(*["greater_than_sign"] * 3)
        await shows(pilot, "‖ paused 10x", "00:00 / 01:14")
        await pilot.press("less_than_sign", "less_than_sign")
        await shows(pilot, "‖ paused 2x")
        await pilot.press("space")
        clock.now += 10
        await shows(pilot, "replay ▶ 2x", "00:20 / 01:14")


async def test_arrows_seek_and_letters_step_from_attempt_to_attempt_and_route_to_route(
    player: Player, backend: FakeBackend
) -> None:
    async with replay(player, backend) as (_, pilot):
        await shows(pilot, "00:00 / 01:14")
        await pilot.press("space", "right", "right", "right", "left")
        await shows(pilot, "00:20 / 01:14", "4/20")
        await pilot.press("a")
        await shows(pilot, "00:33 / 01:14", "pair 2 begins attempt 2")
        await pilot.press("A")
        await shows(pilot, "00:01 / 01:14", "pair 1 begins attempt 1")
        await pilot.press("o", "o")
        await shows(pilot, "00:17 / 01:14", "pair 1 finishes RouteScenario_0")
        await pilot.press("O")
        await shows(pilot, "00:05 / 01:14", "pair 1 begins RouteScenario_0")
        await pilot.press("shift+right")
        await shows(pilot, "01:05 / 01:14")
        await pilot.press("shift+left", "A", "A")
        await shows(pilot, "This recording tells of no earlier attempt.")


@pytest.mark.thorough
async def test_a_place_can_be_typed_and_one_that_is_none_is_told(
    player: Player, backend: FakeBackend
) -> None:
    async with replay(player, backend) as (app, pilot):
        await shows(pilot, "00:00 / 01:14")
        await pilot.press("ctrl+g")
        await shows(pilot, "go to: 14:02")
        await pilot.press(*"attempt", "space", *"2.2", "enter")
        await shows(pilot, "00:33 / 01:14", "attempt 2")
        await pilot.press("ctrl+g")
        await shows(pilot, "go to: 14:02")
        await pilot.press(*"nowhere", "enter")
        await shows(pilot, "'nowhere' is no place in a recording.")
        await pilot.press("ctrl+g")
        await shows(pilot, "go to: 14:02")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))


@pytest.mark.thorough
async def test_a_log_ends_at_the_replays_present_and_follows_it_back_and_forth(
    player: Player, demo_services: Services, backend: FakeBackend
) -> None:
    player.go_to("+10s")
    every = demo_services.recorder.log(DEMO, "agent-1").line_count()
    async with replay(player, backend) as (app, pilot):
        await pilot.press("space", "l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen) and app.screen.pane.counted)
        await shows(pilot, "Preparing RouteScenario_0", "00:10 / 01:14", "● following")
        early = app.screen.pane.line_count
        assert 0 < early < every
        await pilot.press("shift+right", "shift+right")
        await shows(pilot, f"{every:,} lines", "01:14 / 01:14")
        await pilot.press("shift+left", "left")
        await until(pilot, lambda: app.screen.pane.line_count < early)
        assert "Preparing RouteScenario_1" not in seen(app)


async def test_a_log_that_is_not_followed_shows_and_finds_nothing_of_a_later_time(
    player: Player, backend: FakeBackend
) -> None:
    player.go_to("+70s")
    async with replay(player, backend) as (app, pilot):
        await pilot.press("space", "l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen) and app.screen.pane.counted)
        pane = app.screen.pane
        pane.find("Preparing RouteScenario")
        await until(pilot, lambda: pane.hit is not None and len(pane.search.hits) == 5)
        await shows(pilot, "search 5/5", "Preparing RouteScenario_4")
        await pilot.press("shift+left")
        await shows(pilot, "00:10 / 01:14", "search –/1")
        assert "RouteScenario_4" not in seen(app)
        await pilot.press("n")
        await shows(pilot, "search 1/1", "Preparing RouteScenario_0")


@pytest.mark.thorough
async def test_in_a_search_line_the_keys_of_a_replay_are_letters(
    player: Player, backend: FakeBackend
) -> None:
    player.go_to("+60s")
    async with replay(player, backend) as (app, pilot):
        await pilot.press("space", "l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen) and app.screen.pane.counted)
        await pilot.press("slash", *"loading", "space", *"the", "space", *"world", "enter")
        await shows(pilot, "search ", "> Loading the world", "01:00 / 01:14")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))


async def test_what_comes_together_with_a_slash_moves_no_time_of_a_replay(
    player: Player, backend: FakeBackend
) -> None:
    player.go_to("+60s")
    async with replay(player, backend) as (app, pilot):
        await pilot.press("space", "l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen) and app.screen.pane.counted)
        for character in "/loading a<world":
            app.post_message(events.Key(_character_to_key(character), character))
        await until(pilot, lambda: app.screen.query_one(Input).value == "loading a<world")
        await shows(pilot, "‖ paused 1x", "01:00 / 01:14")


@pytest.mark.parametrize(
    ("key", "words"),
    sweep_rows(
        [
            ("r", ("RouteScenario_0", "INFRACTIONS")),
            ("e", ("simulator", "crashed", "RouteScenario_7")),
            ("y", ("kind: Job", "name: demo")),
        ],
        ("e", ("simulator", "crashed", "RouteScenario_7")),
    ),
)
async def test_every_screen_opens_on_a_replay_and_tells_of_it(
    player: Player, backend: FakeBackend, key: str, words: tuple[str, ...]
) -> None:
    player.go_to("+50s")
    async with replay(player, backend) as (_, pilot):
        await pilot.press("space")
        await shows(pilot, "13/20")
        await pilot.press(key)
        await shows(pilot, *words, "replay ‖ paused 1x", "00:50 / 01:14")


@pytest.mark.thorough
async def test_the_results_of_a_time_are_those_that_were_known_then(
    player: Player, backend: FakeBackend
) -> None:
    player.go_to("+20s")
    async with replay(player, backend) as (app, pilot):
        await shows(pilot, "4/20")
        await pilot.press("space", "r")
        await shows(pilot, "RouteScenario_15", "00:20 / 01:14")
        assert "RouteScenario_16" not in seen(app)
        assert "FINAL" not in seen(app).upper().replace("NOT FINAL", "")
        await pilot.press("shift+right")
        await shows(pilot, "RouteScenario_16", "01:14 / 01:14")


async def test_leaving_the_replay_leaves_the_console_and_there_is_no_list(
    player: Player, backend: FakeBackend
) -> None:
    async with replay(player, backend) as (app, pilot):
        await shows(pilot, "00:00 / 01:14")
        await pilot.press("colon", *"submissions", "enter")
        await shows(pilot, "This console was opened for one submission alone.")
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_running or app._exit)
    assert app.return_code == 0


@pytest.mark.thorough
async def test_what_needs_the_cluster_says_why_not(player: Player, backend: FakeBackend) -> None:
    async with replay(player, backend) as (app, pilot):
        await shows(pilot, "00:00 / 01:14")
        keys = {key.label for key in app.screen.query_one(KeyLine).keys}
        assert not keys & {"Cancel", "Delete"}, "nothing there makes them run"
        await pilot.press("ctrl+k")
        await shows(pilot, "This is a recording")
    assert backend.asked == [("close",)]


@pytest.mark.thorough
async def test_in_eighty_columns_the_line_says_all_that_matters(
    player: Player, backend: FakeBackend
) -> None:
    player.go_to("+42s")
    async with replay(player, backend, (80, 24)) as (app, pilot):
        await pilot.press("space")
        await shows(pilot, "replay ‖ paused 1x", "13:45:31", "00:42 / 01:14", "restarts")
        assert len(seen(app).splitlines()) == 24


@pytest.mark.thorough
async def test_help_tells_the_keys_of_a_replay_where_there_is_one(
    player: Player, backend: FakeBackend
) -> None:
    async with replay(player, backend) as (_, pilot):
        await shows(pilot, "00:00 / 01:14")
        await pilot.press("question_mark")
        await shows(pilot, "Pause the replay, or go on")


async def test_a_live_submission_has_neither_the_line_nor_the_keys(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await pilot.press("space", "a", "right", "w")
        await shows(pilot, "RouteScenario_3")
        assert "replay" not in seen(app).lower()


@pytest.mark.thorough
async def test_a_recording_is_played_by_a_key_of_its_monitor(
    tmp_path: Path, backend: FakeBackend
) -> None:
    unpacked(tmp_path)
    archive = archive_in(tmp_path)
    async with opened(backend) as (app, pilot):
        app.recordings = RecordedSubmissions(lambda: archive)
        app.go(Destination(Place.MONITOR, SUBJECT, RecordedSource(archive, DEMO)))
        await shows(pilot, "✓ Complete", "recording of carla-console-local", "w Replay")
        await pilot.press("w")
        await shows(pilot, "replay ▶ 1x", "/ 01:14")
        await pilot.press("space", "ctrl+g")
        await shows(pilot, "go to: 14:02")
        await pilot.press(*"+42s", "enter")
        await shows(pilot, "● Running", "11/20", "00:42 / 01:14")
        await pilot.press("escape")
        await shows(pilot, "✓ Complete", "recording of carla-console-local, to")


async def test_the_history_plays_the_recording_of_its_row(
    backend: FakeBackend, tmp_path: Path
) -> None:
    recorded(tmp_path, "heron")
    kept = RecordedSubmissions(lambda: archive_in(tmp_path))
    async with opened(backend, (120, 40), kept) as (_, pilot):
        await pilot.press("h")
        await shows(pilot, "heron", "✗ Failed")
        await pilot.press("G", "w")
        await shows(pilot, "▌Monitor  heron", "replay ▶ 1x", "/ 35:00", "replay of gone-cluster")
        await pilot.press("escape")
        await shows(pilot, "▌History", "heron")


@pytest.mark.thorough
async def test_what_was_stale_then_is_stale_again_and_its_ages_stand_still(
    backend: FakeBackend, tmp_path: Path, clock: Seconds
) -> None:
    recording = recorded(tmp_path)
    recorder = Recorder(tmp_path)
    writer = recorder.claim(recording)
    assert writer is not None
    lost, back = BEGUN + timedelta(minutes=40), BEGUN + timedelta(minutes=50)
    writer.note(ConnectionChanged(lost, False, "The watch broke."))
    writer.note(ConnectionChanged(back, True))
    writer.release()
    player = Player(recorder, recording, clock)
    player.go_to("+45m")
    async with replay(player, backend, (160, 45)) as (app, pilot):
        await pilot.press("space")
        await shows(pilot, "45:00 / 50:00", "stale since 10:40:00: The watch broke.")
        assert app.screen.source().now() == lost
        await pilot.press(*["shift+right"] * 5)
        await shows(pilot, "50:00 / 50:00")
        await until(pilot, lambda: "stale" not in seen(app))
        assert app.screen.source().now() == back


async def test_a_recording_that_cannot_be_played_says_why(backend: FakeBackend) -> None:
    def unreadable() -> Player:
        raise NotFound("It cannot be played.", why="Nothing in it has a time.")

    async with opened(backend) as (app, pilot):
        source = ReplaySource(DEMO, unreadable)
        app.go(Destination(Place.MONITOR, SUBJECT, source))
        await shows(pilot, "replay  ✗ It cannot be played. Nothing in it has a time.")
        assert "cannot be played" in source.board().stale_why
        await pilot.press("a")
        await until(pilot, lambda: seen(app).count("It cannot be played.") == 2)
        with pytest.raises(NotFound):
            source.log_view("agent-1")


async def test_while_the_recording_is_read_the_keys_say_so(
    player: Player, backend: FakeBackend
) -> None:
    read = threading.Event()

    def slow() -> Player:
        read.wait()
        return player

    async with opened(backend) as (app, pilot):
        app.go(Destination(Place.MONITOR, SUBJECT, ReplaySource(DEMO, slow)))
        await shows(pilot, "reading the recording")
        await pilot.press("right")
        await shows(pilot, "The recording is being read.")
        assert "stale" not in seen(app)
        read.set()
        await shows(pilot, "replay ▶ 1x", "00:00 / 01:14")


@pytest.mark.thorough
async def test_a_disk_that_fails_while_it_plays_makes_the_board_stale(
    player: Player, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with replay(player, backend) as (app, pilot):
        await shows(pilot, "00:00 / 01:14")
        source = app.screen.source()

        def failing() -> None:
            raise ConsoleError("The disk is gone.")

        monkeypatch.setattr(player, "prepared", failing)
        await until(pilot, lambda: source.board().stale_why == "The disk is gone.")
        assert not source.board().live
