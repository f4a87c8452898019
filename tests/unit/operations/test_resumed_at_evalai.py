"""A submission that failed and is resumed at EvalAI: seen, offered, and published once more."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from fakes.documents import merged_lines, whole_document
from fakes.evalai_model import PLACE
from fakes.publications import publication, published
from msgspec.structs import replace
from publishing_house import House, passes

from console.domain.publication import PublishedAs
from console.operations.outcome.publication_marks import mark
from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import PublicationStage
from console.operations.publishing import after_the_end
from console.operations.publishing.publication_changes import begins_cancelled
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import launch
from console.operations.telling import teller
from console.specs.compose import Composed
from console.specs.plan import RESUMES_ANNOTATION
from console.specs.publishing_annotations import to_be_published
from console.specs.validation import Judged

RESUMING = RemoteStatus.RESUMING


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> timedelta:
    """Minutes in which nothing happens are thousands of rounds of the loop."""
    every = timedelta(seconds=20)
    monkeypatch.setattr(after_the_end, "EVERY", every)
    monkeypatch.setattr(teller, "TAKE_UP_EVERY", timedelta(seconds=5))
    return every


@pytest.fixture
async def running(often, services, cluster, composed: Composed, pod_of, tmp_path) -> House:
    made = House(services, cluster, tmp_path)
    await launch(made.services, Judged(to_be_published(composed, PLACE)).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    return made


@pytest.fixture
async def house(running: House, pod_of) -> House:
    """With a submission that has failed, here and at EvalAI."""
    made = running
    async with made.recorder():
        made.drives(0, 1)
        await sees(lambda: made.outcomes)
        await made.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "BackoffLimitExceeded")
        await sees(lambda: made.stage() is PublicationStage.PUBLISHED)
    assert made.shown[0] is RemoteStatus.FAILED
    return made


async def sees(true: Callable[[], object]) -> None:
    """Looking twice a second is often enough for what takes minutes."""
    async with asyncio.timeout(600):
        while not true():  # noqa: ASYNC110 polls what other tasks and threads do
            await asyncio.sleep(0.5)


def state(house: House) -> PublishedAs:
    known = house.ledger.read(PLACE)
    assert known is not None
    return mark(known).state


async def goes_on(house: House, composed: Composed, pod_of) -> None:
    """A later Job with the same number at EvalAI, which runs."""
    again = copy.deepcopy(to_be_published(composed, PLACE).manifest)
    again["metadata"]["name"] = "demo-2"
    again["metadata"]["annotations"][RESUMES_ANNOTATION] = "demo"
    await launch(house.services, Judged(replace(composed, manifest=again)).valid)
    job = await house.cluster.read(Kind.JOB, "races", "demo-2")
    job["metadata"]["creationTimestamp"] = "2026-11-22T11:00:00Z"
    house.cluster.put(job)
    house.cluster.put(pod_of_second(pod_of("Running", logcopy=("running", 0))))
    house.log = house.cluster.logs["pod-2", "logcopy", 0]


def pod_of_second(pod: dict) -> dict:
    meta = {**pod["metadata"], "name": "demo-2-x", "uid": "pod-2", "labels": {"job-name": "demo-2"}}
    return {**pod, "metadata": meta}


async def test_a_wish_to_resume_it_is_seen_and_nothing_is_sent(house, often) -> None:
    before = len(house.outcomes)
    async with house.recorder():
        house.there.status = RESUMING
        begun = house.clock.now
        await sees(lambda: state(house) is PublishedAs.RESUME)
        assert house.clock.now - begun <= often + timedelta(seconds=10)
        house.there.status = RemoteStatus.FAILED
        await sees(lambda: state(house) is PublishedAs.FAILED)
    assert len(house.outcomes) == before


async def test_what_goes_on_is_published_under_the_same_number_to_one_new_final(
    house, composed, pod_of
) -> None:
    async with house.recorder():
        house.there.status = RESUMING
        await sees(lambda: state(house) is PublishedAs.RESUME)
        before = len(house.outcomes)
        await goes_on(house, composed, pod_of)
        house.drives(2)
        await sees(lambda: len(house.outcomes) > before)
        house.drives(*range(3, 20))
        house.tells(*merged_lines(json.dumps(whole_document(), indent=4), 100))
        house.log.ended = True
        house.cluster.put(pod_of_second(pod_of("Succeeded", logcopy=("ended", 0))))
        job = await house.cluster.read(Kind.JOB, "races", "demo-2")
        told = {"type": "Complete", "status": "True", "reason": ""}
        house.cluster.put({**job, "status": {"conditions": [told]}})
        await sees(lambda: house.shown[0] is RemoteStatus.FINISHED)
        await sees(lambda: state(house) is PublishedAs.FINISHED)
        await passes(120)
    again = house.outcomes[before:]
    assert again.count(RemoteOutcome.FINISHED) == 1
    assert again[-1] is RemoteOutcome.FINISHED
    assert set(again[:-1]) == {RemoteOutcome.PARTIALLY_EVALUATED}
    assert house.ledger.read(PLACE).recording.name == "demo-2"


async def test_what_went_on_and_told_nothing_ends_with_the_drives_from_before(
    house, composed, pod_of
) -> None:
    """Nobody recorded it, and its pod is gone: what a team could read must not get lost by that."""
    await goes_on(house, composed, pod_of)
    house.cluster.drop(Kind.POD, "races", "demo-2-x")
    job = await house.cluster.read(Kind.JOB, "races", "demo-2")
    told = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
    house.there.status = RESUMING
    house.cluster.put({**job, "status": {"conditions": [told]}})
    async with house.recorder():
        await sees(lambda: house.shown[0] is RemoteStatus.FAILED)
    assert house.ledger.read(PLACE).recording.name == "demo-2"
    stdout = house.shown[1]
    assert "2 of 20 drives have a finished record, all from before it went on." in stdout
    assert "- Completed 2 out of the 20 routes" in stdout
    assert len(json.loads(house.there.shown.metadata)["_checkpoint"]["records"]) == 2


async def cancelled(house: House, pod_of, by: Callable[[], object]) -> None:
    """With some drives at EvalAI before, and as CANCELLED there at last."""
    house.drives(0, 1)
    await sees(lambda: house.outcomes)
    if asyncio.iscoroutine(done := by()):
        await done
    await sees(lambda: "leaderboard.carla.org/cancelled-at" in marks(house, "demo"))
    await house.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "DeadlineExceeded")
    await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.shown[0] is RemoteStatus.CANCELLED


def marks(house: House, name: str) -> dict[str, str]:
    return house.cluster.objects[Kind.JOB, "races", name]["metadata"].get("annotations", {})


async def test_what_was_cancelled_here_and_goes_on_here_is_not_ended_by_our_own_cancel(
    running, composed, pod_of
) -> None:
    async with running.recorder():
        await cancelled(running, pod_of, lambda: cancel(running.services, "races", "demo"))
        await goes_on(running, composed, pod_of)
        await passes(30)
        running.drives(2)
        await sees(lambda: running.shown[0] is RemoteStatus.PARTIALLY_EVALUATED)
        assert "leaderboard.carla.org/cancelled-at" not in marks(running, "demo-2")
        running.there.cancel()
        await sees(lambda: "leaderboard.carla.org/cancelled-at" in marks(running, "demo-2"))


async def test_what_was_cancelled_there_is_ended_again_when_it_goes_on_here(
    running, composed, pod_of
) -> None:
    async with running.recorder():
        await cancelled(running, pod_of, running.there.cancel)
        await goes_on(running, composed, pod_of)
        await sees(lambda: "leaderboard.carla.org/cancelled-at" in marks(running, "demo-2"))
    assert running.shown[0] is RemoteStatus.CANCELLED


@pytest.mark.parametrize(
    ("known", "ours"),
    [
        (published(RemoteOutcome.CANCELLED), True),
        (publication(our_cancel=True), True),
        (replace(published(RemoteOutcome.CANCELLED), cancelled_there=True), False),
        (publication(stage=PublicationStage.REFUSED, final=RemoteOutcome.CANCELLED), False),
        (published(RemoteOutcome.FAILED), False),
        (None, False),
    ],
)
def test_only_a_cancel_that_evalai_has_taken_from_here_is_ours(known, ours) -> None:
    """Of one that it refused, what it shows cancelled was cancelled there."""
    assert begins_cancelled(known) is ours


async def test_what_is_looked_at_after_its_end_is_few_requests(house) -> None:
    asked = len(house.there.looks)
    async with house.recorder():
        await passes(120)
    assert 4 <= len(house.there.looks) - asked <= 6


async def test_a_held_one_that_is_resumed_there_gives_way_to_what_goes_on(
    often, services, cluster, composed, pod_of, tmp_path
) -> None:
    """Nobody could tell how it had ended here, and its host has it driven again."""
    house = House(services, cluster, tmp_path)
    await launch(house.services, Judged(to_be_published(composed, PLACE)).valid)
    async with house.recorder():
        await house.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")
        await sees(lambda: house.stage() is PublicationStage.HELD)
        house.there.status = RESUMING
        await sees(lambda: house.ledger.read(PLACE).shown is RESUMING)
        await goes_on(house, composed, pod_of)
        house.drives(0)
        await sees(lambda: house.outcomes)
    assert house.ledger.read(PLACE).recording.name == "demo-2"
