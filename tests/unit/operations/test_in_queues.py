"""A Job in a queue of Kueue: launched into it, resumed into it, cancelled in it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from msgspec.structs import replace

from console.domain.facts import JobFacts, KueueQueue, Turn
from console.errors import Forbidden
from console.operations.ports.cluster import Kind
from console.operations.services import Services
from console.operations.submitting import lost_queue
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import launch
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from console.specs.again import again
from console.specs.turns import QUEUE_LABEL, in_turn, into_queue, queue_of
from console.specs.validation import Judged


async def test_one_that_the_cluster_puts_into_its_default_queue_is_left_to_kueue(
    services, cluster, composed
) -> None:
    """Let go by us, it would run for a moment until Kueue suspended it again."""
    cluster.default_queue = "teams"
    launched = await launch(services, Judged(composed).valid)
    assert launched.job is not None
    assert (launched.job.suspended, launched.job.queue) == (True, "teams")
    manifest = copy.deepcopy(composed.manifest)
    manifest["metadata"]["name"] = "second"
    in_batch = in_turn(replace(composed, manifest=manifest), Turn("batch", 1, 2, 1))
    job = (await launch(services, Judged(in_batch).valid)).job
    assert job is not None
    assert (job.suspended, job.waits, job.in_line) == (True, False, False)


async def test_what_goes_on_from_one_in_a_queue_goes_into_it_too(services, composed) -> None:
    """Of what Kueue wrote into its pods nothing stays: it names objects of the old Job."""
    valid = Judged(into_queue(composed, "teams")).valid
    job = (await launch(services, valid)).manifest
    template = job["spec"]["template"]["metadata"]
    kueues = {"kueue.x-k8s.io/podset": "main"}
    template |= {"labels": template["labels"] | kueues, "annotations": {**kueues, "own": "1"}}
    manifest = again(job, "second", {}).manifest
    assert manifest["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "teams"
    kept = manifest["spec"]["template"]["metadata"]
    assert kept["annotations"] == {"own": "1"}
    assert not [name for name in kept["labels"] if name.startswith("kueue.x-k8s.io/")]


async def test_a_job_is_in_its_queue_from_the_first_and_nobody_but_kueue_starts_it(
    services, cluster, composed
) -> None:
    """A namespace's default queue takes what names none as it is made, and may admit it at once."""
    cluster.default_queue = "default"
    before: list[dict] = []

    async def look(_: str) -> None:
        assert await cluster.read(Kind.CONFIG_MAP, "races", "demo-workers")
        before.append(stored := await cluster.read(Kind.JOB, "races", "demo"))
        cluster.put({**stored, "spec": {**stored["spec"], "suspend": False}})

    launched = await launch(services, Judged(into_queue(composed, "teams")).valid, sure=look)
    assert [(queue_of(each), each["spec"]["suspend"]) for each in before] == [("teams", True)]
    assert (launched.queue, launched.job.queue) == ("teams", "teams")
    assert not launched.job.suspended, "what Kueue has admitted meanwhile runs on"


class Kueue(FakeCluster):
    """A cluster whose Kueue lets nobody else start what is in a queue, or change its queue then."""

    has_default = False

    async def patch_job(self, namespace: str, name: str, patch: dict[str, Any]) -> JobFacts:
        stored = await self.read(Kind.JOB, namespace, name)
        labels = patch.get("metadata", {}).get("labels", {})
        if labels.get(QUEUE_LABEL, "as it is") is None and self.has_default:
            raise Forbidden("queue-name must not be empty in namespace with default queue")
        assert not labels or stored["spec"]["suspend"], "the queue of what runs is another's"
        told = patch.get("spec", {}).get("suspend", True)
        assert told or not queue_of(stored), "who is in a queue is let go by Kueue"
        return await super().patch_job(namespace, name, patch)


@pytest.mark.parametrize(
    ("has_default", "queue", "suspended"), [(False, "", False), (True, "default", True)]
)
async def test_one_cancelled_whose_queue_is_gone_leaves_it_and_ends(
    tmp_path, composed, monkeypatch, has_default: bool, queue: str, suspended: bool
) -> None:
    monkeypatch.setattr(lost_queue, "PAUSE", 0)
    cluster = Kueue()
    cluster.has_default = has_default
    services = Services(cluster, Recorder(tmp_path / "recordings"), lambda: datetime.now(UTC))
    await launch(services, Judged(into_queue(composed, "gone")).valid)
    ended = await cancel(services, "races", "demo")
    assert (ended.cancelled, ended.queue, ended.suspended) == (True, queue, suspended)
    stored = await cluster.read(Kind.JOB, "races", "demo")
    assert stored["spec"]["parallelism"] == 0
    assert queue_of(again(stored, "second", {}).manifest) == "gone"


async def test_one_cancelled_that_kueue_keeps_suspended_is_over_and_says_what_ends_its_job(
    services, cluster, composed
) -> None:
    """Admitted later, it has no pod to make."""
    cluster.known_queues["races", "stopped"] = KueueQueue("stopped", "it is stopped")
    await launch(services, Judged(into_queue(composed, "stopped")).valid)
    await cancel(services, "races", "demo")
    stored = await cluster.read(Kind.JOB, "races", "demo")
    assert stored["spec"]["suspend"], "let go by us as well, its start would be missed"
    board = await board_once(services, "races", "demo")
    assert board.status.value == "Cancelled"
    assert board.reason == (
        "The operator cancelled it; its Job ends when Kueue's queue stopped admits it, or is deleted."
    )
    assert (board.ended, board.settled, board.job.queued) == (True, True, False)
    assert stored["spec"]["parallelism"] == 0
