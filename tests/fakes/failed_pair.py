"""A submission whose pair 3 failed twice alike, its logs, and the inspection of it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from fakes.boards import board, pair
from fakes.pilots import opened, seen, until
from fakes.screens import FakeBackend, FakeLog
from textual.pilot import Pilot

from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState, JobFacts, PodFacts
from console.domain.landmarks import Landmark, LandmarkKind
from console.domain.pod_times import PairReports, PodTimes, Run
from console.domain.progress import EndedAttempt
from console.operations.ports.recorder import LogLine
from console.operations.replay.recorded_past import Past
from console.tui.app import ConsoleApp
from console.tui.places import Destination, Place
from console.tui.screens.inspect import InspectScreen

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


def of_a_failed_pair() -> HeldLogs:
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
