"""A recorder tells a table of a submission: its start, and one end that it is sure of."""

from __future__ import annotations

import asyncio

import pytest
from delivering_house import House, advanced, as_recorded, house, sees
from msgspec.structs import replace

from console.operations.delivering.by_hand import deliver_now
from console.operations.delivering.errands import Errands
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome
from console.operations.recording.recorded import recorded_board
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import launch
from console.specs.compose import Composed
from console.specs.validation import Judged

__all__ = ["house"]


@pytest.fixture
async def marked(services, cluster, composed: Composed, pod_of, tmp_path) -> House:
    """With a submission that runs, of which a table is to be told."""
    made = House(services, cluster, tmp_path)
    made.settings.to, made.settings.table = "", "submissions"
    await launch(made.services, Judged(composed).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    return made


async def test_a_table_is_told_the_start_and_then_the_end_once(marked, pod_of) -> None:
    async with marked.recorder():
        marked.drives(0)
        await sees(lambda: marked.rows.statuses == ["RUNNING"])
        await asyncio.sleep(120)
        await marked.completes(pod_of)
        await sees(lambda: marked.stage() is DeliveryStage.PUBLISHED)
    assert marked.rows.statuses == ["RUNNING", "FINISHED"]
    end = dict(marked.rows.told[-1].fields)
    assert end["driving_score"] == "80.0"
    assert (marked.known.where, marked.known.words) == ("table submissions 1/1", "As finished.")
    async with marked.recorder():
        await asyncio.sleep(120)
    assert len(marked.rows.told) == 2


async def test_a_table_is_told_what_evalai_is_told_of_an_end(marked, pod_of) -> None:
    async with marked.recorder():
        marked.drives(0)
        await sees(lambda: marked.rows.told)
        await cancel(marked.services, "races", "demo")
        await marked.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "DeadlineExceeded")
        await sees(lambda: marked.stage() is DeliveryStage.PUBLISHED)
    assert marked.rows.statuses == ["RUNNING", "CANCELLED"]
    assert "driving_score" not in dict(marked.rows.told[-1].fields)


async def test_an_end_that_nobody_can_tell_is_not_told(marked, pod_of) -> None:
    async with marked.recorder():
        await marked.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")
        await sees(lambda: marked.stage() is DeliveryStage.REFUSED)
    assert marked.rows.statuses == ["RUNNING"]
    assert "is told no end. The Job completed" in marked.known.words


async def test_the_next_recorder_tells_the_end_that_the_last_one_could_not(marked, pod_of) -> None:
    async with marked.recorder():
        marked.drives(0)
        await sees(lambda: marked.rows.told)
        marked.rows.down = True
        await marked.ends(pod_of("Failed"), "Failed", "BackoffLimitExceeded")
        await sees(lambda: marked.known.failing_since)
    marked.rows.down = False
    async with marked.recorder():
        await sees(lambda: marked.stage() is DeliveryStage.PUBLISHED)
    assert marked.rows.statuses == ["RUNNING", "FAILED"]


async def test_a_table_is_told_no_finish_before_its_result_is_recorded(marked, pod_of) -> None:
    async with marked.recorder():
        marked.drives(0)
        await sees(lambda: marked.rows.told)
    known, here = as_recorded(marked)
    known = advanced(marked, known, replace(here, ended=RemoteOutcome.FINISHED))
    assert "does not hold its final result" in known.words
    assert (known.stage, marked.rows.statuses[-1]) == (DeliveryStage.OPEN, "RUNNING")
    async with marked.recorder():
        await marked.completes(pod_of)
        await sees(lambda: marked.stage() is DeliveryStage.PUBLISHED)
    assert dict(marked.rows.told[-1].fields)["driving_score"] == "80.0"


async def test_an_end_that_a_person_has_decided_is_told_as_failed(marked, pod_of) -> None:
    """Once it is decided a recorder tells it, where the table could not be told at once."""
    async with marked.recorder():
        await marked.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")
        await sees(lambda: marked.stage() is DeliveryStage.REFUSED)
    marked.rows.down = True
    assert (await decided(marked)).failing_since
    marked.rows.down = False
    async with marked.recorder():
        await sees(lambda: marked.stage() is DeliveryStage.PUBLISHED)
    assert marked.rows.statuses == ["RUNNING", "FAILED"]
    assert "driving_score" not in dict(marked.rows.told[-1].fields)
    assert ((await decided(marked)).words, len(marked.rows.told)) == ("As failed.", 2)


async def decided(house: House) -> Delivery:
    board = recorded_board(house.services, house.known.recording)
    errands = Errands(house.services, house)
    table = (DeliveryKind.TABLE, "submissions")
    return await deliver_now(house.services, errands, house.ledger, board, *table, as_failed=True)
