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
        ("POST", f"{PODS}/none/eviction", eviction(metadata={"name": "none"}), 404),
        ("POST", PATH, EVICTION, 400),
        ("POST", PATH, eviction(metadata={"namespace": "default"}), 400),
        ("POST", PATH, eviction(metadata=POD), 400),
        ("POST", PATH, eviction(metadata={"name": POD, "namespace": "kube-system"}), 400),
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


async def test_an_eviction_without_a_name_is_refused_like_one_of_another_pod(bench: Bench):
    """The pod's name stands in the URL too, but a real server takes it from the object."""
    for body in (EVICTION, eviction(metadata={"name": "another"})):
        code, refused = await bench.ask("POST", PATH, body)
        assert (code, refused["reason"]) == (400, "BadRequest")
        assert refused["message"] == "name in URL does not match name in Eviction object"


async def test_an_eviction_of_a_version_that_is_no_policy_names_the_right_one(bench: Bench):
    _, refused = await bench.ask("POST", PATH, {"apiVersion": "v1", "kind": "Pod"})
    assert refused["message"] == (
        "the API version in the data (v1) does not match the expected API version (policy/v1)"
    )


async def test_an_eviction_in_protobuf_is_the_one_in_json(bench: Bench):
    """k8s, then {TypeMeta, raw}; raw is {metadata {name, namespace}, deleteOptions {grace 5}}."""

    def field(number: int, value: bytes) -> bytes:
        return bytes([number << 3 | 2, len(value)]) + value

    meta = field(1, POD.encode()) + field(3, b"default")
    raw = field(1, meta) + field(2, bytes([1 << 3, 5]))
    kind = field(1, b"policy/v1") + field(2, b"Eviction")
    body = b"k8s\0" + field(1, kind) + field(2, raw)
    media = "application/vnd.kubernetes.protobuf"
    code, _ = await bench.ask("POST", PATH, body, media=media)
    assert code == 201
    pod = bench.store.get("pods", "default", POD)
    assert pod["metadata"]["deletionGracePeriodSeconds"] == 5


async def test_an_eviction_bound_to_a_version_of_the_pod_is_carried_out(bench: Bench):
    version = bench.store.get("pods", "default", POD)["metadata"]["resourceVersion"]
    bound = eviction(deleteOptions={"preconditions": {"resourceVersion": version}})
    assert (await bench.ask("POST", PATH, bound))[0] == 201
    assert (await bench.ask("POST", PATH, bound))[0] == 409


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
