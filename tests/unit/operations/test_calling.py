"""The lookout over a list: each occasion is news once, and only while somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fakes.boards import NOW, ROWS, board
from fakes.following import until
from fakes.scenes import LONG, at, board_of, written
from msgspec.structs import replace

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.calls import Call, Occasion
from console.domain.facts import PodFacts
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.errors import ConsoleError
from console.operations.inspecting.inspection import inspect
from console.operations.ports.cluster import Kind
from console.operations.submitting.launch import launch
from console.operations.watching import calling
from console.operations.watching.calling import Lookout, repeating
from console.operations.watching.unattended import Unattended
from console.specs.validation import Judged

RUNNING = replace(ROWS[0], name="demo", uid="u-1", status=SubmissionStatus.RUNNING)
BLOCKED = replace(RUNNING, status=SubmissionStatus.BLOCKED, blocked_by=BlockKind.IMAGE)
FAILED = replace(RUNNING, status=SubmissionStatus.FAILED, reason="It failed.")
CRASH = {"pair": 3, "attempt": 1, "half": "agent", "reason": "invalid-setup", "exit": 0, "at": 60}


class Watch:
    """A console or a recorder that looks at lists, a minute apart."""

    def __init__(self, *, since_now: bool = True) -> None:
        self.lookout = Lookout(since_now=since_now)
        self.now = NOW
        self.asked: list[str] = []
        self.over: frozenset[str] = frozenset()
        self.shown: dict[str, Any] = {}
        """What its board has of its own."""

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        self.asked.append(name)
        return replace(board(**self.shown), namespace=namespace, name=name, pairs=())

    def sees(self, *rows: SubmissionRow, live: bool = True) -> list[Occasion]:
        return [each.occasion for each in self.calls(*rows, live=live)]

    def calls(self, *rows: SubmissionRow, live: bool = True) -> tuple[Call, ...]:
        self.now += timedelta(minutes=1)
        looked = self.lookout.look(FleetSnapshot(rows, live), self.board, self.now)
        self.over = looked.over
        return looked.calls


def test_what_comes_up_is_told_once() -> None:
    watch = Watch()
    assert watch.sees(RUNNING) == []
    assert watch.sees(BLOCKED) == [Occasion.BLOCKED]
    assert watch.sees(replace(BLOCKED, reason="It is so still.")) == []
    assert watch.sees(FAILED) == [Occasion.FAILED]
    assert watch.sees(replace(FAILED, reason="It failed, and more is known.")) == []


def test_what_has_passed_is_told_and_news_when_it_comes_again() -> None:
    watch = Watch()
    watch.sees(RUNNING)
    pending = replace(RUNNING, status=SubmissionStatus.PENDING)
    first, *_ = watch.calls(BLOCKED)
    assert watch.calls(pending) == ()
    [goes_on] = watch.calls(RUNNING)
    assert (goes_on.occasion, goes_on.ends) == (Occasion.RECOVERED, Occasion.BLOCKED)
    assert watch.over == {first.identity}
    assert watch.calls(replace(RUNNING, restarts=9)) == ()
    [again] = watch.calls(BLOCKED)
    assert (again.occasion, again.matter) == (Occasion.BLOCKED, first.matter)
    [once_more] = watch.calls(RUNNING)
    assert len({each.identity for each in (first, goes_on, again, once_more)}) == 4
    watch.calls(BLOCKED)
    assert watch.calls() == ()
    assert len(watch.over) == 1


def test_a_wait_is_told_once_its_time_is_over_and_once_more_when_it_begins() -> None:
    watch = Watch()
    watch.lookout = Lookout(since_now=True, patience=lambda: timedelta(minutes=3))
    pending = replace(RUNNING, status=SubmissionStatus.PENDING, reason="Waiting for room.")
    pod = PodFacts("demo-x", "races", "p-1", "demo", "Pending", created_at=NOW)
    watch.shown = {"pod": pod, "status": SubmissionStatus.PENDING}
    assert [watch.sees(pending) for _ in range(4)] == [[], [], [Occasion.WAITING], []]
    watch.shown = {}
    [goes_on] = watch.calls(RUNNING)
    assert (goes_on.occasion, goes_on.ends) == (Occasion.RECOVERED, Occasion.WAITING)
    assert len(watch.over) == 1


def test_what_waits_for_long_already_when_a_console_opens_is_no_news() -> None:
    watch = Watch()
    pending = replace(RUNNING, status=SubmissionStatus.PENDING)
    pod = PodFacts("demo-x", "races", "p-1", "demo", "Pending", created_at=NOW - timedelta(hours=3))
    watch.shown = {"pod": pod, "status": SubmissionStatus.PENDING}
    assert [watch.sees(pending) for _ in range(3)] == [[], [], []]


def test_of_what_nobody_was_told_nobody_is_told_that_it_has_passed() -> None:
    watch = Watch()
    assert watch.sees(BLOCKED) == []
    assert watch.sees(RUNNING) == []


def test_a_call_counts_what_the_row_counts_though_more_is_known_by_now() -> None:
    """The list is a fifth of a second old; a drive may finish, or a restart come, in between."""
    then = board(pairs=(), budget=RestartBudget.of(8, {"agent-1": 2, "simulator-1": 2}))
    later = replace(then, budget=RestartBudget.of(8, {"agent-1": 3, "simulator-1": 3}))
    row = replace(RUNNING, restarts=4)
    key = (row.namespace, row.name)
    fleet = FleetSnapshot((row,), True, boards={key: then})
    [call] = Lookout(since_now=False).look(fleet, lambda *_: later, NOW).calls
    assert call.text.startswith("one more resume is possible; restarts 4/8")


def test_a_failing_job_that_has_failed_is_told_once() -> None:
    watch = Watch()
    watch.sees(RUNNING)
    assert watch.sees(replace(FAILED, status=SubmissionStatus.FAILING)) == [Occasion.FAILED]
    assert watch.sees(FAILED) == []


def test_what_is_so_when_a_console_opens_is_no_news() -> None:
    watch = Watch()
    ended = replace(FAILED, uid="u-2", status=SubmissionStatus.UNVERIFIED)
    assert watch.sees(BLOCKED, ended) == []
    # Its result is read once its row is in sight.
    assert watch.sees(BLOCKED, replace(ended, status=SubmissionStatus.COMPLETE)) == []
    assert watch.sees(replace(BLOCKED, blocked_by=BlockKind.NODE), ended) == [Occasion.BLOCKED]


def test_what_ends_as_a_console_opens_is_news() -> None:
    watch = Watch()
    watch.sees(RUNNING)
    watch.now -= timedelta(seconds=58)
    assert watch.sees(FAILED) == [Occasion.FAILED]


def test_a_recorder_tells_what_happened_before_it_began() -> None:
    assert Watch(since_now=False).sees(FAILED) == [Occasion.FAILED]


def test_a_submission_that_comes_later_is_news_however_it_comes() -> None:
    watch = Watch()
    watch.sees()
    assert watch.sees(FAILED) == [Occasion.FAILED]


def test_a_list_that_is_not_live_tells_nothing() -> None:
    watch = Watch()
    watch.sees(RUNNING)
    assert watch.sees(FAILED, live=False) == []
    assert watch.sees(FAILED) == [Occasion.FAILED]


def test_of_rows_that_did_not_change_no_board_is_asked_for_but_now_and_then() -> None:
    watch = Watch()
    rows, ended = (RUNNING,), (replace(FAILED, uid="u-2", name="over"),)
    fleet = FleetSnapshot((*rows, *ended), True)
    watch.lookout.look(fleet, watch.board, NOW)
    watch.asked.clear()
    assert not watch.lookout.due(fleet, NOW + timedelta(seconds=1))
    watch.lookout.look(fleet, watch.board, NOW + timedelta(seconds=1))
    assert watch.asked == []
    watch.lookout.look(fleet, watch.board, NOW + timedelta(seconds=9))
    assert watch.asked == ["demo"]


def failing(times: int) -> BoardSnapshot:
    ends = [{**CRASH, "attempt": n, "at": 60 * n} for n in range(1, times + 1)]
    return board_of(written({"ended": ends}))


def test_a_cause_that_comes_again_calls_once_however_often_it_came() -> None:
    lookout = Lookout(since_now=False)
    row = replace(RUNNING, namespace="races")
    told: list[Call] = []
    for times in (1, 2):
        found = failing(times)
        fleet = FleetSnapshot((replace(row, restarts=times),), True)
        looked = lookout.look(fleet, lambda space, name, found=found: found, at(LONG))  # type: ignore[misc]
        assert looked.failing == (found,)
        told += lookout.judge(inspect(found, lambda container: None, at(LONG)))
    [call] = told
    assert (call.occasion, call.name) == (Occasion.REPEATS, "demo")
    assert call.text == (
        "pair 3: The agent's sensors are not allowed; it comes again until that is mended"
    )


def test_a_cause_that_a_console_finds_as_it_opens_is_no_news() -> None:
    lookout, found = Lookout(since_now=True), failing(1)
    looked = lookout.look(FleetSnapshot((RUNNING,), True), lambda space, name: found, at(LONG))
    judged = inspect(found, lambda container: None, at(LONG))
    assert looked.failing == (found,)
    assert lookout.judge(judged) == ()
    assert repeating(judged) != ()


def test_what_is_blocked_or_has_ended_is_not_called_failing_too() -> None:
    found = failing(1)
    for row in (BLOCKED, FAILED, replace(FAILED, status=SubmissionStatus.FAILING)):
        looked = Lookout(since_now=False).look(
            FleetSnapshot((row,), True), lambda space, name: found, at(LONG)
        )
        assert looked.failing == ()


class Kept:
    """An outbox that a full disk hinders at first."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.full, self.refused, self.busy = True, 0, False

    def patience(self) -> timedelta:
        return timedelta(minutes=2)

    def offer(self, calls: Sequence[Call]) -> None:
        if self.full:
            self.refused += 1
            raise ConsoleError("no room")
        self.calls += calls

    async def run(self) -> None:
        await asyncio.Event().wait()


async def test_a_recorder_leaves_each_call_in_the_outbox_also_behind_a_full_disk(
    services, cluster, composed, monkeypatch
) -> None:
    monkeypatch.setattr(calling, "LOOK_SECONDS", 0.01)
    outbox = Kept()
    job = (await launch(services, Judged(composed).valid)).job
    following = Unattended(replace(services, calls=outbox), idle_seconds=900)
    task = asyncio.create_task(following.run("races"))
    try:
        stored = await cluster.read(Kind.JOB, "races", "demo")
        failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
        cluster.put({**stored, "status": {"conditions": [failed]}})
        await until(lambda: outbox.refused)
        outbox.full = False
        await until(lambda: outbox.calls)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [(each.occasion, each.uid) for each in outbox.calls] == [(Occasion.FAILED, job.uid)]


async def test_a_recorder_leaves_a_call_when_a_wait_is_longer_than_is_set(
    services, cluster, composed, pod_of, monkeypatch
) -> None:
    monkeypatch.setattr(calling, "LOOK_SECONDS", 0.01)
    outbox = Kept()
    outbox.full = False
    job = (await launch(services, Judged(composed).valid)).job
    waits = pod_of("Pending")
    waits["spec"].pop("nodeName", None)
    created = services.clock() - timedelta(minutes=3)
    waits["metadata"]["creationTimestamp"] = f"{created:%Y-%m-%dT%H:%M:%SZ}"
    cluster.put(waits)
    following = Unattended(replace(services, calls=outbox), idle_seconds=900)
    task = asyncio.create_task(following.run("races"))
    try:
        await until(lambda: outbox.calls)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [(each.occasion, each.uid) for each in outbox.calls] == [(Occasion.WAITING, job.uid)]
    assert "GPUs: 4 asked, ? free" in outbox.calls[0].text


async def test_a_recording_that_cannot_be_read_tells_no_cause_and_the_watch_goes_on(
    services, caplog, monkeypatch
) -> None:
    def torn(*_: object) -> None:
        raise ConsoleError("The recording is torn.")

    monkeypatch.setattr(calling, "inspect", torn)
    lookout = Lookout(since_now=False)
    assert await calling._judged(services, lookout, failing(1)) == ()
    assert "Why demo fails cannot be told: The recording is torn." in caplog.text
    monkeypatch.undo()
    assert len(await calling._judged(services, lookout, failing(2))) == 1
