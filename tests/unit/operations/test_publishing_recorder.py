"""A recorder publishes what it records: what a participant sees at EvalAI, from launch to end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from fakes.cluster import FakeCluster
from fakes.documents import merged_lines, whole_document
from fakes.evalai_model import BEGIN, PLACE, EvalAiModel
from fakes.following import until
from fakes.published_runs import RECORDING
from fakes.running_job import LoopClock, RunningJob
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import EvalAiLogin, RemoteOutcome, RemoteStatus
from console.operations.ports.publications import (
    AskedAgain,
    Publication,
    PublicationsFailed,
    PublicationStage,
)
from console.operations.ports.recorder import Recording
from console.operations.publishing.publisher import Publisher
from console.operations.publishing.sole_sender import SoleSender
from console.operations.services import Services
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import launch
from console.operations.watching.unattended import Unattended
from console.publish.ledger import LedgerOnDisk, key_of
from console.specs.compose import Composed
from console.specs.publishing_annotations import to_be_published
from console.specs.validation import Judged
from console.workers import protocol

PERIOD = timedelta(seconds=5)
TEXT = json.dumps(whole_document(), indent=4)


class House(RunningJob):
    """A recorder's machine: its disk, its cluster, and EvalAI beyond."""

    def __init__(self, services: Services, cluster: FakeCluster, folder: Path) -> None:
        super().__init__(cluster)
        self.clock = LoopClock()
        self.services = replace(services, clock=self.clock)
        self.cluster, self.folder = cluster, folder
        self.there = EvalAiModel(self.clock, Random(0))
        self.on = True
        self.sole: SoleSender | None = None

    period = PERIOD
    challenges = frozenset({PLACE.challenge})

    def allows(self, place: EvalAiPlace) -> bool:
        return place.challenge in self.challenges

    def evalai(self, server: str) -> EvalAiModel | None:
        assert server == PLACE.server
        return self.there if self.on else None

    @property
    def ledger(self) -> LedgerOnDisk:
        return LedgerOnDisk(self.folder / "publications")

    @contextlib.asynccontextmanager
    async def recorder(self, *namespaces: str | None) -> AsyncIterator[Publisher]:
        publisher = Publisher(self.services, self, self.ledger, self.sole)
        following = Unattended(self.services, idle_seconds=900, beside=publisher)
        task = asyncio.create_task(following.run(*(namespaces or ("races",))))
        try:
            yield publisher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def deleted(self) -> None:
        self.cluster.drop(Kind.POD, "races", "demo-abcde")
        self.cluster.drop(Kind.JOB, "races", "demo")

    @property
    def shown(self) -> tuple[RemoteStatus, str]:
        """What a participant sees: the status, and the last line of the beginning of stdout."""
        told = self.there.shown
        return self.there.status, told.stdout if told else ""

    @property
    def outcomes(self) -> list[RemoteOutcome]:
        return [update.outcome for _, update in self.there.taken]

    def stage(self) -> PublicationStage | None:
        known = self.ledger.read(PLACE)
        return known.stage if known else None


@pytest.fixture
async def house(services, cluster, composed: Composed, pod_of, tmp_path) -> House:
    """With a submission that runs and whose results go to EvalAI."""
    made = House(services, cluster, tmp_path)
    published = to_be_published(composed, PLACE)
    await launch(made.services, Judged(published).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    return made


async def sees(true: Callable[[], object]) -> None:
    await until(true, seconds=1200)


async def passes(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def test_a_participant_sees_progress_and_then_the_final_result(house, pod_of) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.shown[0] is RemoteStatus.PARTIALLY_EVALUATED)
        assert "- Completed 1 out of the 20 routes" in house.shown[1]
        house.drives(1, 2)
        await sees(lambda: "- Completed 3 out of the 20 routes" in house.shown[1])
        house.drives(*range(3, 20))
        house.tells(*merged_lines(TEXT, 100))
        await house.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")
        await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.there.status is RemoteStatus.FINISHED
    assert house.outcomes.count(RemoteOutcome.FINISHED) == 1
    final = house.there.shown
    assert final is not None
    assert final.metadata == TEXT, "the verified merged file, to the byte"
    assert json.loads(final.result)[0]["accuracies"]["Driving score"] == 80.0
    assert final.stdout.startswith("Here is a summary of the submission's current results\n")


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            ["carla_camera", "carla_camera", "carla_gnss"],
            "- Sensors:\n  - 2 RGB Camera\n  - 1 GNSS\n",
        ),
        (["a radar of their own"], "- Sensors:\n  - 1 a radar of their own\n"),
        (["\x1b[2J"], "- Sensors:\n- Completed"),
        ("carla_camera", "- Sensors:\n- Completed"),
        ([{}], "- Sensors:\n- Completed"),
        (["s"] * 201, "- Sensors:\n- Completed"),
    ],
)
async def test_the_agents_sensors_are_told_from_the_first_partial_result_on(
    house, told, shown
) -> None:
    snapshot = {"v": 1, "t": 0.0, "sensors": told}
    async with house.recorder():
        house.tells(protocol.format_line("n0nce", 1, "snapshot", snapshot))
        house.drives(0)
        await sees(lambda: house.outcomes)
    assert shown in house.shown[1]


async def test_partial_results_are_told_no_more_often_than_the_user_says(house) -> None:
    async with house.recorder():
        for route in range(5):
            house.drives(route)
            await passes(2)
        await sees(lambda: "- Completed 5 out" in house.shown[1])
    times = [at for at, _ in house.there.taken]
    assert len(times) < 5
    assert all((b - a) >= PERIOD for a, b in itertools.pairwise(times))


async def test_nothing_new_is_nothing_sent(house) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
        await passes(60)
    assert len(house.outcomes) == 1
    assert len(house.there.looks) <= 13, "it is looked at once in a period"


async def test_a_failed_one_says_how_much_of_it_there_is(house, pod_of) -> None:
    async with house.recorder():
        house.drives(0, 1)
        await sees(lambda: house.outcomes)
        await house.ends(pod_of("Failed", logcopy=("crashed", 0)), "Failed", "BackoffLimitExceeded")
        await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    status, stdout = house.shown
    assert status is RemoteStatus.FAILED
    assert stdout.startswith(
        "The submission ended without a complete result: 2 of 20 drives have a finished record."
    )
    assert house.there.shown.result == "[]"
    assert json.loads(house.there.shown.metadata)["_checkpoint"]["progress"] == [2, 20]


async def test_an_end_waits_for_the_job_to_be_recorded_for_it_may_go_on_from_another(
    house, pod_of, monkeypatch
) -> None:
    """Else what is at EvalAI of those before it would be replaced by nothing."""
    with monkeypatch.context() as patched:
        patched.setattr(type(house.services.recorder), "manifest", lambda *_: None)
        async with house.recorder():
            await house.ends(pod_of("Failed", logcopy=("ended", 1)), "Failed")
            await sees(lambda: house.stage() is PublicationStage.HELD)
            known = house.ledger.read(PLACE)
            assert "nobody can tell whether it goes on from another" in known.words
            assert house.outcomes == []
            patched.undo()
            await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.outcomes == [RemoteOutcome.FAILED]


async def test_a_cancel_at_evalai_ends_the_job_and_stays_a_cancel(house, pod_of) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
        house.there.cancel()
        house.drives(1)

        def told() -> bool:
            job = house.cluster.objects[Kind.JOB, "races", "demo"]
            return "leaderboard.carla.org/cancelled-at" in job["metadata"].get("annotations", {})

        await sees(told)
        await house.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "DeadlineExceeded")
        await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.outcomes == [RemoteOutcome.PARTIALLY_EVALUATED, RemoteOutcome.CANCELLED]
    assert house.shown[0] is RemoteStatus.CANCELLED
    assert house.shown[1].startswith("The submission was cancelled: 2 of 20 drives have")


async def test_a_cancel_here_is_told_there(house, pod_of) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
        await cancel(house.services, "races", "demo")
        await house.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "DeadlineExceeded")
        await sees(lambda: house.stage() is PublicationStage.PUBLISHED)
    assert house.shown[0] is RemoteStatus.CANCELLED


async def test_what_completes_without_a_result_that_was_seen_is_left_to_a_person(
    house, pod_of
) -> None:
    async with house.recorder() as publisher:
        await house.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")
        await sees(lambda: house.stage() is PublicationStage.HELD)
        await passes(30)
        assert not publisher.busy, "nobody stays up for it"
    assert house.outcomes == []
    assert house.ledger.read(PLACE).words.startswith("Nothing final is sent: The Job completed")


async def test_what_a_command_asks_for_again_is_tried_at_once(house) -> None:
    """Though the recorder has put it aside, and holds the right to send."""
    house.period = timedelta(minutes=1)
    house.there.status = RemoteStatus.FAILED
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.stage() is PublicationStage.HELD)
        house.there.status = RemoteStatus.RESUMING
        held, begun = house.ledger.read(PLACE), house.clock.now
        assert held.not_before - begun > timedelta(minutes=5)
        house.ledger.ask(AskedAgain(PLACE))
        await sees(lambda: house.outcomes)
        assert house.clock.now - begun < timedelta(seconds=5)
        assert house.ledger.wishes() == ()


async def test_a_wish_for_one_that_another_process_has_is_left_to_it(house) -> None:
    other = replace(PLACE, submission=7)
    known = Publication(other, RECORDING, BEGIN, BEGIN)
    house.ledger.put(known)
    house.ledger.ask(AskedAgain(other))
    async with house.recorder():
        await passes(5)
        assert [wish.place for _, wish in house.ledger.wishes()] == [other]
        house.ledger.put(replace(known, stage=PublicationStage.PUBLISHED))
        await passes(5)
        assert house.ledger.wishes() == ()


# --- recorders come and go


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


# --- settings


async def test_while_publishing_is_off_nothing_is_asked_and_nothing_forgotten(house) -> None:
    house.on = False
    async with house.recorder():
        house.drives(0)
        await passes(30)
        assert house.there.requests_made == []
        house.on = True
        await sees(lambda: house.outcomes)


async def test_for_a_challenge_that_its_user_did_not_name_nothing_is_asked(house) -> None:
    house.challenges = frozenset({PLACE.challenge + 1})
    async with house.recorder():
        house.drives(0)
        await passes(120)
        assert (house.there.looks, house.outcomes) == ([], [])
        house.challenges = frozenset({PLACE.challenge})
        await sees(lambda: house.outcomes)


async def test_a_job_without_a_place_is_nobodys_business(
    services, cluster, composed, pod_of, tmp_path
):
    house = House(services, cluster, tmp_path)
    await launch(house.services, Judged(composed).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    async with house.recorder():
        house.drives(0)
        await passes(30)
    assert house.there.requests_made == []
    assert house.ledger.all() == ()


async def test_a_token_that_is_refused_is_said_and_a_new_one_goes_on(house, monkeypatch) -> None:
    async def refused(number: int) -> None:
        raise EvalAiLogin("401: Given token not valid for any token type")

    asks = house.there.submission
    house.there.submission = refused
    async with house.recorder():
        house.drives(0)
        await sees(lambda: (known := house.ledger.read(PLACE)) and "401" in known.words)
        house.there.submission = asks
        await sees(lambda: house.outcomes)


async def test_a_full_disk_sends_nothing(house, tmp_path, caplog) -> None:
    """What would be sent could be sent again."""
    (tmp_path / "publications").write_text("in the way")
    async with house.recorder():
        house.drives(0)
        await passes(30)
        assert house.outcomes == []
        told = [r.message for r in caplog.records if "cannot be" in r.message]
        assert len(told) == 1
        (tmp_path / "publications").unlink()
        await sees(lambda: house.outcomes)


async def test_a_damaged_file_keeps_back_its_own_submission_only(house, composed, caplog) -> None:
    """Until a person has removed it."""
    damaged = [replace(PLACE, submission=number) for number in (7, 8)]
    files = [house.folder / "publications" / f"{key_of(each)}.json" for each in damaged]
    files[0].parent.mkdir()
    for name, place, file in zip(("a-damaged", "z-damaged"), damaged, files, strict=True):
        file.write_text("{")
        metadata = {**composed.manifest["metadata"], "name": name}
        other = replace(composed, manifest={**composed.manifest, "metadata": metadata})
        await launch(house.services, Judged(to_be_published(other, place)).valid)
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
        await passes(180)
        told = [r.message for r in caplog.records if r.name.endswith("telling.failing")]
        assert len(told) == 2, "each is said once"
        assert all("cannot be understood" in each for each in told)
        files[0].unlink()
        await sees(lambda: house.ledger.read(damaged[0]))


async def test_what_cannot_be_told_is_said_once_and_tried_each_minute(
    house, monkeypatch, caplog
) -> None:
    tried: list[datetime] = []

    def fails(*known: object, **how: object) -> None:
        tried.append(house.clock.now)
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken:
        broken.setattr("console.operations.publishing.publisher.recorded_now", fails)
        async with house.recorder():
            house.drives(0)
            await passes(200)
    assert 2 <= len(tried) <= 4
    assert len([r for r in caplog.records if "a mistake of ours" in r.message]) == 1


async def test_a_disk_that_fills_up_asks_evalai_no_more_than_each_minute(house, caplog) -> None:
    class Full(LedgerOnDisk):
        full = False

        def put(self, publication: Publication) -> None:
            if self.full:
                raise PublicationsFailed("What is to be sent to EvalAI cannot be written.")
            super().put(publication)

    ledger = Full(house.folder / "publications")
    publisher = Publisher(house.services, house, ledger)
    following = Unattended(house.services, idle_seconds=900, beside=publisher)
    task = asyncio.create_task(following.run("races"))
    house.drives(0)
    await sees(lambda: house.outcomes)
    ledger.full, before = True, len(house.there.looks)
    await passes(190)
    assert 2 <= len(house.there.looks) - before <= 4
    assert len([r for r in caplog.records if "cannot be written" in r.message]) == 1
    ledger.full = False
    house.drives(1)
    await sees(lambda: len(house.outcomes) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
