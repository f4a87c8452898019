"""However many submissions there are, each fact comes once: counted at a real HTTP API."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.following import running, until
from fakes.small_api import OF_NODES, SmallApi, small_api
from fakes.wild_server import kubeconfig

from console.cluster import submissions
from console.cluster.connecting import connect
from console.operations.ports.cluster import JsonObject
from console.operations.services import Services
from console.operations.watching.fleet import Fleet
from console.operations.watching.follower import Follower
from console.recorder.recorder import Recorder
from console.specs.compose import Composed

ONE_OF_EACH = {"jobs": 1, "pods": 1, "events": 1, OF_NODES: 1}
OF_ALL = {**ONE_OF_EACH, "jobs": 2}
"""A list has one more, for the Jobs that upstream makes: these have no label of ours."""


def job_and_pod(composed: Composed, pod: JsonObject, name: str) -> tuple[JsonObject, JsonObject]:
    meta = {"name": name, "uid": f"job-{name}", "resourceVersion": "1"}
    job = {**composed.manifest, "metadata": {**composed.manifest["metadata"], **meta}}
    its = copy.deepcopy(pod)
    its["metadata"] |= {
        "name": f"{name}-abcde",
        "uid": f"pod-of-{name}",
        "labels": {"job-name": name},
    }
    return job, its


def event(of: str, kind: str, name: str, uid: str = "", at: str = "10:00:00") -> JsonObject:
    about = {"kind": kind, "name": name, "namespace": "races", "uid": uid}
    return {
        "metadata": {"uid": f"event-{of}", "name": of, "namespace": "races"},
        "involvedObject": about,
        "type": "Normal",
        "reason": of,
        "message": of,
        "lastTimestamp": f"2026-11-22T{at}Z",
    }


@contextlib.asynccontextmanager
async def api_with(
    count: int, composed: Composed, pod: JsonObject, folder: Path
) -> AsyncIterator[tuple[SmallApi, Services]]:
    """Submissions demo, demo-1, demo-2, ..., each with a pod in which logcopy runs."""
    names = ["demo", *(f"demo-{number}" for number in range(1, count))]
    first, *more = [job_and_pod(composed, pod, name) for name in names]
    async with small_api(*first) as api:
        api.more = more
        cluster = await connect(kubeconfig(folder, api.url))
        try:
            yield api, Services(cluster, Recorder(folder / "recordings"), lambda: datetime.now(UTC))
        finally:
            await cluster.close()


@pytest.mark.parametrize("count", [1, 64])
async def test_all_submissions_are_followed_from_one_watch_of_each_kind(
    composed, pod_of, tmp_path: Path, count: int
) -> None:
    pod = pod_of(logcopy=("running", 0))
    async with api_with(count, composed, pod, tmp_path) as (api, services):
        fleet = Fleet(services, "races", most=64)
        async with running(fleet):
            await until(lambda: len(fleet.snapshot.rows) == count and fleet.snapshot.live)
            await until(lambda: api.asked["log"] >= count)
            await until(lambda: api.watching == OF_ALL)
            assert api.asked["watch"] == 5
            opened = fleet.follower("races", "demo")
            await until(lambda: opened.board.live)
            assert api.watching == OF_ALL


async def test_a_command_that_follows_one_opens_one_watch_of_each_kind(
    composed, pod_of, tmp_path: Path
) -> None:
    pod = pod_of(logcopy=("running", 0))
    async with api_with(1, composed, pod, tmp_path) as (api, services):
        follower = Follower(services, "races", "demo")
        async with running(follower):
            await until(lambda: follower.board.live and follower.board.pod)
            await until(lambda: api.watching == ONE_OF_EACH)
            assert api.asked["watch"] == 4


async def test_each_event_is_told_to_the_submission_that_it_is_about(
    composed, pod_of, tmp_path: Path
) -> None:
    """By the Job's uid, or by the form of its pods' names; an earlier namesake's is nobody's."""
    pod = pod_of(logcopy=("running", 0))
    async with api_with(2, composed, pod, tmp_path) as (api, services):
        api.events = [
            event("Stranger", "Pod", "another-abcde"),
            event("Earlier", "Job", "demo", "job-of-before"),
            event("OfJob", "Job", "demo", "job-demo"),
            event("OfPod", "Pod", "demo-abcde"),
            event("OfOther", "Pod", "demo-1-abcde"),
        ]
        fleet = Fleet(services, "races")
        async with running(fleet):
            demo, other = fleet.follower("races", "demo"), fleet.follower("races", "demo-1")
            await until(lambda: len(demo.board.events) == 2 and other.board.events)
    assert [each.reason for each in demo.board.events] == ["OfJob", "OfPod"]
    assert [each.reason for each in other.board.events] == ["OfOther"]


async def test_who_may_not_read_events_gets_everything_else_and_is_told(
    composed, pod_of, tmp_path: Path
) -> None:
    pod = pod_of(logcopy=("running", 0))
    async with api_with(2, composed, pod, tmp_path) as (api, services):
        api.refuse = {"list events": 403}
        fleet = Fleet(services, "races")
        async with running(fleet):
            boards = [fleet.follower("races", name) for name in ("demo", "demo-1")]
            await until(lambda: all(each.board.events for each in boards))
            assert all(each.board.live and each.board.pod for each in boards)
            await until(lambda: fleet.snapshot.live)
    for each in boards:
        assert [told.reason for told in each.board.events] == ["EventsForbidden"]


async def test_an_event_of_a_node_is_told_to_each_submission_that_is_on_it(
    composed, pod_of, tmp_path: Path
) -> None:
    pod = pod_of(logcopy=("running", 0))
    pod["spec"]["nodeName"] = "gpu-1"
    async with api_with(3, composed, pod, tmp_path) as (api, services):
        api.more[1][1]["spec"]["nodeName"] = "gpu-2"
        api.events = [
            event("SystemOOM", "Node", "gpu-1", at="10:00:05"),
            event("Rebooted", "Node", "gpu-3", at="10:00:05"),
            event("NodeNotReady", "Node", "gpu-2", at="10:00:05"),
            event("NodeHasSufficientMemory", "Node", "gpu-1", at="10:00:05"),
        ]
        fleet = Fleet(services, "races")
        async with running(fleet):
            boards = [fleet.follower("races", f"demo{end}") for end in ("", "-1", "-2")]
            await until(lambda: all(each.board.events for each in boards))
    told = [[(e.about, e.reason) for e in each.board.events] for each in boards]
    both = ("Node/gpu-1", "SystemOOM")
    assert told == [[both], [both], [("Node/gpu-2", "NodeNotReady")]]


async def test_who_may_not_read_events_of_nodes_is_live_and_asks_once(
    composed, pod_of, tmp_path: Path
) -> None:
    pod = pod_of(logcopy=("running", 0))
    async with api_with(2, composed, pod, tmp_path) as (api, services):
        api.refuse = {f"list {OF_NODES}": 403}
        fleet = Fleet(services, "races")
        async with running(fleet):
            demo = fleet.follower("races", "demo")
            await until(lambda: demo.board.live and api.asked[f"list {OF_NODES}"])
            # It waits for no later try, as every other watch would.
            await until(lambda: "watch nodes" not in {t.get_name() for t in asyncio.all_tasks()})
            await until(lambda: fleet.snapshot.live)
            assert demo.board.live
            assert demo.board.events == ()
            assert api.asked[f"list {OF_NODES}"] == 1


async def test_events_of_nodes_are_not_asked_for_where_no_pod_is_on_one(
    composed, pod_of, tmp_path: Path
) -> None:
    over = pod_of("Succeeded", logcopy=("ended", 0))
    async with api_with(1, composed, over, tmp_path) as (api, services):
        fleet = Fleet(services, "races")
        async with running(fleet):
            await until(lambda: api.watching["events"] and fleet.snapshot.live)
    assert not api.asked[f"list {OF_NODES}"]


async def test_events_of_nodes_that_were_refused_are_asked_for_after_an_outage(
    composed, pod_of, tmp_path: Path
) -> None:
    """A login that was too old is renewed meanwhile; a right may have been granted."""
    pod = pod_of(logcopy=("running", 0))
    async with api_with(1, composed, pod, tmp_path) as (api, services):
        api.refuse = {f"list {OF_NODES}": 403}
        fleet = Fleet(services, "races")
        async with running(fleet):
            await until(lambda: api.asked[f"list {OF_NODES}"] and fleet.snapshot.live)
            api.refuse = {"watch": 403}
            api.cut()
            await until(lambda: not fleet.snapshot.live)
            api.refuse = {}
            await until(lambda: api.watching == OF_ALL)


async def test_nodes_are_listened_to_no_longer_than_a_moment_after_the_last_pod(
    composed, pod_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "AFTERWARDS", timedelta())
    async with api_with(1, composed, pod_of(logcopy=("running", 0)), tmp_path) as (api, services):
        fleet = Fleet(services, "races")
        async with running(fleet):
            await until(lambda: api.watching == OF_ALL)
            api.pod["status"]["phase"] = "Succeeded"
            api.pod["metadata"]["resourceVersion"] = "2"
            api.refuse = {"watch line": 410}
            api.cut()
            await until(lambda: not fleet.follower("races", "demo").board.pod_lives)
            api.refuse = {}
            await until(lambda: +api.watching == Counter(OF_ALL) - Counter([OF_NODES]))
