"""The Eviction API of the embedded cluster, as node drains and autoscalers use it."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import PODS, Bench, Kubectl, recorded, served

from console.localcluster.api.certificate import make_identity

EVICTION = {"apiVersion": "policy/v1", "kind": "Eviction"}
POD = "pairx-84qnl"
PATH = f"{PODS}/{POD}/eviction"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        with_a_running_pod(bench)
        yield bench


def with_a_running_pod(bench: Bench) -> None:
    pod = recorded("pod-running")
    pod["metadata"] |= {"namespace": "default", "name": POD}
    bench.store.create("pods", pod)
    bench.store.mutate("pods", "default", POD, lambda each: each.update(status=pod["status"]))


def eviction(**more: object) -> dict:
    return EVICTION | {"metadata": {"name": POD, "namespace": "default"}} | more


async def test_an_evicted_pod_is_deleted_with_its_grace_and_says_why(bench: Bench):
    code, answer = await bench.ask("POST", PATH, eviction())
    assert (code, answer["kind"], answer["status"]) == (201, "Status", "Success")
    pod = bench.store.get("pods", "default", POD)
    assert pod["metadata"]["deletionTimestamp"]
    (found,) = [c for c in pod["status"]["conditions"] if c["type"] == "DisruptionTarget"]
    assert (found["status"], found["reason"]) == ("True", "EvictionByEvictionAPI")
    assert found["message"] == "Eviction API: evicting"


async def test_an_eviction_can_be_rehearsed_and_bound_to_a_uid(bench: Bench):
    before = bench.store.get("pods", "default", POD)
    assert (await bench.ask("POST", f"{PATH}?dryRun=All", eviction()))[0] == 201
    code, refused = await bench.ask(
        "POST", PATH, eviction(deleteOptions={"preconditions": {"uid": "another"}})
    )
    assert (code, refused["reason"]) == (409, "Conflict")
    assert bench.store.get("pods", "default", POD) == before


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", f"{PODS}/none/eviction", EVICTION, 404),
        ("POST", PATH, eviction(metadata={"name": "another"}), 400),
        ("POST", PATH, {"apiVersion": "v1", "kind": "Pod"}, 400),
        ("POST", PATH, eviction(deleteOptions="now"), 400),
        ("GET", PATH, None, 405),
        ("DELETE", PATH, None, 405),
    ],
)
async def test_what_is_no_eviction_of_a_pod_changes_nothing(
    bench: Bench, method: str, path: str, body: object, code: int
):
    before = bench.store.get("pods", "default", POD)
    assert (await bench.ask(method, path, body))[0] == code
    assert bench.store.get("pods", "default", POD) == before


async def test_discovery_names_the_group_of_evictions(bench: Bench):
    _, listed = await bench.ask("GET", "/api/v1")
    (found,) = [each for each in listed["resources"] if each["name"] == "pods/eviction"]
    assert (found["group"], found["version"], found["kind"]) == ("policy", "v1", "Eviction")
    assert found["verbs"] == ["create"]


@pytest.mark.kubectl
async def test_kubectl_evicts_a_pod(tmp_path: Path):
    program = shutil.which("kubectl")
    if program is None:
        pytest.skip("there is no kubectl on the PATH")
    identity = make_identity()
    async with served(tmp_path / "logs", identity) as bench:
        with_a_running_pod(bench)
        kubectl = Kubectl(program, tmp_path / "kubectl", bench.url, identity)
        file = tmp_path / "eviction.json"
        file.write_text(json.dumps(eviction()))
        told = await kubectl.out("create", "--raw", PATH, "-f", str(file))
        assert json.loads(told)["status"] == "Success"
        assert bench.store.get("pods", "default", POD)["metadata"]["deletionTimestamp"]
