"""events.k8s.io/v1: the events of the core group in their newer words, to read and to watch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import KUBECTLS, Bench, Kubectl, recorded, served
from fakes.sweeps import sweep

from console.localcluster.api.certificate import TlsIdentity, make_identity

NEWER = "/apis/events.k8s.io/v1/namespaces/default/events"
NAMED = {"name": "counted", "namespace": "default"}


@pytest.fixture(scope="module")
def identity() -> TlsIdentity:
    return make_identity()


@pytest.fixture
async def bench(tmp_path: Path, identity: TlsIdentity) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        for event in recorded("events"):
            bench.store.create("events", event)
        yield bench


async def test_it_is_the_same_event_under_newer_names(bench: Bench) -> None:
    core = bench.store.create("events", recorded("events")[0] | {"metadata": NAMED, "count": 3})
    _, found = await bench.ask("GET", f"{NEWER}/{core['metadata']['name']}")
    assert (found["apiVersion"], found["kind"]) == ("events.k8s.io/v1", "Event")
    assert found["regarding"] == core["involvedObject"]
    assert found["note"] == core["message"]
    assert found["reason"] == core["reason"]
    assert found["deprecatedSource"] == core["source"]
    assert found["deprecatedCount"] == 3
    assert not {"involvedObject", "message", "source", "count"} & found.keys()


async def test_a_list_is_chosen_from_by_the_newer_names(bench: Bench) -> None:
    about = recorded("events")[0]["involvedObject"]
    query = f"fieldSelector=regarding.uid={about['uid']},regarding.kind={about['kind']}"
    _, listed = await bench.ask("GET", f"{NEWER}?{query}")
    assert listed["kind"] == "EventList"
    assert {each["regarding"]["uid"] for each in listed["items"]} == {about["uid"]}
    code, refused = await bench.ask("GET", f"{NEWER}?fieldSelector=involvedObject.name=x")
    assert (code, refused["message"]) == (400, "field label not supported: involvedObject.name")


async def test_a_watch_tells_what_is_written_into_the_core_group(bench: Bench) -> None:
    async with bench.watch(
        f"{NEWER}?watch=true&resourceVersion=0&allowWatchBookmarks=true"
    ) as told:
        event = recorded("events")[0]
        event["metadata"]["name"] = "fresh"
        bench.store.create("events", event)
        seen = await told()
        assert seen is not None
        assert (seen["type"], seen["object"]["note"]) == ("ADDED", event["message"])


async def test_it_is_read_there_and_written_in_the_core_group_alone(bench: Bench) -> None:
    code, _ = await bench.ask("POST", NEWER, {"metadata": {"name": "x"}})
    assert code == 405


@pytest.mark.kubectl
@pytest.mark.parametrize("program", sweep(KUBECTLS, KUBECTLS[-1]))
async def test_kubectl_finds_prints_and_explains_it(
    tmp_path: Path, identity: TlsIdentity, program: str
) -> None:
    if not program:
        pytest.skip("there is no kubectl on the PATH")
    async with served(tmp_path / "logs", identity) as bench:
        event = bench.store.create("events", recorded("events")[0])
        kubectl = Kubectl(program, tmp_path / "kubectl", bench.url, identity)
        rows = (await kubectl.out("get", "events.events.k8s.io")).splitlines()
        assert rows[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
        assert event["message"] in rows[1]
        named = ("get", "events.v1.events.k8s.io", event["metadata"]["name"])
        assert await kubectl.out(*named, "-o", "jsonpath={.note}") == event["message"]
        assert event["reason"] in await kubectl.out("events")
        explained = await kubectl.out(
            "explain", "events.regarding", "--api-version=events.k8s.io/v1"
        )
        assert "VERSION:    v1" in explained
        assert "FIELD: regarding <ObjectReference>" in explained
