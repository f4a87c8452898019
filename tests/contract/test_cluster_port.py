"""What every ClusterPort does: the fake in memory and the real edge on a real API."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from fakes.cluster import FakeCluster
from fakes.embedded import embedded_cluster

from console.cluster import decoding
from console.cluster.edge import KubernetesCluster
from console.cluster.failures import Asked
from console.cluster.request import Request
from console.domain.events import (
    ClusterEventSeen,
    ConnectionChanged,
    JobSeen,
    JobVanished,
    PodSeen,
)
from console.domain.facts import ClusterEvent, PodFacts
from console.errors import Conflict, NotFound
from console.operations.ports.cluster import ClusterPort, Kind, LogRequest, Propagation
from console.specs.compose import compose
from console.specs.kept_for_pods import kept_config_map
from console.specs.template import load_template
from console.specs.values import load_profile


@contextlib.asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[ClusterPort]:
    if kind == "fake":
        yield FakeCluster()
        return
    async with embedded_cluster(folder / "cluster") as embedded:
        yield embedded.cluster


@pytest.fixture(params=["fake", "embedded"])
async def port(request, tmp_path: Path) -> AsyncIterator[ClusterPort]:
    async with opened(request.param, tmp_path) as cluster:
        yield cluster


def job(name: str = "demo", *, suspend: bool = True) -> dict:
    """A submission that is suspended, so that nothing starts by itself."""
    template, profile = load_template("2.0"), load_profile("embedded").values("2.0")
    values = profile.override({"submission.name": name}, origin="test", known=template.paths)
    composed = compose(template, values, namespace="default", files={"w.sh": ""})
    composed.manifest["spec"]["suspend"] = suspend
    return composed.manifest


async def test_created_objects_can_be_read_listed_patched_and_deleted(port: ClusterPort) -> None:
    created = await port.create(job())
    assert created.manifest["metadata"]["uid"]
    assert (await port.read(Kind.JOB, "default", "demo"))["metadata"]["name"] == "demo"
    facts = await port.job("default", "demo")
    assert (facts.leaderboard, facts.suspended, facts.plan.drives.total) == ("2.0", True, 20)
    assert [each.name for each in await port.jobs(None)] == ["demo"]
    assert await port.jobs("elsewhere") == ()
    patch = {
        "metadata": {"annotations": {"leaderboard.carla.org/cancelled-at": "2026-11-22T10:00:00Z"}},
        "spec": {"suspend": True},
    }
    assert (await port.patch_job("default", "demo", patch)).cancelled
    await port.delete(Kind.JOB, "default", "demo", propagation=Propagation.BACKGROUND)
    with pytest.raises(NotFound):
        await port.job("default", "demo")


async def test_a_delete_of_a_certain_job_leaves_a_later_one_of_its_name(port: ClusterPort) -> None:
    first = (await port.create(job())).manifest["metadata"]["uid"]
    await port.delete(Kind.JOB, "default", "demo", propagation=Propagation.BACKGROUND, uid=first)
    second = (await port.create(job())).manifest["metadata"]["uid"]
    with pytest.raises(Conflict):
        await port.delete(
            Kind.JOB, "default", "demo", propagation=Propagation.BACKGROUND, uid=first
        )
    assert (await port.job("default", "demo")).uid == second


async def test_a_patch_for_another_version_of_a_job_changes_nothing(port: ClusterPort) -> None:
    await port.create(job())
    seen = (await port.read(Kind.JOB, "default", "demo"))["metadata"]["resourceVersion"]
    label = {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}}
    await port.patch_job("default", "demo", label)
    late = {"metadata": {"resourceVersion": seen}, "spec": {"parallelism": 0}}
    with pytest.raises(Conflict):
        await port.patch_job("default", "demo", late)
    stored = await port.read(Kind.JOB, "default", "demo")
    assert stored["spec"].get("parallelism") != 0
    assert (stored["metadata"]["labels"]["a"], stored["metadata"]["annotations"]["c"]) == ("b", "d")
    now = {"resourceVersion": stored["metadata"]["resourceVersion"], "annotations": {"c": None}}
    await port.patch_job("default", "demo", {"metadata": now})
    stored = await port.read(Kind.JOB, "default", "demo")
    assert "c" not in stored["metadata"].get("annotations", {})


async def test_what_is_applied_is_so_whether_or_not_it_was_there(port: ClusterPort) -> None:
    owner = (await port.create(job())).manifest["metadata"]["uid"]
    for text in ("one drive", "two drives", "two drives"):
        kept = {"partial_2.json": text}
        await port.apply(kept_config_map("demo", "default", owner, 2, kept))
        stored = await port.read(Kind.CONFIG_MAP, "default", "demo-kept-2")
        assert stored["data"] == {"partial_2.json": text}
        assert [each["uid"] for each in stored["metadata"]["ownerReferences"]] == [owner]


async def test_an_api_that_an_extension_would_add_is_asked_for(port: ClusterPort) -> None:
    assert await port.serves("batch")
    assert not await port.serves("kueue.x-k8s.io")


async def test_a_dry_run_answers_and_keeps_nothing(port: ClusterPort) -> None:
    assert (await port.create(job(), dry_run=True)).manifest["metadata"]["name"] == "demo"
    assert await port.jobs("default") == ()


async def test_a_name_is_taken_once(port: ClusterPort) -> None:
    await port.create(job())
    with pytest.raises(Conflict):
        await port.create(job())


@pytest.mark.parametrize("kind", list(Kind))
async def test_what_is_not_there_is_not_found(port: ClusterPort, kind: Kind) -> None:
    with pytest.raises(NotFound):
        await port.read(kind, "default", "nothing")
    with pytest.raises(NotFound):
        await port.delete(kind, "default", "nothing", propagation=Propagation.BACKGROUND)


async def test_of_a_secret_one_value_is_read_as_it_was_stored(port: ClusterPort) -> None:
    await keep_secret(port)
    assert await port.secret("default", "evalai", "auth_token") == b"a-token\n"
    for name, key in (("evalai", "another"), ("nothing", "auth_token")):
        with pytest.raises(NotFound) as raised:
            await port.secret("default", name, key)
        assert "a-token" not in str(raised.value)


async def keep_secret(port: ClusterPort) -> None:
    """The console itself makes none."""
    if isinstance(port, FakeCluster):
        port.secrets["default", "evalai"] = {"auth_token": b"a-token\n"}
        return
    assert isinstance(port, KubernetesCluster)
    body = {
        "kind": "Secret",
        "metadata": {"name": "evalai"},
        "data": {"auth_token": "YS10b2tlbgo="},
    }
    path = "/api/v1/namespaces/default/secrets"
    await port._transport.send(Request("POST", path, Asked("create", "secrets"), None, body))


async def test_a_log_of_no_pod_is_not_found(port: ClusterPort) -> None:
    with pytest.raises(NotFound):
        await anext(aiter(port.log(LogRequest("default", "nothing", "agent-1"))))


async def test_the_watch_of_all_tells_what_is_what_comes_and_what_goes(port: ClusterPort) -> None:
    await port.create(job("first"))
    told: list[tuple[str, type]] = []
    async with asyncio.timeout(10), contextlib.aclosing(port.watch_submissions("default")) as watch:
        async for _, name, event in watch:
            told.append((name, type(event)))
            if told[-1] == ("", ConnectionChanged):
                assert event.live
                await port.create(job("second"))
            elif told[-1] == ("second", JobSeen) and ("second", JobVanished) not in told:
                with contextlib.suppress(NotFound):
                    await port.delete(
                        Kind.JOB, "default", "second", propagation=Propagation.BACKGROUND
                    )
            elif told[-1] == ("second", JobVanished):
                break
    assert told[0] == ("first", JobSeen)


async def test_the_watch_of_one_that_is_not_there_says_so(port: ClusterPort) -> None:
    async with (
        asyncio.timeout(10),
        contextlib.aclosing(port.watch_submission("default", "no")) as watch,
    ):
        first = await anext(watch)
    assert isinstance(first, JobVanished)


Say = Callable[[str, float], Awaitable[None]]
FAKE_POD = {
    "kind": "Pod",
    "metadata": {
        "name": "demo-abcde", "namespace": "races", "uid": "pod-1",
        "labels": {"job-name": "demo"}, "creationTimestamp": "2026-11-22T10:00:00Z",
    },
    "spec": {"containers": [], "nodeName": "gpu-1"},
    "status": {"phase": "Running"},
}  # fmt: skip


def said(reason: str, seconds: float, pod: PodFacts) -> dict:
    """As a controller writes it of the node of that pod."""
    placed = pod.placed_at or pod.created_at
    assert placed is not None
    at = f"{placed + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{pod.node}.{reason.lower()}", "namespace": "default"},
        "involvedObject": {"kind": "Node", "name": pod.node, "uid": pod.node},
        "type": "Warning",
        "reason": reason,
        "message": "",
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    }


@contextlib.asynccontextmanager
async def on_a_node(kind: str, folder: Path) -> AsyncIterator[tuple[ClusterPort, PodFacts, Say]]:
    """A submission `demo` of the namespace `races` with its pod, and who lets its node say things.

    What it says, it says so many seconds after the pod was placed.
    """
    made = job(suspend=False)
    made["metadata"]["namespace"] = "races"
    if kind == "fake":
        fake = FakeCluster()
        await fake.create(made)
        fake.put(FAKE_POD)
        (pod,) = await fake.pods("races", "demo")

        async def note(reason: str, seconds: float) -> None:
            fake.cluster_events.append(
                decoding.EVENTS.one(msgspec.json.encode(said(reason, seconds, pod)))[0]
            )

        yield fake, pod, note
        return
    async with embedded_cluster(folder / "cluster") as embedded:
        await embedded.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "races"}})
        await embedded.cluster.create(made)
        watch = embedded.cluster.watch_submission("races", "demo")
        async with asyncio.timeout(30), contextlib.aclosing(watch):
            seen = (e.pod async for e in watch if isinstance(e, PodSeen) and e.pod.node)
            pod = await anext(seen)

        async def post(reason: str, seconds: float) -> None:
            event = said(reason, seconds, pod)
            await embedded.ask("POST", "/api/v1/namespaces/default/events", event)

        yield embedded.cluster, pod, post


@pytest.mark.parametrize("kind", ["fake", "embedded"])
@pytest.mark.parametrize("one", [True, False], ids=["one", "all"])
async def test_what_befalls_its_node_is_told_to_a_submission(
    kind: str, one: bool, tmp_path: Path
) -> None:
    """By a watch and by a look alike: since the pod is there, and nothing of what was before."""
    async with on_a_node(kind, tmp_path) as (port, pod, say):
        await say("Rebooted", -30)
        await say("SystemOOM", 5)
        looked = await port.node_events([pod])
        watch = port.watch_submission("races", "demo") if one else port.watch_submissions("races")
        told: list[ClusterEvent] = []
        async with asyncio.timeout(20), contextlib.aclosing(watch):
            async for each in watch:
                event = each if one else each[2]
                if isinstance(event, ClusterEventSeen) and event.event.about == f"Node/{pod.node}":
                    told.append(event.event)
                    break
        assert [each.reason for each in looked] == ["SystemOOM"]
        assert told == list(looked)


async def test_a_pod_without_a_node_has_no_events_of_one(port: ClusterPort) -> None:
    pending = PodFacts("demo-abcde", "default", "pod-1", "demo", "Pending")
    assert await port.node_events([pending]) == await port.node_events([]) == ()


async def test_what_may_be_done_and_which_version_is_known(port: ClusterPort) -> None:
    assert await port.allowed("get", "pods/log", "default")
    assert (await port.version()).startswith("v")
    assert port.description.namespace == "default"


async def test_the_real_edge_tells_of_the_pod_and_reads_its_logs(tmp_path: Path) -> None:
    """The pod's containers come in the manifest's order, the init container's log is whole."""
    async with opened("embedded", tmp_path) as cluster:
        await cluster.create(job(suspend=False))
        async with (
            asyncio.timeout(10),
            contextlib.aclosing(cluster.watch_submission("default", "demo")) as watch,
        ):
            async for event in watch:
                if isinstance(event, PodSeen) and event.pod.containers:
                    break
        assert event.pod.containers[0].name == "private-contents"
        assert event.pod.job == "demo"
        assert [each.uid for each in await cluster.pods("default", "demo")] == [event.pod.uid]
        assert {"SuccessfulCreate"} <= {
            each.reason for each in await cluster.events("default", "demo")
        }
