"""A disk that is full stops the recording with a word, not the console; with room it goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.following import followed, line, recorded_texts, until
from fakes.small_disk import SmallDisk
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.events import JobSeen, PodSeen, StreamChanged, StreamState
from console.domain.facts import JobFacts
from console.operations.ports.cluster import Kind
from console.operations.recording.journal import NAME
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.specs.validation import Judged


@pytest.fixture
def disk(services: Services) -> SmallDisk:
    return SmallDisk(services.recorder)


@pytest.fixture
def small(services: Services, disk: SmallDisk) -> Services:
    return replace(services, recorder=disk)


@pytest.fixture
async def job(services: Services, composed: Any) -> Any:
    return (await launch(services, Judged(composed).valid)).job


def told(follower: Follower, stream: str) -> list[tuple[StreamState, str]]:
    return [(state, gap) for name, state, gap in follower.board.streams if name == stream]


def says_why(follower: Follower, stream: str) -> bool:
    return any("No space left" in gap for _, gap in told(follower, stream))


@contextlib.asynccontextmanager
async def one_line_recorded(
    small: Services, cluster: FakeCluster, job: JobFacts, pod_of: Any
) -> AsyncIterator[Follower]:
    """A pod runs, is followed, and the first line of its agent is on the disk."""
    async with followed(small) as follower:
        cluster.put(pod_of(agent_1=("running", 0)))
        cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "one"))
        await until(lambda: recorded_texts(small, job) == ["one"])
        yield follower


async def test_a_log_goes_on_where_it_stopped_and_misses_nothing_that_the_cluster_has(
    small, disk, cluster, job, pod_of
) -> None:
    log = cluster.logs["pod-1", "agent-1", 0]
    async with one_line_recorded(small, cluster, job, pod_of) as follower:
        disk.full = True
        log.lines += [line(2, "two"), line(3, "three")]
        await until(lambda: says_why(follower, "agent-1"))
        assert follower.board.status is SubmissionStatus.RUNNING
        disk.full = False
        await until(lambda: recorded_texts(small, job) == ["one", "two", "three"])
        await until(lambda: told(follower, "agent-1") == [(StreamState.LIVE, "")])


async def test_a_disk_that_is_full_from_the_beginning_costs_nothing_but_time(
    small, disk, cluster, job, pod_of
) -> None:
    disk.full = True
    async with followed(small) as follower:
        cluster.put(pod_of(agent_1=("running", 0)))
        cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "one"))
        await until(lambda: says_why(follower, "recording"))
        disk.full = False
        await until(lambda: recorded_texts(small, job) == ["one"])
    noted = list(small.recorder.history(small.recording_of(job)))
    assert any(isinstance(each, PodSeen) for each in noted)


async def test_a_spool_that_cannot_be_made_is_made_when_there_is_room(
    small, disk, cluster, job, pod_of
) -> None:
    async with followed(small) as follower:
        history = small.recorder.history
        await until(lambda: any(isinstance(e, JobSeen) for e in history(small.recording_of(job))))
        disk.full = True
        cluster.logs["pod-1", "agent-1", 0].lines.append(line(1, "one"))
        cluster.put(pod_of(agent_1=("running", 0)))
        await until(lambda: says_why(follower, "agent-1"))
        disk.full = False
        await until(lambda: recorded_texts(small, job) == ["one"])


async def test_what_the_cluster_lost_meanwhile_is_a_gap_with_its_time(
    small, disk, cluster, job, pod_of
) -> None:
    """The pod is over and gone before there was room: no line is lost silently."""
    log = cluster.logs["pod-1", "agent-1", 0]
    async with one_line_recorded(small, cluster, job, pod_of) as follower:
        disk.full = True
        log.lines.append(line(2, "two"))
        await until(lambda: says_why(follower, "agent-1"))
        cluster.put(pod_of("Failed", agent_1=("crashed", 0)))
        del cluster.logs["pod-1", "agent-1", 0]
        cluster.drop(Kind.POD, "races", "demo-abcde")
        gap = "lines of attempt 1 after 2026-11-22T10:00:01.000000000Z were gone before the disk"
        await until(lambda: any(gap in why for _, why in told(follower, "agent-1")))
        assert recorded_texts(small, job) == ["one"]
        disk.full = False
        await until(lambda: len(recorded_texts(small, job)) == 2)
        assert gap in recorded_texts(small, job)[1]


async def test_the_journal_says_from_when_to_when_it_has_a_gap(
    small, disk, cluster, job, pod_of
) -> None:
    recording = small.recording_of(job)
    async with followed(small) as follower:
        cluster.put(pod_of(agent_1=("waiting", 0)))
        await until(lambda: any(isinstance(e, PodSeen) for e in small.recorder.history(recording)))
        disk.full = True
        cluster.put(pod_of(agent_1=("running", 0)))
        cluster.put(pod_of(agent_1=("running", 1)))
        await until(lambda: told(follower, NAME))
        assert told(follower, NAME)[0][0] is StreamState.LOST
        disk.full = False
        await until(lambda: told(follower, NAME)[0][0] is StreamState.LIVE)
    noted = list(small.recorder.history(recording))
    pods = [each.pod for each in noted if isinstance(each, PodSeen)]
    assert [each.container("agent-1").restart_count for each in pods] == [0, 1]
    streams = [each for each in noted if isinstance(each, StreamChanged)]
    (gap,) = [each.told for each in streams if each.container == NAME]
    assert gap.startswith("from 20")
    assert gap.endswith("UTC only the newest states could be noted")


async def test_what_is_noted_is_not_noted_again_by_the_next_one_or_the_one_after(
    services, cluster, job, pod_of
) -> None:
    """A recorder is restarted at each update and each login: its journals stay as they are."""
    log = cluster.logs["pod-1", "agent-1", 0]
    log.lines.append(line(1, "one"))
    cluster.put(pod_of(agent_1=("running", 0)))
    recording = services.recording_of(job)
    lengths = []
    for _ in range(3):
        async with followed(services) as follower:
            await until(lambda f=follower: told(f, "agent-1") == [(StreamState.LIVE, "")])
            await asyncio.sleep(1)
        lengths.append(len(list(services.recorder.history(recording))))
    assert lengths[0] == lengths[1] == lengths[2] > 3


async def test_what_has_changed_between_two_restarts_is_noted_and_a_return_too(
    services, cluster, job, pod_of
) -> None:
    recording = services.recording_of(job)

    def restarts() -> list[int]:
        seen = [e for e in services.recorder.history(recording) if isinstance(e, PodSeen)]
        return [each.pod.container("agent-1").restart_count for each in seen]

    for count in (0, 1, 1, 0):
        cluster.put(pod_of(agent_1=("running", count)))
        async with followed(services):
            await until(lambda c=count: restarts() and restarts()[-1] == c)
    assert restarts() == [0, 1, 0]
    jobs = [e for e in services.recorder.history(recording) if isinstance(e, JobSeen)]
    assert len(jobs) == len({each.job for each in jobs})
