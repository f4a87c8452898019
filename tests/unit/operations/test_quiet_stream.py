"""A log stream that stays open and brings nothing more is noticed, and its lines are not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from fakes.following import followed, line, recorded_texts, until

from console.domain.events import StreamChanged, StreamState
from console.errors import ConsoleError
from console.operations.ports.cluster import LogBlock, LogRequest
from console.operations.recording.quiet_stream import ended_when_stuck
from console.operations.recording.reader import STUCK
from console.operations.submitting.launch import launch
from console.specs.validation import Judged


async def test_lines_that_a_stream_does_not_bring_any_more_are_there_before_the_pod_ends(
    services, cluster, composed, pod_of
) -> None:
    """As after the rotation of a log, where `kubectl logs -f` goes quiet without a word."""
    job = (await launch(services, Judged(composed).valid)).job
    log = cluster.logs["pod-1", "agent-1", 0]
    async with followed(services):
        cluster.put(pod_of(agent_1=("running", 0)))
        log.lines.append(line(1, "one"))
        await until(lambda: recorded_texts(services, job) == ["one"])
        log.rotations += 1
        log.lines.append(line(2, "unheard"))
        await until(lambda: len(recorded_texts(services, job)) == 2, 200)
    assert recorded_texts(services, job) == ["one", "unheard"]
    told = services.recorder.history(services.recording_of(job))
    streams = [e for e in told if isinstance(e, StreamChanged) and e.container == "agent-1"]
    assert [(e.state, e.told) for e in streams[1:4]] == [
        (StreamState.LIVE, ""),
        (StreamState.RECONNECTING, STUCK),
        (StreamState.LIVE, ""),
    ]


async def test_a_quiet_log_that_nobody_can_be_asked_for_is_not_called_live(
    services, cluster, composed, pod_of, monkeypatch
) -> None:
    await launch(services, Judged(composed).valid)
    log, whole, away = cluster.logs["pod-1", "agent-1", 0], cluster.log, [ConsoleError("Away.")]

    async def gone(request: LogRequest) -> AsyncIterator[LogBlock]:
        if not request.follow and away:
            raise away.pop()
        async for block in whole(request):
            yield block

    monkeypatch.setattr(cluster, "log", gone)
    async with followed(services) as follower:

        def stream() -> tuple[StreamState, str]:
            told = {name: (state, why) for name, state, why in follower.board.streams}
            return told.get("agent-1", (StreamState.WAITING, ""))

        cluster.put(pod_of(agent_1=("running", 0)))
        log.lines.append(line(1, "one"))
        await until(lambda: stream()[0] is StreamState.LIVE)
        await until(lambda: stream() == (StreamState.RECONNECTING, "Away."), 200)
        await until(lambda: stream() == (StreamState.LIVE, ""), 400)


async def test_a_log_that_is_not_there_is_asked_for_less_and_less(
    services, cluster, composed, pod_of
) -> None:
    """Its pod is gone, and the watch that would say so is refused."""
    await launch(services, Judged(composed).valid)
    async with followed(services):
        cluster.put(pod_of(agent_1=("running", 0)))
        await until(lambda: cluster.requests)
        await asyncio.sleep(600)
        asked = [each for each in cluster.requests if each.container == "agent-1"]
        assert 50 < len(asked) < 100
        cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "one"))
        job = await cluster.job("races", "demo")
        await until(lambda: recorded_texts(services, job) == ["one"], 200)


async def never() -> None:
    await asyncio.Event().wait()


async def test_a_container_with_nothing_to_say_is_asked_for_less_and_less_often() -> None:
    clock = asyncio.get_running_loop().time
    began, looked = clock(), []

    async def look() -> bool:
        looked.append(round(clock() - began))
        return len(looked) == 6

    async with ended_when_stuck(look):
        await never()
    assert looked == [60, 120, 240, 480, 780, 1080]


async def test_a_line_that_comes_starts_the_silence_anew() -> None:
    clock = asyncio.get_running_loop().time
    began, looked = clock(), []

    async def look() -> bool:
        looked.append(round(clock() - began))
        return True

    async with ended_when_stuck(look) as silence:
        await asyncio.sleep(50)
        silence.broken()
        await never()
    assert looked == [110]


async def test_what_a_look_or_a_reading_raises_is_not_taken_for_an_end() -> None:
    async def look() -> bool:
        raise ValueError("a look")

    with pytest.raises(ValueError, match="a look"):
        async with ended_when_stuck(look):
            await asyncio.sleep(61)
    with pytest.raises(TimeoutError):
        async with ended_when_stuck(look):
            raise TimeoutError
