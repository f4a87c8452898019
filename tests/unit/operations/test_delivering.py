"""A recorder brings files to where the user's settings say: what is there, and when, and once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path

from delivering_house import (
    LAST,
    TEXT,
    House,
    WatchedPlace,
    advanced,
    as_recorded,
    house,
    recorded_alone,
    sees,
)
from msgspec.structs import replace

from console.operations.delivering.errands import Errands
from console.operations.ports.cluster import Kind
from console.operations.ports.deliveries import DeliveryStage
from console.operations.ports.evalai import RemoteOutcome
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import launch
from console.specs.validation import Judged

__all__ = ["house"]


async def test_results_are_there_while_it_runs_and_the_last_mark_when_all_is(house, pod_of) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out of the 20 routes"))
        house.drives(1)
        await sees(lambda: house.says("- Completed 2 out of the 20 routes"))
        assert not house.has(LAST)
        await house.completes(pod_of)
        await sees(lambda: house.stage() is DeliveryStage.PUBLISHED)
    assert (house.folder / "bucket/1/agent/agent_results.json").read_text() == TEXT
    assert house.there.sent[-1] == f"1/{LAST}"
    assert house.there.sent.count(f"1/{LAST}") == 1
    assert house.known.outcome is RemoteOutcome.FINISHED
    assert house.known.delivered is not None
    assert (house.known.where, house.known.words) == (f"{house.storage}/1", "As finished.")


async def test_it_is_looked_at_no_more_often_than_the_user_says(house) -> None:
    async with house.recorder():
        for route in range(5):
            house.drives(route)
            await asyncio.sleep(10)
        await sees(lambda: house.says("- Completed 5 out"))
        assert house.there.sent.count("1/evalai/stdout.txt") <= 2


async def test_a_log_that_grows_is_sent_again_when_it_has_grown_by_a_quarter(house, pod_of) -> None:
    async with house.recorder():
        house.tells(*(f"line {n}" for n in range(100)))
        await sees(lambda: house.has("logcopy/logcopy.log"))
        house.tells("one more")
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out"))
        assert house.there.sent.count("1/logcopy/logcopy.log") == 1
        await house.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "BackoffLimitExceeded")
        await sees(lambda: house.stage() is DeliveryStage.PUBLISHED)
    assert (house.folder / "bucket/1/logcopy/logcopy.log").read_text().count("\n") >= 101


async def test_what_failed_or_was_cancelled_is_told_as_that_and_never_as_done(
    house, pod_of
) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out"))
        await cancel(house.services, "races", "demo")
        await house.ends(pod_of("Failed", logcopy=("ended", 0)), "Failed", "DeadlineExceeded")
        await sees(lambda: house.stage() is DeliveryStage.PUBLISHED)
    assert house.known.outcome is RemoteOutcome.CANCELLED
    assert house.has("containers-status/simulation.cancel")
    assert not house.has(LAST)


async def test_the_next_recorder_goes_on_and_sends_nothing_twice(house, pod_of) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out"))
        asked = house.there.asked
        # The turn that sent it may have more to send; two questions later it is over.
        await sees(lambda: house.there.asked > asked + 1)
    before = len(house.there.sent)
    async with house.recorder():
        asked = house.there.asked
        await sees(lambda: house.there.asked > asked + 1)
        assert len(house.there.sent) == before
        await house.completes(pod_of)
        await sees(lambda: house.stage() is DeliveryStage.PUBLISHED)
    asked = house.there.asked
    async with house.recorder() as deliverer:
        await asyncio.sleep(300)
        assert not deliverer.busy
    assert house.there.asked == asked


async def test_a_job_that_was_deleted_meanwhile_is_brought_from_its_recording(house) -> None:
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out"))
        house.there.fails = True
    house.cluster.drop(Kind.POD, "races", "demo-abcde")
    house.cluster.drop(Kind.JOB, "races", "demo")
    house.there.fails = False
    async with house.recorder():
        await sees(lambda: house.stage() is DeliveryStage.PUBLISHED)
    assert house.known.outcome is RemoteOutcome.FAILED


async def test_the_mark_that_says_done_is_there_only_for_what_is_told_as_finished(
    house, pod_of
) -> None:
    """Though the result that is recorded is final: a place does not tell another end than EvalAI."""
    async with recorded_alone(house):
        await house.completes(pod_of)
        await sees(lambda: house.there.asked and as_recorded(house)[1].view.final)
    house.there = WatchedPlace(house.folder / "bucket")
    known, here = as_recorded(house)
    failed_there = advanced(house, known, replace(here, ended=RemoteOutcome.FAILED))
    assert failed_there.outcome is RemoteOutcome.FAILED
    assert (house.has("agent/agent_results.json"), house.has(LAST)) == (True, False)
    assert advanced(house, known, here).outcome is RemoteOutcome.FINISHED
    assert house.has(LAST)


async def test_an_end_waits_for_the_final_result_to_be_recorded(house) -> None:
    async with recorded_alone(house):
        house.drives(0)
        await sees(lambda: house.there.asked)
    house.there = WatchedPlace(house.folder / "bucket")
    known, here = as_recorded(house)
    known = advanced(house, known, replace(here, ended=RemoteOutcome.FINISHED))
    assert known.words.endswith(
        "The recording of demo does not hold its final result. It was seen in the cluster, and may"
        " still be written."
    )
    assert (known.stage, house.has(LAST)) == (DeliveryStage.OPEN, False)


class MeetingPlace(WatchedPlace):
    """Whoever asks it waits a moment for somebody else who does."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.inside = threading.Barrier(2)
        self.met = False

    def read(self, key: str, limit: int) -> bytes | None:
        with contextlib.suppress(threading.BrokenBarrierError):
            self.inside.wait(0.1)
            self.met = True
        return super().read(key, limit)


async def test_of_one_folder_a_recorder_brings_one_at_a_time(house) -> None:
    """What goes on from a submission has its folder; both may be due at the same moment."""
    async with recorded_alone(house):
        house.drives(0)
        await sees(lambda: house.there.asked)
    house.there = MeetingPlace(house.folder / "bucket")
    errands, (known, here) = Errands(house.services, house), as_recorded(house)
    both = [asyncio.to_thread(errands.advance, known, here) for _ in range(2)]
    assert {each.words for each in await asyncio.gather(*both)} == {
        "What is recorded so far is there."
    }
    assert not house.there.met


async def test_of_two_recorders_one_brings_it(house) -> None:
    async with house.recorder() as first, house.recorder() as second:
        house.drives(0)
        await sees(lambda: house.says("- Completed 1 out"))
        assert [first.busy, second.busy].count(True) == 1


async def test_a_place_that_the_settings_do_not_name_gets_nothing(house) -> None:
    """Though a Job does: whoever may edit Jobs may name any."""
    house.settings.to = "/elsewhere"
    async with house.recorder() as deliverer:
        house.drives(0)
        await asyncio.sleep(300)
        assert not deliverer.busy
    assert house.there.sent == []
    assert house.known is None


async def test_a_launch_without_a_place_is_nobodys_business(
    services, cluster, composed, pod_of, tmp_path
) -> None:
    house = House(services, cluster, tmp_path)
    house.settings.to = ""
    await launch(house.services, Judged(composed).valid)
    house.settings.to = str(tmp_path / "bucket")
    cluster.put(pod_of(logcopy=("running", 0)))
    async with house.recorder():
        house.drives(0)
        await asyncio.sleep(120)
    assert house.known is None
