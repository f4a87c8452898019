"""Time on the monitor: against what is usual, by whom all wait, and what nobody knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.boards import board, cells, pair
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import archive_in
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace

from console.domain.attention import SILENT_AFTER
from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.domain.ticks import Tick
from console.domain.usual_times import UsualTimes, usual
from console.errors import ConsoleError
from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.tui.live_source import LiveSource
from console.tui.recorded_source import RecordedSubmissions

PLAN = SubmissionPlan(
    "demo",
    "leaderboard",
    Drives(V2_0, 1, ("0-4", "5-9", "10-14", "15-19")),
    8,
    tuple(map(PairPlan.usual, (1, 2, 3, 4))),
    "n0nce",
    Images("contents:2.0", "s", "a", "p"),
    routes_file="/routes.xml",
)


class Recorded(RecordedSubmissions):
    """Tells that each of twenty routes takes ten minutes, and remembers who asked."""

    def __init__(self, *minutes: float) -> None:
        super().__init__(lambda: archive_in(Path("/nowhere")))
        found = usual(60 * each for each in minutes or [10] * 8)
        assert found is not None
        every = {f"RouteScenario_{number}_rep0": found for number in range(20)}
        self.told = UsualTimes({**every, **_plain(every)}, usual([60.0]), 8)
        self.asked: list[tuple[str, datetime]] = []
        self.fails = False

    async def usual_times(self, board: BoardSnapshot, until: datetime) -> UsualTimes:
        self.asked.append((board.name, until))
        if self.fails:
            raise ConsoleError("The disk does not answer.")
        return self.told


def _plain(every: dict[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("_rep0"): found for name, found in every.items()}


def now() -> datetime:
    return LiveSource(FakeBackend(), "leaderboard", "demo").now()


def driving(number: int, done: int, seconds: float = 120, **more: Any) -> Any:
    own = tuple(
        replace(cell, route_id=cell.route_id.removesuffix("_rep0")) for cell in cells(number, done)
    )
    at = now()
    facts = {
        "cells": own,
        "since": at - timedelta(seconds=seconds),
        "last_sign": at,
        "agent_sign": at,
        "tick": Tick(at - timedelta(seconds=2), seconds, seconds * 0.42, 0.42),
    }
    return pair(number, done, **{**facts, **more})


def shown(*pairs: Any) -> BoardSnapshot:
    plain = board(pairs=pairs, records=(), problems=())
    assert plain.job is not None
    return replace(plain, job=replace(plain.job, plan=PLAN))


@pytest.fixture
def timed(backend: FakeBackend) -> FakeBackend:
    """Pair 2 has most to drive; pair 4 is done."""
    backend.shown_board = shown(
        driving(1, 4),
        driving(2, 1),
        driving(3, 3),
        driving(4, 5, status=PairStatus.DONE, route="", tick=None),
    )
    return backend


SIZES = [(60, 18), (80, 24), (120, 40), (160, 45), (200, 60)]


@pytest.mark.parametrize("size", sweep(SIZES, (80, 24), (160, 45)))
async def test_the_pair_that_all_wait_for_is_named_at_every_size(
    timed: FakeBackend, size: tuple[int, int]
) -> None:
    async with opened(timed, size, Recorded()) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "pair 2 last", "0.42x", "done ", "GPU idle 2m")


@pytest.mark.parametrize("size", sweep(SIZES[1:], (120, 40)))
async def test_each_route_stands_beside_what_it_usually_takes(
    timed: FakeBackend, size: tuple[int, int]
) -> None:
    async with opened(timed, size, Recorded(9, 9, 10, 14, 14)) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "driving 2m", "usually 9–14m", "0.42x, ticked ")


async def test_of_routes_that_were_never_recorded_the_monitor_says_so(timed: FakeBackend) -> None:
    async with opened(timed) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "usually ?", "done ?: every pair drives routes that were never recorded")


async def test_a_silent_pair_counts_to_the_limit_of_its_job(timed: FakeBackend) -> None:
    quiet = now() - timedelta(seconds=SILENT_AFTER + 40)
    silent = driving(2, 1, 900, last_sign=quiet, agent_sign=quiet, tick=None)
    timed.shown_board = shown(driving(1, 4), silent)
    async with opened(timed, (120, 40), Recorded()) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "silent 1", "/800 s", "pair 2 last")


async def test_a_stalled_pair_is_never_done(timed: FakeBackend) -> None:
    quiet = now() - timedelta(seconds=420)
    stalled = driving(2, 1, 900, last_sign=quiet, agent_sign=quiet, tick=None)
    timed.shown_board = shown(driving(1, 4), stalled)
    async with opened(timed, (120, 40), Recorded()) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "stalled 4", "/800 s", "done ?: pair 2 is stalled")
        assert "pair 2 last" not in seen(pilot.app)


async def test_a_route_that_takes_longer_than_nearly_all_is_slow(timed: FakeBackend) -> None:
    timed.shown_board = shown(driving(1, 4, 780), driving(2, 1))
    async with opened(timed, (120, 40), Recorded()) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "slow  0.42x", "done after")


async def test_what_is_not_live_promises_nothing(timed: FakeBackend) -> None:
    timed.shown_board = replace(
        shown(driving(1, 4), driving(2, 1)), live=False, stale_since=now(), stale_why="no route"
    )
    async with opened(timed, (120, 40), Recorded()) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "stale since", "usually 10m")
        assert "done " not in seen(pilot.app)
        assert "last," not in seen(pilot.app)


async def test_the_recordings_are_read_once_for_each_screen_that_opens(timed: FakeBackend) -> None:
    recorded = Recorded()
    async with opened(timed, (120, 40), recorded) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "pair 2 last")
        timed.shown_board = shown(driving(1, 4), driving(2, 3), driving(3, 1))
        await shows(pilot, "pair 3 last")
    assert len(recorded.asked) == 1
    assert recorded.asked[0][0] == "demo"


async def test_recordings_that_cannot_be_read_are_told_and_the_rest_is_shown(
    timed: FakeBackend,
) -> None:
    recorded = Recorded()
    recorded.fails = True
    async with opened(timed, (120, 40), recorded) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "The disk does not answer.", "driving 2m", "0.42x")


async def test_of_an_ended_submission_no_recording_is_asked(timed: FakeBackend) -> None:
    recorded = Recorded()
    pairs = [driving(n, 5, status=PairStatus.DONE, route="", tick=None) for n in (1, 2)]
    over = shown(*pairs)
    assert over.pod is not None
    timed.shown_board = replace(
        over, status=SubmissionStatus.COMPLETE, pod=replace(over.pod, phase="Succeeded")
    )
    async with opened(timed, (120, 40), recorded) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "✓ done" in seen(app))
        assert "GPU idle" not in seen(app)
    assert recorded.asked == []
