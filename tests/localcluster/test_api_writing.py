"""Writing to the embedded API: what is created gets its defaults, and what cannot be is refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import (
    CONFIGMAPS,
    JOBS,
    PODS,
    TOKEN,
    Bench,
    job_manifest,
    main,
    pod_spec,
    recorded,
    served,
)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


async def test_a_created_job_gets_the_defaults_of_the_recorded_one(bench: Bench):
    real = recorded("job-running")
    sent = json.loads(json.dumps(real))
    sent["metadata"] = {"name": "pairx"}
    for field in (
        "parallelism",
        "completions",
        "completionMode",
        "suspend",
        "podReplacementPolicy",
        "selector",
        "manualSelector",
    ):
        del sent["spec"][field]
    sent["spec"]["template"]["metadata"]["labels"] = {"app": "console"}
    for field in ("dnsPolicy", "securityContext", "schedulerName"):
        del pod_spec(sent)[field]
    for container in pod_spec(sent)["containers"] + pod_spec(sent)["initContainers"]:
        for field in ("resources", "terminationMessagePath", "terminationMessagePolicy"):
            del container[field]
    code, created = await bench.ask("POST", JOBS, sent)
    assert code == 201, created
    uid, real_uid = created["metadata"]["uid"], real["metadata"]["uid"]
    assert json.loads(json.dumps(created["spec"]).replace(uid, real_uid)) == real["spec"]
    assert {k: v.replace(uid, real_uid) for k, v in created["metadata"]["labels"].items()} == real[
        "metadata"
    ]["labels"]
    assert created["status"] == {}
    assert created["metadata"]["generation"] == 1


async def test_a_created_pod_waits_for_a_node_with_the_defaults_of_admission(bench: Bench):
    code, pod = await bench.ask(
        "POST",
        PODS,
        {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "x"}]}},
    )
    assert code == 201
    assert pod["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    spec, real = pod["spec"], recorded("pod-running")["spec"]
    for field in (
        "tolerations",
        "serviceAccountName",
        "serviceAccount",
        "priority",
        "preemptionPolicy",
        "enableServiceLinks",
        "schedulerName",
    ):
        assert spec[field] == real[field]
    assert spec["containers"][0]["imagePullPolicy"] == "Always"


async def test_a_name_can_be_generated(bench: Bench):
    _, created = await bench.ask("POST", CONFIGMAPS, {"metadata": {"generateName": "c-"}})
    assert created["metadata"]["name"].startswith("c-")
    assert len(created["metadata"]["name"]) == 7


async def test_a_name_that_is_taken_is_409(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    code, status = await bench.ask("POST", JOBS, job_manifest())
    assert (code, status["reason"]) == (409, "AlreadyExists")
    assert status["message"] == 'jobs.batch "run-1" already exists'


async def test_a_namespace_must_exist_and_gets_a_service_account(bench: Bench):
    path = "/api/v1/namespaces/team/configmaps"
    code, status = await bench.ask("POST", path, {"metadata": {"name": "c"}})
    assert (code, status["message"]) == (404, 'namespaces "team" not found')
    code, namespace = await bench.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "team"}})
    assert (code, namespace["status"]) == (201, {"phase": "Active"})
    assert (await bench.ask("POST", path, {"metadata": {"name": "c"}}))[0] == 201
    assert (await bench.ask("GET", "/api/v1/namespaces/team/serviceaccounts/default"))[0] == 200


async def test_a_dry_run_shows_the_object_and_stores_nothing(bench: Bench):
    version = bench.store.resource_version
    code, shown = await bench.ask("POST", f"{JOBS}?dryRun=All", job_manifest())
    assert (code, shown["spec"]["backoffLimit"]) == (201, 6)
    assert bench.store.resource_version == version
    assert (await bench.ask("POST", f"{JOBS}?dryRun=Some", job_manifest()))[0] == 422


async def test_unknown_fields_are_refused_warned_of_or_dropped(bench: Bench):
    job = job_manifest()
    main(job)["colour"] = "red"
    job["spec"]["bogus"] = 1
    code, status = await bench.ask("POST", f"{JOBS}?fieldValidation=Strict", job)
    told = 'unknown field "spec.template.spec.containers[0].colour", unknown field "spec.bogus"'
    assert code == 400
    assert (
        status["message"]
        == f'Job in version "v1" cannot be handled as a Job: strict decoding error: {told}'
    )
    async with bench.call("POST", f"{JOBS}?fieldValidation=Warn", job) as answer:
        assert answer.status == 201
        assert answer.headers.getall("Warning")[1] == '299 - "unknown field \\"spec.bogus\\""'
        assert "bogus" not in (await answer.json())["spec"]
    job["metadata"]["name"] = "other"
    async with bench.call("POST", f"{JOBS}?fieldValidation=Ignore", job) as answer:
        assert (answer.status, "Warning" in answer.headers) == (201, False)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"backoffLimit": "8"},
            "json: cannot unmarshal string into Go struct field spec.backoffLimit of type int32",
        ),
        (
            {"suspend": 1},
            "json: cannot unmarshal number into Go struct field spec.suspend of type bool",
        ),
        (
            {"backoffLimit": 2**31},
            "json: cannot unmarshal number 2147483648 into Go struct field spec.backoffLimit of type int32",
        ),
    ],
)
async def test_a_value_of_a_wrong_type_is_400(bench: Bench, spec: dict, told: str):
    code, status = await bench.ask("POST", JOBS, job_manifest(**spec))
    assert (code, status["message"]) == (
        400,
        f'Job in version "v1" cannot be handled as a Job: {told}',
    )


async def test_a_body_beyond_the_limit_is_413(bench: Bench):
    code, status = await bench.ask("POST", CONFIGMAPS, {"data": {"a": "x" * (3 * 1024 * 1024)}})
    assert (code, status["reason"]) == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    ("media", "body", "code"),
    [
        ("text/plain", b"x", 415),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/yaml", b"a: [", 400),
        ("application/yaml", b'a: "\\ud800"', 400),
        ("application/json", b'{"kind":"Pod","apiVersion":"v1"}', 400),
    ],
)
async def test_a_body_that_is_no_such_object_is_refused(
    bench: Bench, media: str, body: bytes, code: int
):
    assert (await bench.ask("POST", JOBS, body, media=media))[0] == code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{JOBS}/x"),
        ("DELETE", "/api/v1/namespaces/default"),
        ("PUT", JOBS),
        ("POST", "/apis/apps/v1/namespaces/default/deployments"),
    ],
)
async def test_what_cannot_be_done_is_405(bench: Bench, method: str, path: str):
    code, status = await bench.ask(method, path, {})
    assert (code, status["reason"]) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("way", ["exec?command=ls&", "attach?", "portforward?"])
async def test_a_way_into_a_pod_asks_for_an_upgrade(bench: Bench, way: str):
    bench.running_pod()
    bench.logs.sink("agent-1", 1)
    for method in ("GET", "POST"):
        code, status = await bench.ask(method, f"{PODS}/pairx-84qnl/{way}container=agent-1")
        assert (code, status["message"]) == (400, "Upgrade request required")


async def test_no_answer_shows_the_token(bench: Bench):
    for path in ("/api", "/apis", "/openapi/v3", PODS):
        async with bench.call("GET", path) as answer:
            assert TOKEN not in await answer.text()
