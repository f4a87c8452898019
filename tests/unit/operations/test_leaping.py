"""Where a log that is read too slowly may have leapt over lines, and where it was only quiet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes.following import followed, line, recorded_texts, until
from msgspec.structs import replace

from console.operations.ports.cluster import (
    LinesMissing,
    LogBlock,
    LogLines,
    LogOpened,
    LogRequest,
    ResumePoint,
)
from console.operations.recording.leaping import Leap, Pieces
from console.operations.submitting.launch import launch
from console.specs.validation import Judged

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


LOST = (
    "lines of attempt 1 between 2026-11-22T10:00:02.000000000Z and 2026-11-22T10:00:30.000000000Z"
    " may be missing: the log was rotated unread"
)


def at(second: float) -> datetime:
    return TEN + timedelta(seconds=second)


def stamp(second: int) -> str:
    return line(second, "").partition(b" ")[0].decode()


def leaps(*reads: tuple[float, tuple[int, ...]], skew: float = 0) -> list[Leap]:
    """Those in lines of these seconds, read when our clock, which goes wrong by `skew`, says so."""
    pieces, found = Pieces(), list[Leap]()
    pieces.opens(at(skew))
    for now, seconds in reads:
        block = b"".join(line(second, f"of {second}") for second in seconds)
        told = list(pieces.of(block, at(now + skew)))
        assert b"".join(each for each in told if isinstance(each, bytes)) == block
        found += [each for each in told if isinstance(each, Leap)]
    return found


def test_a_pause_between_lines_that_came_in_time_is_one_of_the_container() -> None:
    assert not leaps((1, (1,)), (20, (20,)), (59, (59,)))


def test_a_pause_between_lines_that_came_late_may_be_a_leap() -> None:
    assert leaps((1, (1,)), (40, (2,)), (40, (30, 30))) == [Leap(stamp(2), stamp(30))]
    assert leaps((1, (1,)), (40, (1, 1, 30, 30))) == [Leap(stamp(1), stamp(30))]


def test_a_line_is_late_by_what_the_others_of_its_node_take_and_not_by_two_clocks() -> None:
    for skew in (-300, 300):
        assert not leaps((1, (1,)), (20, (20,)), (59, (59,)), skew=skew)
    assert leaps((1, (1,)), (40, (2,)), (40, (30,)), skew=-300)


def test_what_was_said_before_the_stream_was_opened_is_all_in_one_file() -> None:
    pieces = Pieces()
    pieces.opens(at(50))
    block = b"".join(line(second, "") for second in (1, 20, 40))
    assert list(pieces.of(block, at(50))) == [block]


def test_a_file_that_holds_the_line_before_holds_those_after_it_too() -> None:
    pieces, found = Pieces(), 0
    pieces.opens(at(0))
    for piece in pieces.of(b"".join(line(second, "") for second in (1, 10, 20, 30)), at(40)):
        if isinstance(piece, Leap):
            found += 1
            pieces.is_whole(at(40))
    assert found == 1


@pytest.mark.parametrize("rotated", [True, False])
async def test_such_a_pause_is_a_gap_where_the_node_has_begun_another_file(
    services: Any,
    cluster: Any,
    composed: Any,
    pod_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    rotated: bool,
) -> None:
    """A recorder that was stopped and goes on, say, beside a container that floods its log."""
    whole, asked = cluster.log, list[LogRequest]()

    async def log(request: LogRequest) -> AsyncIterator[LogBlock]:
        if request.container == "agent-1" and request.follow:
            yield LogOpened()
            yield LogLines(line(1, "read"))
            yield LogLines(line(2, "read late") + line(30, "after it"))
            await asyncio.Event().wait()
        elif request.container == "agent-1":
            asked.append(request)
            if rotated:
                yield LinesMissing()
        else:
            async for block in whole(request):
                yield block

    monkeypatch.setattr(cluster, "log", log)
    services = replace(services, clock=lambda: TEN)
    job = (await launch(services, Judged(composed).valid)).job
    async with followed(services) as follower:
        cluster.put(pod_of(agent_1=("running", 0)))
        await until(lambda: "after it" in recorded_texts(services, job))
        told = next(why for name, _, why in follower.board.streams if name == "agent-1")
    gap = [LOST] if rotated else []
    assert recorded_texts(services, job) == ["read", "read late", *gap, "after it"]
    assert told == "".join(gap)
    assert [each.after for each in asked] == [ResumePoint(stamp(2))]
