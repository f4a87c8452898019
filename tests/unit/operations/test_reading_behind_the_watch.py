"""A log that is opened while the pod watch still tells of the run before."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from fakes.following import followed, line, recorded_texts, until

from console.cluster import pod_reading
from console.errors import ConsoleError
from console.operations.ports.cluster import (
    Kind,
    LinesMissing,
    LogBlock,
    LogLines,
    LogOpened,
    LogRequest,
)
from console.operations.recording.reader import run_handed_out
from console.operations.submitting.launch import launch
from console.specs.validation import Judged


def silently(cluster: Any, pod: dict[str, Any]) -> None:
    """The cluster has this pod, and no watch has told it yet."""
    meta = pod["metadata"]
    cluster.objects[Kind.POD, meta["namespace"], meta["name"]] = copy.deepcopy(pod)


async def test_a_restart_that_the_watch_has_not_told_keeps_its_lines_apart(
    services, cluster, composed, pod_of
) -> None:
    """As after an outage: the cluster hands out the new run's log under the same name."""
    job = (await launch(services, Judged(composed).valid)).job
    first, second = cluster.logs["pod-1", "agent-1", 0], cluster.logs["pod-1", "agent-1", 1]
    async with followed(services):
        cluster.put(pod_of(agent_1=("running", 0)))
        first.lines.append(line(1, "one"))
        await until(lambda: recorded_texts(services, job) == ["one"])
        silently(cluster, pod_of(agent_1=("running", 1)))
        first.lines.append(line(2, "last words"))
        second.lines.append(line(3, "again"))
        first.ended = True
        await until(lambda: len(recorded_texts(services, job)) == 4)
    assert recorded_texts(services, job) == [
        "one",
        "last words",
        "the container started again (attempt 2)",
        "again",
    ]


async def test_a_run_whose_log_was_replaced_before_it_was_read_is_a_gap(
    services, cluster, composed, pod_of
) -> None:
    """Two restarts behind the watch: the last lines of attempt 1 are gone, and that is said."""
    job = (await launch(services, Judged(composed).valid)).job
    first, third = cluster.logs["pod-1", "agent-1", 0], cluster.logs["pod-1", "agent-1", 2]
    cluster.logs["pod-1", "agent-1", 1].lines.append(line(3, "between"))
    async with followed(services):
        cluster.put(pod_of(agent_1=("running", 0)))
        first.lines.append(line(1, "one"))
        await until(lambda: recorded_texts(services, job) == ["one"])
        silently(cluster, pod_of(agent_1=("running", 2)))
        third.lines.append(line(4, "third"))
        first.ended = True
        await until(lambda: "third" in recorded_texts(services, job))
    assert recorded_texts(services, job)[:2] == [
        "one",
        "the end of attempt 1 was gone before it was read",
    ]
    assert recorded_texts(services, job)[3::2] == ["between", "third"]


def test_a_waiting_container_hands_out_the_run_that_ended(pod_of: Any) -> None:
    """In its back-off a container's previous log is the same as its present one."""
    pod = pod_of(agent_1=("waiting", 2))
    status = pod["status"]["containerStatuses"][0]
    status["lastState"] = {"terminated": {"exitCode": 1, "reason": "Error"}}
    waiting = pod_reading.Pods().one(as_json(pod)).container("agent-1")
    running = pod_reading.Pods().one(as_json(pod_of(agent_1=("running", 2)))).container("agent-1")
    assert [run_handed_out(waiting, previous=each) for each in (True, False)] == [2, 2]
    assert [run_handed_out(running, previous=each) for each in (True, False)] == [1, 2]


def as_json(pod: dict[str, Any]) -> bytes:
    return msgspec.json.encode(pod)


async def test_the_end_of_a_log_is_asked_for_again_when_the_cluster_fails(
    services, cluster, composed, pod_of, monkeypatch
) -> None:
    """The API may fall away just when a submission ends: its last lines are read when it is back."""
    job = (await launch(services, Judged(composed).valid)).job
    log, failures = cluster.logs["pod-1", "agent-1", 0], [ConsoleError("away")] * 2
    whole = cluster.log

    async def failing(request: LogRequest) -> AsyncIterator[LogBlock]:
        if not request.follow and failures:
            raise failures.pop()
        async for block in whole(request):
            yield block

    monkeypatch.setattr(cluster, "log", failing)
    async with followed(services):
        cluster.put(pod_of(agent_1=("running", 0)))
        log.lines.append(line(1, "one"))
        await until(lambda: recorded_texts(services, job) == ["one"])
        log.ended = True
        await asyncio.sleep(0.05)
        log.lines.append(line(2, "last words"))
        cluster.put(pod_of("Succeeded", agent_1=("ended", 0)))
        await until(lambda: len(recorded_texts(services, job)) == 2)
    assert recorded_texts(services, job) == ["one", "last words"]
    assert not failures


async def test_a_restart_that_not_even_the_api_knows_yet_keeps_its_lines_apart(
    services, cluster, composed, pod_of, monkeypatch
) -> None:
    """After an outage a node hands out the new run's log before it tells the API of the restart.
    The line to go on after is not in it: the console waits for the node's word, then decides."""
    job = (await launch(services, Judged(composed).valid)).job
    first, second = cluster.logs["pod-1", "agent-1", 0], cluster.logs["pod-1", "agent-1", 1]
    whole, handed_out = cluster.log, []

    async def ahead(request: LogRequest) -> AsyncIterator[LogBlock]:
        if first.ended and not request.previous and not handed_out:
            handed_out.append(request)
            yield LogOpened()
            yield LinesMissing()
            yield LogLines(line(3, "again"))
        async for block in whole(request):
            yield block

    monkeypatch.setattr(cluster, "log", ahead)
    async with followed(services):
        cluster.put(pod_of(agent_1=("running", 0)))
        first.lines.append(line(1, "one"))
        await until(lambda: recorded_texts(services, job) == ["one"])
        first.lines.append(line(2, "last words"))
        second.lines.append(line(3, "again"))
        first.ended = True
        await until(lambda: handed_out)
        silently(cluster, pod_of(agent_1=("running", 1)))
        await until(lambda: len(recorded_texts(services, job)) == 4)
    assert recorded_texts(services, job) == [
        "one",
        "last words",
        "the container started again (attempt 2)",
        "again",
    ]


async def test_the_logs_of_a_pod_that_is_over_are_read_with_no_question_for_the_pod(
    services, cluster, composed, pod_of, monkeypatch
) -> None:
    """Of a hundred submissions that ended before a recorder began that would be thousands."""
    job = (await launch(services, Judged(composed).valid)).job
    asked, whole = [], cluster.pods

    async def counted(namespace: str | None, of: str | None) -> Any:
        asked.append(of)
        return await whole(namespace, of)

    monkeypatch.setattr(cluster, "pods", counted)
    for run, text in enumerate(("one", "two")):
        log = cluster.logs["pod-1", "agent-1", run]
        log.lines.append(line(run, text))
        log.ended = True
    async with followed(services):
        cluster.put(pod_of("Succeeded", agent_1=("ended", 1)))
        await until(lambda: "two" in recorded_texts(services, job))
    assert [each for each in recorded_texts(services, job) if len(each) == 3] == ["one", "two"]
    assert asked == ["demo"], "the watch's own list"
