"""Changing what the embedded API keeps: patches, replacing, server-side apply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import CONFIGMAPS, JOBS, PODS, Bench, job_manifest, served

STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


async def test_merge_json_and_strategic_patches_change_a_job(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    one = f"{JOBS}/run-1"
    _, job = await bench.ask(
        "PATCH", one, {"metadata": {"labels": {"a": "b", "app": None}}}, media=MERGE
    )
    assert job["metadata"]["labels"]["a"] == "b"
    assert "app" not in job["metadata"]["labels"]
    _, job = await bench.ask(
        "PATCH",
        one,
        [
            {"op": "test", "path": "/spec/suspend", "value": False},
            {"op": "replace", "path": "/spec/suspend", "value": True},
        ],
        media=JSON_PATCH,
    )
    assert (job["spec"]["suspend"], job["metadata"]["generation"]) == (True, 2)
    _, job = await bench.ask("PATCH", one, {"spec": {"suspend": False}}, media=STRATEGIC)
    assert job["spec"]["suspend"] is False


async def test_a_strategic_patch_merges_lists_by_their_keys(bench: Bench):
    status = {
        "conditions": [
            {"type": "Suspended", "status": "True"},
            {"type": "Failed", "status": "True"},
        ]
    }
    bench.running_pod()
    bench.store.mutate("pods", "default", "pairx-84qnl", lambda o: o["status"].update(status))
    change = {
        "status": {
            "conditions": [
                {"type": "Suspended", "status": "False"},
                {"type": "Failed", "$patch": "delete"},
                {"type": "New", "status": "True"},
            ]
        }
    }
    _, pod = await bench.ask("PATCH", f"{PODS}/pairx-84qnl/status", change, media=STRATEGIC)
    assert pod["status"]["conditions"] == [
        {"type": "Suspended", "status": "False"},
        {"type": "New", "status": "True"},
    ]


async def test_status_is_written_through_its_own_path_only(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    _, job = await bench.ask("PATCH", f"{JOBS}/run-1", {"status": {"active": 1}}, media=MERGE)
    assert job["status"] == {}
    change = {"status": {"active": 1}, "spec": {"suspend": True}}
    _, job = await bench.ask("PATCH", f"{JOBS}/run-1/status", change, media=MERGE)
    assert (job["status"], job["spec"]["suspend"]) == ({"active": 1}, False)


@pytest.mark.parametrize(
    ("media", "patch", "code"),
    [
        (JSON_PATCH, [{"op": "remove", "path": "/spec/nothing"}], 422),
        (JSON_PATCH, [{"op": "test", "path": "/kind", "value": "Pod"}], 422),
        (JSON_PATCH, {}, 400),
        ("application/json", {}, 415),
        (MERGE, {"metadata": {"resourceVersion": "1"}}, 409),
        (MERGE, {"metadata": {"name": "other"}}, 400),
        (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}, 400),
    ],
)
async def test_a_patch_that_does_not_fit_is_refused(
    bench: Bench, media: str, patch: object, code: int
):
    await bench.ask("POST", JOBS, job_manifest())
    assert (await bench.ask("PATCH", f"{JOBS}/run-1", patch, media=media))[0] == code


async def test_the_template_of_a_job_is_immutable(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    change = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "other"}]}}}}
    code, status = await bench.ask("PATCH", f"{JOBS}/run-1", change, media=STRATEGIC)
    assert code == 422
    assert status["details"]["causes"][0]["field"] == "spec.template"
    assert "field is immutable" in status["message"]


async def test_a_put_replaces_and_an_old_version_conflicts(bench: Bench):
    _, first = await bench.ask("POST", CONFIGMAPS, {"metadata": {"name": "c"}, "data": {"a": "1"}})
    code, second = await bench.ask("PUT", f"{CONFIGMAPS}/c", first | {"data": {"b": "2"}})
    assert (code, second["data"]) == (200, {"b": "2"})
    code, status = await bench.ask("PUT", f"{CONFIGMAPS}/c", first)
    assert (code, status["reason"]) == (409, "Conflict")
    assert status["message"].startswith(
        'Operation cannot be fulfilled on configmaps "c": the object has been modified'
    )


async def test_server_side_apply_creates_merges_and_takes_back_what_it_no_longer_says(bench: Bench):
    one = f"{CONFIGMAPS}/c?fieldManager=console&force=true"
    base = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    code, _ = await bench.ask("PATCH", one, base | {"data": {"a": "1", "b": "2"}}, media=APPLY)
    assert code == 201
    await bench.ask("PATCH", f"{CONFIGMAPS}/c", {"data": {"z": "theirs"}}, media=MERGE)
    code, merged = await bench.ask("PATCH", one, base | {"data": {"b": "3"}}, media=APPLY)
    assert (code, merged["data"]) == (200, {"b": "3", "z": "theirs"})
    version = merged["metadata"]["resourceVersion"]
    _, again = await bench.ask("PATCH", one, base | {"data": {"b": "3"}}, media=APPLY)
    assert again["metadata"]["resourceVersion"] == version
    assert (await bench.ask("PATCH", f"{CONFIGMAPS}/c", base, media=APPLY))[0] == 422
