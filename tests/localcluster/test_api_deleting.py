"""Deleting from the embedded API: finalizers, grace, conditions, collections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import CONFIGMAPS, JOBS, PODS, Bench, job_manifest, served


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


@pytest.mark.parametrize(
    ("policy", "finalizer"),
    [(None, "orphan"), ("Orphan", "orphan"), ("Foreground", "foregroundDeletion")],
)
async def test_a_job_that_keeps_its_pods_busy_stays_with_a_finalizer(
    bench: Bench, policy: str | None, finalizer: str
):
    await bench.ask("POST", JOBS, job_manifest())
    code, left = await bench.ask(
        "DELETE", f"{JOBS}/run-1", {"propagationPolicy": policy} if policy else None
    )
    assert (code, left["kind"], left["metadata"]["finalizers"]) == (200, "Job", [finalizer])
    assert "deletionTimestamp" in left["metadata"]


async def test_a_job_deleted_in_the_background_is_gone_at_once(bench: Bench):
    _, job = await bench.ask("POST", JOBS, job_manifest())
    code, status = await bench.ask("DELETE", f"{JOBS}/run-1?propagationPolicy=Background")
    details = {"name": "run-1", "group": "batch", "kind": "jobs", "uid": job["metadata"]["uid"]}
    assert (code, status["status"], status["details"]) == (200, "Success", details)
    assert (await bench.ask("GET", f"{JOBS}/run-1"))[0] == 404


async def test_a_running_pod_is_given_its_grace(bench: Bench):
    bench.running_pod()
    _, pod = await bench.ask("DELETE", f"{PODS}/pairx-84qnl", {"gracePeriodSeconds": 3})
    assert (pod["kind"], pod["metadata"]["deletionGracePeriodSeconds"]) == ("Pod", 3)


async def test_a_deletion_can_be_bound_to_a_uid_and_rehearsed(bench: Bench):
    await bench.ask("POST", CONFIGMAPS, {"metadata": {"name": "c"}})
    code, status = await bench.ask("DELETE", f"{CONFIGMAPS}/c", {"preconditions": {"uid": "other"}})
    assert (code, status["reason"]) == (409, "Conflict")
    assert (await bench.ask("DELETE", f"{CONFIGMAPS}/c", {"dryRun": ["All"]}))[0] == 200
    assert (await bench.ask("DELETE", f"{CONFIGMAPS}/c", {"propagationPolicy": "Sideways"}))[
        0
    ] == 422
    assert (await bench.ask("GET", f"{CONFIGMAPS}/c"))[0] == 200


async def test_a_collection_is_deleted_by_selector(bench: Bench):
    for name, labels in (("a", {"x": "1"}), ("b", {})):
        await bench.ask("POST", CONFIGMAPS, {"metadata": {"name": name, "labels": labels}})
    code, listed = await bench.ask("DELETE", f"{CONFIGMAPS}?labelSelector=x")
    assert (code, [i["metadata"]["name"] for i in listed["items"]]) == (200, ["a"])
    assert [o["metadata"]["name"] for o in bench.store.list("configmaps", "default")] == ["b"]


@pytest.mark.parametrize(
    ("options", "sent", "field", "wanted"),
    [
        ({"gracePeriodSeconds": "soon"}, "string", "gracePeriodSeconds", "int64"),
        ({"preconditions": {"uid": 7}}, "number", "preconditions.uid", "string"),
        ({"dryRun": "All"}, "string", "dryRun", "slice"),
    ],
)
async def test_delete_options_of_a_wrong_type_are_refused_and_nothing_is_deleted(
    bench: Bench, options: dict[str, object], sent: str, field: str, wanted: str
):
    await bench.ask("POST", JOBS, job_manifest())
    code, status = await bench.ask("DELETE", f"{JOBS}/run-1", options)
    words = f"cannot unmarshal {sent} into Go struct field {field} of type {wanted}"
    assert (code, words in status["message"]) == (400, True)
    assert (await bench.ask("GET", f"{JOBS}/run-1"))[0] == 200
