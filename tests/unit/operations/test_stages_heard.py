"""Which lines of an agent tell at what stage its drives are, as a recorder hears them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from console.domain.events import StagesHeard
from console.domain.stage_marks import MOST, StageMark
from console.domain.ticks import NO_TICK, Stage, Tick, Ticked
from console.operations.recording.stages_heard import StageEar
from console.recorder.journal import decode, encode

NOW = datetime(2025, 3, 1, 12, 30, tzinfo=UTC)


def moment(second: int) -> datetime:
    return datetime(2025, 3, 1, 12, 0, second, tzinfo=UTC)


def block(*lines: tuple[int, str]) -> bytes:
    return b"".join(f"{moment(s):%Y-%m-%dT%H:%M:%S}Z {text}\n".encode() for s, text in lines)


ONE = block(
    (1, "\x1b[1m========= Preparing RouteScenario_3 (repetition 0) =========\x1b[0m"),
    (2, "\x1b[1m> Loading the world\x1b[0m"),
    (9, "\x1b[1m> Setting up the agent\x1b[0m"),
    (10, "loading weights ..."),
    (12, "\x1b[1m> Running the route\x1b[0m"),
    (50, "\x1b[1m> Stopping the route\x1b[0m"),
    (51, "========= Results of RouteScenario_3 (repetition 0) ------ SUCCESS ========="),
    (51, "\x1b[1m> Registering the route statistics\x1b[0m"),
)
WHOLE = (
    StageMark(moment(2), Stage.LOADING),
    StageMark(moment(9), Stage.SET_UP),
    StageMark(moment(12), Stage.RUNNING),
    StageMark(moment(50)),
)


def test_the_stages_of_a_drive_are_heard_with_the_times_of_their_lines() -> None:
    assert StageEar("pod", "agent-1").heard(ONE, NO_TICK, NOW) == StagesHeard(
        NOW, "agent-1", WHOLE, "pod"
    )


@pytest.mark.parametrize("lines", [1, 3])
def test_blocks_of_any_size_tell_the_same(lines: int) -> None:
    ear, every, heard = StageEar("pod", "agent-1"), ONE.splitlines(keepends=True), []
    for first in range(0, len(every), lines):
        told = ear.heard(b"".join(every[first : first + lines]), NO_TICK, NOW)
        heard += told.marks if told else []
    assert tuple(heard) == WHOLE


def test_a_tick_of_a_route_whose_begin_was_not_heard_says_that_it_runs() -> None:
    ear, tick = StageEar("pod", "agent-1"), Tick(moment(20), 1.0, 1.0, 1.0)
    told = ear.heard(block((20, "a tick")), Ticked(tick), NOW)
    assert told is not None
    assert told.marks == (StageMark(moment(20), Stage.RUNNING, exact=False),)
    assert ear.runs
    assert ear.heard(block((21, "another")), Ticked(tick), NOW) is None


def test_a_line_without_a_time_tells_nothing_and_a_flood_of_stages_ends() -> None:
    ear = StageEar("pod", "agent-1")
    assert ear.heard(b"> Loading the world\n", NO_TICK, NOW) is None
    flood = block((1, "> Loading the world")) * (MOST + 5)
    told = ear.heard(flood, NO_TICK, NOW)
    assert told is not None
    assert len(told.marks) == MOST
    assert ear.heard(flood, NO_TICK, NOW) is None


def test_what_was_heard_is_noted_in_the_recording_and_read_back() -> None:
    told = StagesHeard(NOW, "agent-1", WHOLE, "pod")
    assert decode(encode(told)) == told
