"""Where a drive is, and whether it slows down, by what its evaluator prints."""

from __future__ import annotations

from datetime import timedelta

from fakes.boards import NOW, board, pair
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.estimates import board_time
from console.domain.events import LastLine
from console.domain.folding import fold
from console.domain.ticks import ticked
from console.domain.usual_times import UsualTimes
from console.presentation.pair_times import pace

PREPARING = "\x1b[1m========= Preparing RouteScenario_3 (repetition 0) ========="
LOADING = "\x1b[1m> Loading the world\x1b[0m"
SET_UP = "\x1b[1m> Setting up the agent\x1b[0m"
RUNNING = "\x1b[1m> Running the route\x1b[0m"
STOPPING = "\x1b[1m> Stopping the route\x1b[0m"


def tick(system: float, game: float) -> str:
    told = f"=== [Agent] -- Wallclock = 2026-11-22 10:07:12.345 -- System time = {system:.3f}"
    return f"{told} -- Game time = {game:.3f} -- Ratio = {game / system:.3f}x"


def after(*lines: str) -> BoardSnapshot:
    """A line a second, the last one just now."""
    known = replace(board(), pairs=(replace(pair(1, 3), tick=None),))
    for place, text in enumerate(lines):
        at = NOW - timedelta(seconds=len(lines) - 1 - place)
        told = ticked([(text, at)])
        known = fold(known, LastLine(at, "agent-1", text, at, "", told))
    return known


def words(*lines: str) -> str:
    return pace(board_time(after(*lines), UsualTimes(), NOW).pair(1))


def test_a_drive_says_what_it_does_before_its_first_tick_and_since_when() -> None:
    assert words(LOADING) == "loading the world 0s"
    assert words(LOADING, SET_UP, "a library warns", "and warns") == "setting up the agent 2s"
    assert words(SET_UP, LOADING) == "loading the world 0s", "1.0 has them in the other order"


def test_a_drive_that_runs_has_its_ticks_and_one_that_stopped_nothing() -> None:
    assert words(LOADING, SET_UP, RUNNING) == ""
    assert words(SET_UP, RUNNING, tick(2, 1)) == "0.50x, ticked 0s ago"
    assert words(SET_UP, RUNNING, tick(2, 1), STOPPING) == ""
    assert words(tick(2, 1), STOPPING, PREPARING, LOADING) == "loading the world 0s"


def test_a_world_that_loads_is_silent_so_that_any_line_ends_it() -> None:
    assert words(LOADING, "a line whose stage was not seen") == ""


def test_a_drive_that_slows_down_shows_its_present_pace_beside_that_of_the_whole() -> None:
    fast = [tick(second, second / 2) for second in range(10, 200, 10)]
    slow = [tick(200 + second, 100 + second / 20) for second in range(0, 130, 10)]
    assert words(*fast) == "0.50x, ticked 0s ago"
    assert words(*fast, *slow) == "0.33x, lately 0.05x, ticked 0s ago"


def test_another_drive_s_ticks_tell_nothing_of_the_present_pace() -> None:
    fast = [tick(second, second / 2) for second in range(10, 200, 10)]
    assert words(*fast, STOPPING, LOADING, tick(10, 1), tick(80, 8)) == "0.10x, ticked 0s ago"
