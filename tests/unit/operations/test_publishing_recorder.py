"""A recorder publishes what it records: what a participant sees at EvalAI, from launch to end."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from fakes.documents import merged_lines
from fakes.evalai_model import BEGIN, PLACE
from fakes.published_runs import RECORDING
from msgspec.structs import replace
from publishing_house import PERIOD, TEXT, house, passes, sees

from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import AskedAgain, Publication, PublicationStage
from console.operations.submitting.ending import cancel
from console.workers import protocol

__all__ = ["house"]


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
