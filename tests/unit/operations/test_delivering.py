"""A recorder brings files to where the user's settings say: what is there, and when, and once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.cluster import FakeCluster
from fakes.documents import merged_lines, whole_document
from fakes.evalai_model import BEGIN
from fakes.running_job import LoopClock, RunningJob
from msgspec.structs import replace

from console.errors import Conflict, Forbidden
from console.operations.delivering.by_hand import deliver_now
from console.operations.delivering.deliverer import Deliverer
from console.operations.delivering.delivery_changes import asked_again, failed
from console.operations.delivering.errands import Errands
from console.operations.delivering.standing import Standing, standing_of
from console.operations.ports.cluster import Kind
from console.operations.ports.deliveries import (
    Delivery,
    DeliveryKind,
    DeliveryStage,
    TableMark,
)
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.object_place import (
    Blocks,
    Measure,
    ObjectPlace,
    PlaceFailed,
    PlaceWriter,
)
from console.operations.ports.publishing_settings import PublishingSettings, StorageSettings
from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services
from console.operations.submitting.ending import cancel
from console.operations.submitting.launch import launch
from console.operations.telling.seen_here import SeenHere
from console.operations.watching.unattended import Unattended
from console.publish.deliveries import DeliveriesOnDisk
from console.publish.folder_place import FolderPlace
from console.recorder.recorder import Recorder
from console.specs.compose import Composed
from console.specs.validation import Judged

TEXT = json.dumps(whole_document(), indent=4)
LAST = "containers-status/logcopy.done"


class WatchedPlace(FolderPlace):
    """A folder that remembers which files were sent to it, and fails when it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.sent: list[str] = []
        self.asked = 0
        self.fails = False
        self.silent = threading.Event()
        self.silent.set()

    def read(self, key: str, limit: int) -> bytes | None:
        self.asked += 1
        self.silent.wait()
        if self.fails:
            raise Forbidden("It may not be written by this login.", why="403 AccessDenied.")
        return super().read(key, limit)

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        super().put(key, blocks, measure)
        if not key.endswith("console/writer.json"):
            self.sent.append(key)


class Settings:
    """As a user would set them."""

    file = Path("publishing.yaml")

    def __init__(self, to: str) -> None:
        self.to, self.table = to, ""

    def settings(self) -> PublishingSettings:
        storage = StorageSettings(self.to) if self.to else None
        return PublishingSettings(storage=storage, table=self.table)


class Rows:
    """A table that keeps what it was told; conditions are a real server's business."""

    def __init__(self) -> None:
        self.told: list[TableMark] = []
        self.down = False

    def update(self, mark: TableMark) -> bool:
        if self.down:
            raise PlaceFailed("The table cannot be written.")
        self.told.append(mark)
        return True

    def row_of(self, team: str, submission: str) -> Mapping[str, str]:
        return {}

    @property
    def statuses(self) -> list[str]:
        return [dict(mark.fields)["submission_status"] for mark in self.told]


class House(RunningJob):
    """A recorder's machine, and the place beyond."""

    period = timedelta(seconds=60)
    writer = PlaceWriter("1", "alice@laptop")

    def __init__(self, services: Services, cluster: FakeCluster, folder: Path) -> None:
        super().__init__(cluster)
        self.clock, self.cluster, self.folder = LoopClock(), cluster, folder
        self.rows = Rows()
        self.there = WatchedPlace(folder / "bucket")
        self.settings = Settings(str(folder / "bucket"))
        self.services = replace(services, clock=self.clock, publishing=self.settings)
        self.ledger = DeliveriesOnDisk(folder / "deliveries")

    @property
    def table(self) -> str:
        return self.settings.table

    @property
    def storage(self) -> str:
        return self.settings.to

    def open_table(self, target: str) -> Rows | None:
        return self.rows if target == self.settings.table else None

    def place(self, target: str) -> ObjectPlace | None:
        return self.there if target == self.settings.to else None

    @contextlib.asynccontextmanager
    async def recorder(self) -> AsyncIterator[Deliverer]:
        ledger = DeliveriesOnDisk(self.folder / "deliveries")
        deliverer = Deliverer(self.services, self, ledger)
        following = Unattended(self.services, idle_seconds=900, beside=deliverer)
        task = asyncio.create_task(following.run("races"))
        try:
            yield deliverer
        finally:
            self.there.silent.set()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def completes(self, pod_of) -> None:
        self.drives(*range(20))
        self.tells(*merged_lines(TEXT, 100))
        await self.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")

    def has(self, name: str) -> bool:
        return (self.folder / "bucket" / "1" / name).exists()

    def says(self, text: str) -> bool:
        stdout = self.folder / "bucket/1/evalai/stdout.txt"
        return stdout.exists() and text in stdout.read_text()

    @property
    def known(self) -> Delivery | None:
        return next(iter(self.ledger.all()), None)

    def stage(self) -> DeliveryStage | None:
        return self.known.stage if self.known else None


@pytest.fixture
async def house(services, cluster, composed: Composed, pod_of, tmp_path) -> House:
    """With a submission that runs, launched with a place in the settings."""
    made = House(services, cluster, tmp_path)
    await launch(made.services, Judged(composed).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    return made


async def sees(true: Callable[[], object]) -> None:
    for _ in range(300):
        if true():
            return
        await asyncio.sleep(1)
    raise AssertionError("nobody sees it in five minutes")


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


@contextlib.asynccontextmanager
async def recorded_alone(house: House) -> AsyncIterator[None]:
    """What a thread still brings at the end of that recorder comes to no place of ours."""
    house.there = WatchedPlace(house.folder / "elsewhere")
    house.there.fails = True
    async with house.recorder():
        yield


def advanced(house: House, known: Delivery, here: Standing) -> Delivery:
    """As far as a recorder would take it that sees it so."""
    errands = Errands(house.services, house)
    for _ in range(5):
        known = errands.advance(known, here)
        if known.closed or known.failing_since:
            break
    return known


def as_recorded(house: House) -> tuple[Delivery, Standing]:
    """One that begins, and how it stands by its recording."""
    (kept,) = house.services.recorder.recordings()
    recording, kind, target = kept, DeliveryKind.FILES, house.storage
    if house.table:
        kind, target = DeliveryKind.TABLE, house.table
    board = recorded_board(house.services, recording)
    assert board is not None
    return Delivery(kind, target, recording, BEGIN), standing_of(SeenHere(board, heard=True))


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


# --- a table


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
