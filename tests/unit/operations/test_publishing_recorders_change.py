"""Recorders come and go: what the last one could not send, the next one does, and only one."""

from __future__ import annotations

from datetime import timedelta

from fakes.cluster import FakeCluster
from fakes.evalai_model import BEGIN, PLACE
from msgspec.structs import replace
from publishing_house import house, passes, sees

from console.domain.facts import EvalAiPlace
from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import AskedAgain, Publication, PublicationStage
from console.operations.ports.recorder import Recording
from console.operations.publishing.publisher import Publisher
from console.operations.watching.unattended import Unattended
from console.publish.ledger import LedgerOnDisk

__all__ = ["house"]


async def test_the_next_recorder_sends_what_the_last_one_could_not(house, pod_of) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
        house.there.broken_until = house.clock.now + timedelta(minutes=5)
        await house.ends(pod_of("Failed"), "Failed", "BackoffLimitExceeded")
        await passes(60)
    assert house.stage() is not PublicationStage.PUBLISHED
    await passes(300)
    async with house.recorder():
        await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.outcomes == [RemoteOutcome.PARTIALLY_EVALUATED, RemoteOutcome.FAILED]


async def test_a_job_that_was_deleted_meanwhile_is_published_from_its_recording(
    house, pod_of
) -> None:
    house.there.broken_until = house.clock.now + timedelta(minutes=5)
    async with house.recorder():
        house.drives(0, 1)
        await house.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "BackoffLimitExceeded")
        await passes(60)
    house.deleted()
    await passes(300)
    async with house.recorder():
        await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.shown[0] is RemoteStatus.FAILED
    assert "2 of 20 drives have a finished record." in house.shown[1]


async def test_one_that_ended_and_went_while_nobody_looked_is_left_to_a_person_to_call_failed(
    house,
) -> None:
    """It may have finished every drive after its recorder was killed."""
    async with house.recorder():
        house.drives(0, 1)
        await sees(lambda: house.outcomes)
    house.deleted()
    async with house.recorder() as publisher:
        await sees(lambda: house.stage() is PublicationStage.HELD)
        await passes(60)
        assert not publisher.busy
        assert house.outcomes == [RemoteOutcome.PARTIALLY_EVALUATED]
        words = house.ledger.read(PLACE).words
        assert words.startswith("Nothing final is sent: nobody has heard how it ended")
        assert "publish NAME --as-failed" in words
        house.ledger.ask(AskedAgain(PLACE, as_failed=True))
        await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.outcomes == [RemoteOutcome.PARTIALLY_EVALUATED, RemoteOutcome.FAILED]
    assert "2 of 20 drives have a finished record." in house.shown[1]
    assert house.ledger.wishes() == ()


async def test_one_of_another_phase_there_gets_nothing_and_its_cancel_is_none_of_ours(
    house,
) -> None:
    house.there.phase = 9
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.stage() is PublicationStage.HELD)
        house.there.cancel()
        await passes(120)
    assert house.outcomes == []
    job = house.cluster.objects[Kind.JOB, "races", "demo"]
    assert "leaderboard.carla.org/cancelled-at" not in job["metadata"].get("annotations", {})
    words = house.ledger.read(PLACE).words
    assert f"EvalAI has it in phase 9, and this launch names phase {PLACE.phase}" in words


async def test_a_recorder_of_other_namespaces_ends_nothing_that_it_cannot_see(house) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
    async with house.recorder("elsewhere") as publisher:
        await passes(30)
        assert not publisher.busy
    assert house.outcomes == [RemoteOutcome.PARTIALLY_EVALUATED]


async def test_a_recorder_of_another_cluster_ends_nothing_that_it_does_not_have(
    house, composed
) -> None:
    """Though its context has the same name."""
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
    other = FakeCluster()
    other.description = replace(other.description, server="http://another")
    house.services = replace(house.services, cluster=other)
    async with house.recorder():
        await passes(30)
    assert house.outcomes == [RemoteOutcome.PARTIALLY_EVALUATED]


async def test_who_comes_to_send_when_another_has_just_ended_it_sends_nothing(
    house, pod_of
) -> None:
    """It was not begun when this one looked; when it got the right to send, it was over."""

    class Overtaken(LedgerOnDisk):
        def claim(self, place: EvalAiPlace) -> bool:
            other = LedgerOnDisk(house.folder / "publications")
            if other.read(place) is None:
                job = house.cluster.objects[Kind.JOB, "races", "demo"]
                recording = Recording("fake", "races", "demo", job["metadata"]["uid"])
                known = Publication(place, recording, BEGIN, BEGIN)
                other.put(replace(known, stage=PublicationStage.PUBLISHED))
            return super().claim(place)

    ledger = Overtaken(house.folder / "publications")
    publisher = Publisher(house.services, house, ledger)
    following = Unattended(house.services, idle_seconds=20, beside=publisher)
    house.drives(0)
    await house.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "BackoffLimitExceeded")
    await following.run("races")
    assert house.there.requests_made == []
    assert house.stage() is PublicationStage.PUBLISHED
    assert LedgerOnDisk(house.folder / "publications").claim(PLACE), "and it gives the right back"


async def test_of_two_recorders_one_sends(house) -> None:
    async with house.recorder() as first, house.recorder() as second:
        house.drives(0)
        await sees(lambda: house.outcomes)
        await passes(30)
        assert [first.busy, second.busy].count(True) == 1
    assert house.outcomes == [RemoteOutcome.PARTIALLY_EVALUATED]


async def test_who_waits_for_a_server_is_not_idle(house, pod_of) -> None:
    house.there.broken_until = house.clock.now + timedelta(minutes=3)
    publisher = Publisher(house.services, house, house.ledger)
    following = Unattended(house.services, idle_seconds=60, beside=publisher)
    house.drives(0)
    await house.ends(pod_of("Failed"), "Failed", "BackoffLimitExceeded")
    await following.run("races")
    assert house.stage() is PublicationStage.PUBLISHED
    assert house.clock.now > house.there.broken_until
