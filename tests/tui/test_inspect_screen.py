"""Why did pair 3 die? What the inspection shows, and what its keys do."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.demo_recording import CRASH, DEMO, Seconds, player_of, unpacked
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog, board, pair
from fakes.sweeps import sweep
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState, JobFacts, PodFacts
from console.domain.landmarks import Landmark, LandmarkKind
from console.domain.pod_times import PairReports, PodTimes, Run
from console.domain.progress import EndedAttempt
from console.errors import NotFound
from console.operations.ports.recorder import LogLine
from console.operations.recording.archive import Archive
from console.operations.replay.recorded_past import Past
from console.recorder.history_index import History
from console.tui.app import ConsoleApp
from console.tui.places import Destination, Place
from console.tui.recorded_source import RecordedSource, RecordedSubmissions
from console.tui.replay_source import ReplaySource
from console.tui.screens.events import EventsScreen
from console.tui.screens.inspect import InspectScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen

AT = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
ROUTE = "RouteScenario_12_rep0"
OUT_OF_MEMORY = "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB"


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def ends(attempt: int, second: float) -> tuple[EndedAttempt, EndedAttempt]:
    return (
        EndedAttempt(3, attempt, "agent", "crashed", 1, None, ROUTE, at(second)),
        EndedAttempt(3, attempt, "simulator", "lost-partner", 1, None, ROUTE, at(second + 1)),
    )


ENDED = (*ends(1, 120), *ends(2, 240))


def half(name: str) -> ContainerFacts:
    exit_ = ContainerExit(1, "Error", at(241), at(130))
    return ContainerFacts(name, ContainerState.TERMINATED, 1, ended=exit_)


def failed_board(**more: Any) -> BoardSnapshot:
    """Pair 3 failed twice alike, pair 2 once and drives again; it is over."""
    third = pair(
        3,
        2,
        status=PairStatus.FAILED,
        route="",
        ended=ENDED,
        first_death=ENDED[0],
        agent=half("agent-3"),
        simulator=half("simulator-3"),
        attempt=2,
        since=at(240),
    )
    runs = (Run(at(10), at(121)), Run(at(130), at(241)))
    every = [f"{name}-{n}" for n in (1, 2, 3, 4) for name in ("simulator", "agent")]
    times = PodTimes(
        "p1",
        at(5),
        at(250),
        tuple((name, runs if name.endswith("3") else (Run(at(10), at(250)),)) for name in every),
        tuple((name, 1 if name.endswith("3") else 0) for name in every),
        (PairReports(3, complete=True, done=2, drove=((1, at(40)), (2, at(160)))),),
    )
    facts: dict[str, Any] = {
        "status": SubmissionStatus.FAILED,
        "pairs": (pair(1, 3), pair(2, 2), third, pair(4, 3)),
        "pod_times": (times,),
        "events": (),
        "job": JobFacts("demo", "leaderboard", "u1", AT, 8, completed_at=at(250)),
        "pod": PodFacts("demo-x", "leaderboard", "p1", "demo", "Failed"),
        **more,
    }
    return board(**facts)


def log(last: dict[int, str]) -> FakeLog:
    """Three hundred lines, one a second, with these among them."""
    stamps = {n: f"{at(n):%Y-%m-%dT%H:%M:%S}.000000000Z" for n in range(300)}
    return FakeLog(
        300, {n: LogLine(stamp, last.get(n, f"line {n}")) for n, stamp in stamps.items()}
    )


class HeldLogs(FakeBackend):
    """Its logs cannot be read before `ready`."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = threading.Event()
        self.ready.set()

    def log_view(self, board: BoardSnapshot, container: str) -> FakeLog:
        assert self.ready.wait(60)
        return super().log_view(board, container)


@pytest.fixture
def backend() -> HeldLogs:
    made = HeldLogs()
    made.shown_board = failed_board()
    trace = {118: "Traceback (most recent call last):", 119: OUT_OF_MEMORY}
    trace |= {n + 120: text for n, text in trace.items()}
    made.logs["agent-3"] = log(trace)
    made.logs["simulator-3"] = log({240: "the simulator's last line"})
    made.shown_past = Past(
        (
            Landmark(at(40), LandmarkKind.ROUTE, 3, "", route="RouteScenario_10", begins=True),
            Landmark(at(80), LandmarkKind.ROUTE, 3, "", route="RouteScenario_12", begins=True),
            Landmark(at(160), LandmarkKind.ROUTE, 3, "", route="RouteScenario_12", begins=True),
        )
    )
    return made


@asynccontextmanager
async def inspecting(
    backend: FakeBackend, size: tuple[int, int] = (120, 40), number: int = 0
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], InspectScreen]]:
    async with opened(backend, size) as (app, pilot):
        app.go(Destination(Place.INSPECT, ("leaderboard", "demo"), pair=number))
        await until(pilot, lambda: isinstance(app.screen, InspectScreen))
        screen = app.screen
        assert isinstance(screen, InspectScreen)
        yield app, pilot, screen


def row_of(app: ConsoleApp, beginning: str) -> str:
    rows = (row.strip() for row in seen(app).splitlines())
    return next(row for row in rows if row.startswith(beginning))


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40), (200, 60)], (80, 24)))
async def test_the_four_answers_are_there_at_once_at_every_size(
    backend: HeldLogs, size: tuple[int, int]
) -> None:
    async with inspecting(backend, size) as (_, pilot, _screen):
        await shows(
            pilot,
            "3 ‼ failed",
            "agent crashed (exit 1) first",
            "owner ",
            "the team's agent",
            "next    ",
            "proof   ",
            "▶",
            "CUDA out of memory",
        )


async def test_the_timeline_is_there_while_the_logs_are_still_read(backend: HeldLogs) -> None:
    backend.ready.clear()
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "reading the logs…", "attempt 2: agent crashed first (exit 1)", "▸12─")
        assert screen.inspection is None
        backend.ready.set()
        await shows(pilot, "owner ")


async def test_both_attempts_are_drawn_with_what_died_first_and_what_followed(
    backend: HeldLogs,
) -> None:
    async with inspecting(backend) as (app, pilot, _):
        await shows(pilot, "▸12─", "proof")
        assert row_of(app, "agent ").count("✗") == 2
        assert row_of(app, "simulator ").count("×") == 2
        assert "╱" in row_of(app, "agent ")


async def test_the_logs_stand_beside_each_other_up_to_the_death_with_the_cause_marked(
    backend: HeldLogs,
) -> None:
    async with inspecting(backend) as (app, pilot, _):
        await shows(pilot, f"▶ {OUT_OF_MEMORY[:30]}", "── 14:04:00 agent crashed (exit 1) first")
        row = row_of(app, "14:04:00   the simulator's last line")
        assert "│  line 240" in row


async def test_the_moment_drives_the_verdict_and_the_logs(backend: HeldLogs) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "attempt 2 on RouteScenario_12")
        await pilot.press("N", "N")
        await shows(pilot, "attempt 1 on RouteScenario_12", "── 14:02:00 agent crashed (exit 1)")
        await pilot.press("n", "n", "n", "n")
        await shows(pilot, "There is no later death.")
        assert screen.looked_at.at == at(241)


async def test_arrows_move_the_moment_and_signs_zoom_around_it(backend: HeldLogs) -> None:
    async with inspecting(backend) as (app, pilot, screen):
        await shows(pilot, "╷14:00:30", "proof")
        await pilot.press("plus", "plus", "plus")
        await shows(pilot, "╷14:03:45")
        assert "14:00:30" not in row_of(app, "╷")
        await pilot.press("left")
        await until(pilot, lambda: screen.looked_at.time(screen.timelines) < at(240))
        await pilot.press("shift+left", "shift+left", "shift+left", "shift+left", "shift+left")
        await until(pilot, lambda: screen.looked_at.time(screen.timelines) < at(231))
        await pilot.press("minus", "minus", "minus", "minus")
        await shows(pilot, "╷14:00:30")


@pytest.mark.parametrize(
    ("keys", "second"),
    [(["o"], None), (["O"], 160), (["O", "O"], 80), (["T"], 130), (["T", "T"], 10), (["M"], None)],
)
async def test_letters_go_to_routes_attempts_and_events(
    backend: HeldLogs, keys: list[str], second: int | None
) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "▸12─", "proof")
        await pilot.press(*keys)
        expected = at(240) if second is None else at(second)
        await until(pilot, lambda: screen.looked_at.at == expected or screen.looked_at.at is None)
        assert screen.looked_at.time(screen.timelines) == expected


async def test_a_digit_or_tab_chooses_a_pair_and_one_that_did_not_fail_says_so(
    backend: HeldLogs,
) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "proof")
        await pilot.press("tab")
        await shows(pilot, "Nothing is known of pair 4")
        await pilot.press("1")
        await shows(pilot, "Nothing is known of pair 1")
        await pilot.press("shift+tab", "shift+tab")
        await shows(pilot, "proof")
        assert screen.looked_at.pair == 3
        await pilot.press("9")
        assert screen.looked_at.pair == 3


@pytest.mark.parametrize("size", sweep([(80, 24), (200, 60)], (80, 24)))
async def test_all_pairs_are_one_picture(backend: HeldLogs, size: tuple[int, int]) -> None:
    async with inspecting(backend, size) as (_, pilot, _screen):
        await shows(pilot, "proof")
        await pilot.press("a")
        await shows(pilot, "sim 1", "agt 1", "sim 4", "agt 4", "owner ", "pair 3 agent crashed")
        await pilot.press("a")
        await until(pilot, lambda: "agt 1" not in seen(pilot.app))


async def test_the_whole_verdict_takes_the_place_of_the_logs(backend: HeldLogs) -> None:
    async with inspecting(backend, (80, 24)) as (_, pilot, _screen):
        await shows(pilot, "14:04:00 agt")
        await pilot.press("v")
        await until(pilot, lambda: "14:04:00 agt" not in seen(pilot.app))
        await pilot.press("v")
        await shows(pilot, "14:04:00 agt")


async def test_the_verdict_is_copied_with_what_it_rests_on(backend: HeldLogs) -> None:
    backend.ready.clear()
    async with inspecting(backend) as (app, pilot, _):
        await pilot.press("y")
        await shows(pilot, "there is no verdict yet")
        backend.ready.set()
        await shows(pilot, "proof")
        await pilot.press("y")
        await until(pilot, lambda: "proof" in app.clipboard)
        assert app.clipboard.startswith("demo, pair 3\nThe agent")
        assert OUT_OF_MEMORY in app.clipboard


async def test_enter_opens_the_log_at_the_line_that_tells_the_cause(backend: HeldLogs) -> None:
    async with inspecting(backend) as (app, pilot, _):
        await shows(pilot, "proof")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen) and app.screen.pane.hit)
        assert isinstance(app.screen, LogsScreen)
        assert (app.screen.tabs.chosen, app.screen.pane.hit) == ("agent-3", 239)


async def test_a_click_points_at_a_moment_and_a_pair(backend: HeldLogs) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "proof")
        await pilot.press("a")
        await shows(pilot, "sim 4")
        await pilot.click("TimelinePane", offset=(60, 1))
        await until(pilot, lambda: screen.looked_at.pair == 1)
        assert at(90) < screen.looked_at.time(screen.timelines) < at(160)


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
