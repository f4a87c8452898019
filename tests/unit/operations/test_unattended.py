"""Following with nobody looking: what is recorded, what a list is told, and when it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.following import line, recorded_texts, until
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.events import ConsoleActed, Event, JobSeen, StreamChanged
from console.operations.ports.cluster import Kind
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching import whose_logs
from console.operations.watching.follower import NO_POD
from console.operations.watching.unattended import SETTLES_AFTER, Unattended
from console.specs.compose import Composed
from console.specs.validation import Judged

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@contextlib.asynccontextmanager
async def unattended(
    services: Services, *namespaces: str | None, idle_seconds: float = 900.0
) -> AsyncIterator[Unattended]:
    following = Unattended(services, idle_seconds=idle_seconds)
    task = asyncio.create_task(following.run(*namespaces))
    await asyncio.sleep(0)
    try:
        yield following
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ended(
    cluster: FakeCluster, services: Services, composed: Composed, pod: dict[str, Any], at: datetime
) -> Any:
    """A submission that has completed at that time, and whose pod is still there."""
    job = (await launch(services, Judged(composed).valid)).job
    cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "spoken"))
    cluster.logs["pod-1", "agent-1", 0].ended = cluster.logs["pod-1", "logcopy", 0].ended = True
    cluster.put(pod)
    stored = await cluster.read(Kind.JOB, "races", "demo")
    done = {"conditions": [{"type": "Complete", "status": "True"}]}
    cluster.put({**stored, "status": {**done, "completionTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}})
    return job


async def test_what_is_active_is_recorded_though_nobody_asks(
    services, cluster, composed, pod_of
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "spoken"))
    cluster.put(pod_of(agent_1=("running", 0)))
    async with unattended(services, "races") as following:
        await until(lambda: recorded_texts(services, job) == ["spoken"])
        await until(lambda: following.followed()[0].live)
        state = following.followed()[0]
        assert (state.namespace, state.active, state.recorded, state.unrecorded) == (
            *("races", 1, 1),
            (),
        )


@pytest.mark.parametrize(("age", "kept"), [(timedelta(hours=2), ["spoken"]), (timedelta(3), [])])
async def test_what_ended_lately_is_recorded_whole_while_its_pod_is_there(
    services, cluster, composed, pod_of, age, kept
) -> None:
    """A day long; of older ones, which are many, the last words alone are read."""
    services = replace(services, clock=lambda: NOW)
    pod = pod_of("Succeeded", agent_1=("ended", 0), logcopy=("ended", 0))
    job = await ended(cluster, services, composed, pod, NOW - age)
    async with unattended(services, "races") as following:
        await until(lambda: (told := following.listed("races")) and told.rows and not told.unheard)
        assert following.listed("races").rows[0].status is not SubmissionStatus.RUNNING
        assert recorded_texts(services, job) == kept


@pytest.mark.parametrize(("age", "kept"), [(timedelta(hours=2), True), (timedelta(3), False)])
async def test_of_what_ended_lately_without_a_pod_is_recorded_what_is_left_and_what_is_not(
    services, cluster, composed, pod_of, age, kept
) -> None:
    """Its Job and its events are there yet; that its logs are not is said, once."""
    services = replace(services, clock=lambda: NOW)
    job = await ended(cluster, services, composed, pod_of("Succeeded"), NOW - age)
    cluster.drop(Kind.POD, "races", "demo-abcde")
    recording = services.recording_of(job)
    noted: list[Event] = []
    for _ in range(2):
        async with unattended(services, "races") as following:
            await until(lambda f=following: (told := f.listed("races")) and not told.unheard)
        noted = [e for e in services.recorder.history(recording) if not isinstance(e, ConsoleActed)]
    gaps = [each.told for each in noted if isinstance(each, StreamChanged) and each.told]
    assert gaps == [NO_POD] * kept
    assert [each.job.ended_at is not None for each in noted if isinstance(each, JobSeen)] == (
        [True] * kept
    )


async def test_it_tells_no_list_before_the_logs_can_have_told_of_progress(
    services, cluster, composed
) -> None:
    await launch(services, Judged(composed).valid)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with unattended(services, "races") as following:
        await until(lambda: following.followed()[0].live)
        assert following.listed("races") is None
        await until(lambda: following.listed("races"))
        assert loop.time() - begun >= SETTLES_AFTER
        assert [row.name for row in following.listed("races").rows] == ["demo"]


async def test_a_namespace_that_nobody_asked_for_is_not_told(services) -> None:
    async with unattended(services, "races") as following:
        await until(lambda: following.listed("races") is not None)
        assert following.listed("other") is None
        assert following.listed(None) is None


async def test_all_namespaces_are_one_watch_that_tells_each_of_them(
    services, cluster, composed
) -> None:
    await launch(services, Judged(composed).valid)
    async with unattended(services, "races") as following:
        following.follow(None)
        await until(lambda: following.listed(None))
        assert [each.namespace for each in following.followed()] == [None]
        assert [row.name for row in following.listed("races").rows] == ["demo"]
        assert following.listed("other").rows == ()


async def test_a_list_holds_what_the_watch_told_a_moment_ago(services, cluster, composed) -> None:
    """No row waits for the next of the pictures that screens get five times a second."""
    async with unattended(services, "races") as following:
        await until(lambda: following.listed("races") is not None)
        uid = (await launch(services, Judged(composed).valid)).manifest["metadata"]["uid"]
        for _ in range(20):
            await asyncio.sleep(0)
        assert following.knows("races", "demo", uid)
        assert [row.name for row in following.listed("races").rows] == ["demo"]


async def test_what_there_is_no_room_to_record_is_told_as_not_heard(
    services, cluster, composed, pod_of, monkeypatch
) -> None:
    """A list then asks for it: what its log says is on no board here."""
    monkeypatch.setattr(whose_logs, "most_followed", lambda: 0)
    await launch(services, Judged(composed).valid)
    cluster.put(pod_of(agent_1=("running", 0)))
    async with unattended(services, "races") as following:
        await until(lambda: following.listed("races"))
        assert following.listed("races").unheard == (("races", "demo"),)
        assert following.followed()[0].unrecorded == ("races/demo",)


async def test_it_ends_some_time_after_the_last_active_submission(
    services, cluster, composed
) -> None:
    loop = asyncio.get_running_loop()
    await launch(services, Judged(composed).valid)
    following = Unattended(services, idle_seconds=60)
    task = asyncio.create_task(following.run("races"))
    await asyncio.sleep(600)
    assert not task.done()
    cluster.drop(Kind.JOB, "races", "demo")
    gone = loop.time()
    await task
    assert 59 <= loop.time() - gone < 90


async def test_whoever_asks_for_a_namespace_keeps_it_from_ending(services) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    following = Unattended(services, idle_seconds=60)
    task = asyncio.create_task(following.run("races"))
    await asyncio.sleep(50)
    following.follow("races")
    await task
    assert 110 <= loop.time() - begun < 130
