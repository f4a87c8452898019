"""The monitor and the events say why something fails, before the budget is gone."""

from __future__ import annotations

from fakes.failed_pair import ENDED, OUT_OF_MEMORY, HeldLogs, failed_board, log
from fakes.pilots import opened, seen, shows
from msgspec.structs import replace

from console.domain.board import PairStatus, SubmissionStatus
from console.tui.places import Destination, Place

AGAIN = "the same cause ended 2 of its 2"


def running(backend: HeldLogs, attempts: int) -> None:
    """Pair 3 has failed so often, each time alike, and drives again."""
    board = failed_board(status=SubmissionStatus.RUNNING)
    third = replace(board.pairs[2], status=PairStatus.DRIVING, ended=ENDED[: 2 * attempts])
    pairs = (*board.pairs[:2], third, board.pairs[3])
    backend.shown_board = replace(board, pairs=pairs, job=replace(board.job, completed_at=None))
    backend.logs["agent-3"] = log({119: OUT_OF_MEMORY, 239: OUT_OF_MEMORY})


async def test_a_failure_that_comes_a_second_time_is_named_while_the_pair_drives_on() -> None:
    backend = HeldLogs()
    running(backend, 1)
    async with opened(backend) as (app, pilot):
        app.go(Destination(Place.MONITOR, ("leaderboard", "demo")))
        await shows(pilot, "pair 3")
        running(backend, 2)
        await shows(pilot, "! pair 3: the agent ran out of the GPU's memory", AGAIN)


async def test_a_failure_by_chance_is_no_warning_at_its_first_time() -> None:
    backend = HeldLogs()
    running(backend, 1)
    async with opened(backend) as (app, pilot):
        app.go(Destination(Place.EVENTS, ("leaderboard", "demo")))
        await shows(pilot, "WHY", "pair 3: the agent ran out of the GPU's memory (likely")
        assert AGAIN not in seen(app)
        app.go(Destination(Place.MONITOR, ("leaderboard", "demo")))
        await shows(pilot, "logcopy")
        assert "! pair 3" not in seen(app)


async def test_the_events_tell_the_verdict_before_what_happened() -> None:
    backend = HeldLogs()
    running(backend, 2)
    async with opened(backend) as (app, pilot):
        app.go(Destination(Place.EVENTS, ("leaderboard", "demo")))
        await shows(pilot, "WHY", AGAIN, "ATTEMPTS THAT ENDED")
        screen = seen(app)
        assert screen.index("WHY") < screen.index("ATTEMPTS THAT ENDED")
