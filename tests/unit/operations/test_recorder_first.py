"""A console leaves a submission to the recorder process, and takes it where that does not come."""

from __future__ import annotations

import asyncio

import pytest
from fakes.following import followed, line, recorded_texts, running, until
from msgspec.structs import replace

from console.domain.events import StreamState
from console.operations.ports.cluster import Kind
from console.operations.recording.session import SETTLED_AFTER, YIELDS_FOR
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.recorder.recorder import Recorder
from console.specs.validation import Judged


def recording_stream(follower) -> tuple[StreamState, str] | None:
    streams = follower.board.streams
    return next(((state, why) for name, state, why in streams if name == "recording"), None)


@pytest.fixture
async def job(services, cluster, composed, pod_of):
    found = (await launch(services, Judged(composed).valid)).job
    cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "spoken"))
    cluster.put(pod_of(agent_1=("running", 0)))
    return found


async def test_a_recorder_that_runs_is_given_time_to_claim(services, job) -> None:
    loop = asyncio.get_running_loop()
    attended = replace(services, attended=lambda: True)
    begun = loop.time()
    async with followed(attended):
        await until(lambda: recorded_texts(services, job) == ["spoken"])
        assert loop.time() - begun >= YIELDS_FOR


async def test_without_a_recorder_the_console_records_at_once(services, job) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with followed(services):
        await until(lambda: recorded_texts(services, job) == ["spoken"])
        assert loop.time() - begun < YIELDS_FOR


async def test_a_recorder_that_ends_meanwhile_is_not_waited_for(services, job) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    runs = [True, True, False]
    attended = replace(services, attended=lambda: runs.pop(0) if len(runs) > 1 else runs[0])
    async with followed(attended):
        await until(lambda: recorded_texts(services, job) == ["spoken"])
        assert loop.time() - begun < YIELDS_FOR


async def test_what_the_recorder_writes_is_shown_with_no_remark_about_another_console(
    services, job, tmp_path
) -> None:
    """It is meant to record: only where another console does, a reader has to know."""
    held = Recorder(tmp_path / "recordings", unattended=True).claim(services.recording_of(job))
    assert held is not None
    held.open_spool("agent-1", 0, pod="pod-1").write(line(1, "spoken"))
    async with followed(replace(services, attended=lambda: True)) as follower:
        await until(lambda: follower.board.pod is not None)
        await asyncio.sleep(YIELDS_FOR + 1)
        assert recording_stream(follower) is None
        held.release()
        await until(lambda: len(recorded_texts(services, job)) == 1)
        assert recording_stream(follower) is None


@pytest.mark.parametrize("stays", [True, False])
async def test_what_a_recorder_has_read_to_its_end_no_console_reads_once_more(
    services, cluster, job, pod_of, tmp_path, stays
) -> None:
    """One that itself has ended may have left the last lines."""
    held = Recorder(tmp_path / "recordings", unattended=True).claim(services.recording_of(job))
    assert held is not None
    held.open_spool("agent-1", 0, pod="pod-1").write(line(1, "spoken"))
    there = [True]
    follower = Follower(replace(services, attended=lambda: there[0]), "races", "demo")
    async with running(follower):
        await until(lambda: recorded_texts(services, job) == ["spoken"])
        await asyncio.sleep(YIELDS_FOR + 1)
        cluster.put(pod_of("Succeeded", agent_1=("ended", 0)))
        stored = await cluster.read(Kind.JOB, "races", "demo")
        ended = {"conditions": [{"type": "Complete", "status": "True"}]}
        cluster.put({**stored, "status": ended})
        await until(lambda: follower.board.settled)
        there[0] = stays
        held.release()
        await asyncio.sleep(SETTLED_AFTER + 1)
    assert bool(cluster.requests) is not stays
