"""What agents said last, for a command that looks once: their silence and their ticks are known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.boards import board as drawn
from fakes.cluster import FakeCluster, FakeLog
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import LastLine
from console.domain.folding import fold
from console.domain.ticks import NO_TICK
from console.errors import Forbidden
from console.operations.ports.cluster import LogRequest
from console.operations.ports.recorder import LogLine
from console.operations.recording.session import last_line
from console.operations.recording.tail import last_words
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.agents_heard import with_agents
from console.operations.watching.single_look import board_once
from console.specs.validation import Judged

TICK = "=== [Agent] -- Wallclock = 2026-11-22 10:07:12.345 -- System time = 20.000"
TICK += " -- Game time = 8.400 -- Ratio = 0.420x"


def at(second: int) -> datetime:
    return datetime(2026, 11, 22, 10, 0, second, tzinfo=UTC)


def line(second: int, text: str) -> LogLine:
    return LogLine(f"2026-11-22T10:00:{second:02}.000000000Z", text, pod="pod-1")


def raw(second: int, text: str) -> bytes:
    return f"2026-11-22T10:00:{second:02}.000000000Z {text}\n".encode()


@pytest.fixture
async def board(services: Services, cluster: FakeCluster, composed: Any, pod_of: Any) -> Any:
    """Two pairs at work."""
    await launch(services, Judged(composed).valid)
    names = {
        f"{half}_{number}": ("running", 0) for half in ("simulator", "agent") for number in (1, 2)
    }
    cluster.put(pod_of(**names))
    return await board_once(services, "races", "demo")


def say(cluster: FakeCluster, container: str, *lines: bytes) -> None:
    log = FakeLog()
    log.lines.extend(lines)
    cluster.logs["pod-1", container, 0] = log


async def test_a_look_tells_the_last_line_and_the_last_tick_of_each_agent(
    services: Services, cluster: FakeCluster, board: BoardSnapshot
) -> None:
    say(cluster, "agent-1", raw(3, TICK), raw(4, "a word of the team"))
    say(cluster, "agent-2", raw(5, "nothing but words"))
    one, two, *others = (await with_agents(services, board)).pairs
    assert (one.agent_line, one.agent_sign) == ("a word of the team", at(4))
    assert one.tick is not None
    assert (one.tick.at, one.tick.ratio) == (at(3), 0.42)
    assert (two.agent_line, two.agent_sign, two.tick) == ("nothing but words", at(5), None)
    assert all(each.agent_sign is None for each in others)


async def test_an_agent_whose_log_cannot_be_read_is_heard_of_no_more_than_before(
    services: Services,
    cluster: FakeCluster,
    board: BoardSnapshot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    say(cluster, "agent-1", raw(3, "still here"))
    read = cluster.log

    def refused(request: LogRequest) -> Any:
        if request.container == "agent-2":
            raise Forbidden("You may not read logs.")
        return read(request)

    monkeypatch.setattr(cluster, "log", refused)
    one, two, *_ = (await with_agents(services, board)).pairs
    assert (one.agent_line, two.agent_line) == ("still here", "")
    assert two.agent_sign is None


async def test_of_what_has_ended_no_log_is_asked_for(
    services: Services, cluster: FakeCluster, pod_of: Any, board: BoardSnapshot
) -> None:
    cluster.put(pod_of("Succeeded", simulator_1=("ended", 0), agent_1=("ended", 0)))
    over = await board_once(services, "races", "demo")
    asked = len(cluster.requests)
    assert await with_agents(services, over) is over
    assert len(cluster.requests) == asked


def test_an_agent_that_prints_after_each_tick_ticks_all_the_same() -> None:
    told = last_words("agent-1", [line(1, TICK), line(2, TICK), line(3, "brake")], at(9))
    assert told is not None
    assert told.text == "brake"
    assert told.ticked.tick is not None
    assert told.ticked.tick.at == at(2)


def test_what_it_printed_before_its_route_stopped_is_no_tick_any_more() -> None:
    told = last_words(
        "agent-1", [line(1, TICK), line(2, "> Stopping the route"), line(3, "b")], at(9)
    )
    assert told is not None
    assert (told.ticked.tick, told.ticked.stopped) == (None, True)


def test_what_looks_like_a_tick_in_another_container_is_none() -> None:
    for name in ("simulator-1", "logcopy"):
        told = last_words(name, [line(1, TICK)], at(9))
        assert told is not None
        assert told.ticked == NO_TICK


def test_a_block_of_a_stream_tells_its_last_line_alone() -> None:
    block = raw(1, TICK) + raw(2, "the last")
    assert last_line(block, progress=True) == ("the last", at(2))
    assert last_line(b"", progress=True) is None


def test_a_stop_among_the_lines_before_ends_the_ticking_on_the_board() -> None:
    told = last_words("agent-1", [line(1, TICK)], at(9))
    stopped = last_words("agent-1", [line(2, "> Stopping the route"), line(3, "x")], at(9))
    assert told is not None
    assert stopped is not None
    shown = _one_pair()
    ticking = fold(shown, told)
    assert ticking.pairs[0].tick is not None
    assert fold(ticking, stopped).pairs[0].tick is None
    late = LastLine(at(9), "agent-1", "words", at(4))
    assert fold(ticking, late).pairs[0].tick == ticking.pairs[0].tick


def _one_pair() -> BoardSnapshot:
    begun_before = replace(drawn().pairs[0], since_exact=False)
    return BoardSnapshot("leaderboard", "demo", pairs=(begun_before,))
