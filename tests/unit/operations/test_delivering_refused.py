"""A place that refuses, keeps silent or lost its files: when it is tried again, and who asks for it."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta

import pytest
from delivering_house import LAST, House, house, sees
from fakes.evalai_model import BEGIN
from msgspec.structs import replace

from console.errors import Conflict, Forbidden
from console.operations.delivering.by_hand import deliver_now
from console.operations.delivering.delivery_changes import asked_again, failed
from console.operations.delivering.errands import Errands
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import recorded_board
from console.publish.deliveries import DeliveriesOnDisk
from console.recorder.recorder import Recorder

__all__ = ["house"]


async def test_a_place_that_refuses_is_tried_again_later_and_its_words_are_shown(house) -> None:
    house.there.fails = True
    async with house.recorder() as deliverer:
        house.drives(0)
        await sees(lambda: house.known and house.known.tries == 3)
        assert "It may not be written by this login. 403 AccessDenied." in house.known.words
        assert house.known.words.startswith("Waiting until ")
        assert deliverer.busy, "who waits for a place is not idle"
        house.there.fails = False
        await sees(lambda: house.says("- Completed 1 out"))
        assert (house.known.tries, house.known.failing_since) == (0, None)


async def test_what_was_refused_is_tried_when_somebody_asks_for_it(house) -> None:
    async with house.recorder() as deliverer:
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out"))
        held = replace(house.known, stage=DeliveryStage.REFUSED)
    house.ledger.put(held)
    async with house.recorder() as deliverer:
        house.drives(1)
        await asyncio.sleep(90)
        assert not deliverer.busy
        assert not house.says("- Completed 2 out")
        house.ledger.put(asked_again(held, house.clock.now))
        await sees(lambda: house.says("- Completed 2 out"))


def test_after_days_nobody_tries_any_more() -> None:
    known = Delivery(DeliveryKind.FILES, "s3://b", Recording("lab", "races", "demo", "u"), BEGIN)
    no_login, now, pauses = Forbidden("There is no login."), BEGIN, []
    while not known.closed:
        known = failed(known, no_login, now)
        assert known.not_before is not None
        pauses.append(known.not_before - now)
        now = known.not_before
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert max(pauses) == timedelta(minutes=30)
    assert known.words == "Nobody tries any more, after 2 days: There is no login."
    again = asked_again(known, now)
    assert (again.stage, again.not_before, again.failing_since) == (DeliveryStage.OPEN, None, None)


async def test_a_place_that_keeps_silent_holds_up_neither_recording_nor_the_end(house) -> None:
    house.there.silent.clear()
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.there.asked)
        house.tells("still recorded")
        job = await house.cluster.job("races", "demo")
        log = Recorder(house.folder / "recordings").log(house.services.recording_of(job), "logcopy")
        await sees(lambda: "still recorded" in [e.text for e in log.lines(0, log.line_count())])


async def test_a_folder_of_another_submission_is_left_as_it_is_and_that_is_said(house) -> None:
    other = '{"version": 1, "name": "raven", "uid": "another-uid", "manifest": {}}'
    owner = house.folder / "bucket/1/console/job.json"
    owner.parent.mkdir(parents=True)
    owner.write_text(other)
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.stage() is DeliveryStage.REFUSED)
    assert "holds another submission: raven (uid another-" in house.known.words
    assert f"carla-console publish demo --to {house.storage} --folder demo" in house.known.words
    assert house.known.where == f"{house.storage}/1", "whichever it was refused"
    assert owner.read_text() == other
    assert house.there.sent == []


async def test_a_folder_that_was_lost_is_brought_again_when_somebody_publishes_it(
    house, pod_of
) -> None:
    async with house.recorder():
        await house.completes(pod_of)
        await sees(lambda: house.stage() is DeliveryStage.PUBLISHED)
    shutil.rmtree(house.folder / "bucket")
    known = await by_hand(house)
    assert (known.stage, known.words) == (DeliveryStage.PUBLISHED, "As finished.")
    assert house.has(LAST)


async def test_what_is_asked_by_hand_is_done_by_the_recorder_that_holds_it(house) -> None:
    """At once, and not when its pause after a failure, or its period, is over."""
    house.there.fails = True
    async with house.recorder() as deliverer:
        house.drives(0)
        await sees(lambda: house.known and house.known.tries == 4)
        house.there.fails = False
        known = await by_hand(house)
        assert (known.words, known.tries) == ("What is recorded so far is there.", 0)
        house.drives(1)
        await asyncio.sleep(2)
        asked = house.clock.now
        await by_hand(house)
        assert house.says("- Completed 2 out")
        assert house.clock.now - asked < timedelta(seconds=20)
        assert deliverer.busy


async def test_who_asks_a_recorder_that_does_not_answer_is_told_what_it_did_last(house) -> None:
    house.there.silent.clear()
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.there.asked)
        with pytest.raises(Conflict, match="has not done so yet") as caught:
            await by_hand(house)
    assert "publish status" in caught.value.fix


async def test_what_a_recorder_gives_back_meanwhile_is_brought_by_who_asked(house) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out"))
        asked = asyncio.create_task(by_hand(house))
        await asyncio.sleep(0)
        assert house.ledger.wishes()
    assert (await asked).failing_since is None
    assert house.ledger.wishes() == ()


async def by_hand(house: House) -> Delivery:
    board = recorded_board(house.services, house.known.recording)
    ledger = DeliveriesOnDisk(house.folder / "deliveries")
    errands = Errands(house.services, house)
    return await deliver_now(
        house.services, errands, ledger, board, DeliveryKind.FILES, house.storage
    )
