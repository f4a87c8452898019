"""The console calls: toasts on every screen, the bell, the title, a notice on the desktop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.boards import NOW, ROWS
from fakes.pilots import shows, until
from fakes.scenes import board_of, written
from fakes.screens import FakeBackend, FakeLog
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.calls import Call, Occasion
from console.domain.facts import PodFacts
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.errors import ClusterUnreachable, InvalidInput
from console.operations.ports.call_settings import (
    CallSettings,
    Desktop,
    OutboxState,
    Sent,
    Webhook,
    WebhookAnswer,
    WebhookForm,
)
from console.operations.watching import calling as watching_calls
from console.tui import calling, standing_toasts
from console.tui.app import ConsoleApp
from console.tui.calling import Calling
from console.tui.terminal_signals import BELL, GIVE_TITLE_BACK, KEEP_TITLE, title

RUNNING = replace(ROWS[0], name="demo", uid="u-1", status=SubmissionStatus.RUNNING)
FAILED = replace(RUNNING, status=SubmissionStatus.FAILED, reason="The budget is used up.")


class Report:
    """What the user sets, and what webhooks answered."""

    file, open_to_others = Path("calls.yaml"), False

    def __init__(self, told: CallSettings | None = None) -> None:
        self.told, self.outbox = told or CallSettings(desktop=Desktop.OSC9), OutboxState({})
        self.wrong = False
        self.asked = 0

    def settings(self) -> CallSettings:
        if self.wrong:
            raise InvalidInput("calls.yaml: ways.bell is neither on nor off.", fix="Say on or off.")
        return self.told

    def state(self) -> OutboxState:
        return self.outbox

    def as_left(self, calls: Sequence[Call]) -> dict[str, Call]:
        self.asked += 1
        found = {each.identity: replace(each, text="Told by a recorder.") for each in calls}
        return found if self.asked > 2 else {}

    async def test(self) -> tuple[tuple[str, str, bool], ...]:
        return ()


class Told:
    """What a user sees and hears."""

    def __init__(self) -> None:
        self.toasts: list[tuple[str, str]] = []
        self.terminal = ""

    def notify(
        self, message: str, *, title: str = "", severity: str = "", timeout: float | None
    ) -> None:
        self.toasts.append((title, message))

    def take_back(self, message: str, title: str) -> None:
        self.toasts.remove((title, message))

    def tell_terminal(self, sequences: str) -> None:
        self.terminal += sequences


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(standing_toasts, "TOAST_SECONDS", 600.0)
    monkeypatch.setattr(calling, "_OUTBOX_SECONDS", 0.01)
    monkeypatch.setattr(calling, "_WORD_SECONDS", 0.01)
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("STY", raising=False)


def lists(backend: FakeBackend, *rows: SubmissionRow) -> None:
    backend.shown_fleet = FleetSnapshot(rows, True, "", NOW)


@asynccontextmanager
async def called(
    backend: FakeBackend, report: Report, *rows: SubmissionRow
) -> AsyncIterator[tuple[Told, Calling]]:
    """From a look at these rows on."""
    told = Told()
    lists(backend, *rows)
    looked: list[str] = []
    board_of = backend.listed_board

    def listed_board(namespace: str, name: str) -> BoardSnapshot:
        looked.append(name)
        return board_of(namespace, name)

    backend.listed_board = listed_board  # type: ignore[method-assign]
    caller = Calling(told, backend, report)
    task = asyncio.create_task(caller.run())
    await happens(lambda: looked)
    try:
        yield told, caller
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def happens(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what a task does
            await asyncio.sleep(0.005)


async def test_a_failure_rings_says_so_on_the_screen_in_the_title_and_on_the_desktop(
    backend: FakeBackend,
) -> None:
    lists(backend, RUNNING)
    app, told = ConsoleApp(backend, calls=Report), Told()
    app.tell_terminal = told.tell_terminal  # type: ignore[method-assign]
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: title("1 running - carla-console") in told.terminal)
        assert told.terminal.startswith(KEEP_TITLE)
        assert BELL not in told.terminal
        await leave_for_another_screen(pilot)
        lists(backend, FAILED)
        await shows(pilot, "demo failed", "The budget is used up.")
        await until(pilot, lambda: title("1 failed - carla-console") in told.terminal)
        assert told.terminal.count(BELL) == 1
        assert "\x1b]9;demo failed: The budget is used up.\x1b\\" in told.terminal
    assert told.terminal.endswith(GIVE_TITLE_BACK)


async def leave_for_another_screen(pilot: Pilot[None]) -> None:
    await pilot.press("m")
    await shows(pilot, "Monitor")


@pytest.mark.parametrize(
    ("off", "marks"),
    [
        (CallSettings(bell=False, desktop=Desktop.OSC9), {"toast", "title", "desktop"}),
        (CallSettings(title=False, desktop=Desktop.OSC9), {"toast", "bell", "desktop"}),
        (CallSettings(desktop=Desktop.OFF), {"toast", "bell", "title"}),
        (CallSettings(toast=False, desktop=Desktop.OSC9), {"bell", "title", "desktop"}),
    ],
)
async def test_each_way_can_be_switched_off(
    backend: FakeBackend, off: CallSettings, marks: set[str]
) -> None:
    failed = title("1 failed - carla-console")
    in_terminal = {"bell": BELL, "title": failed, "desktop": "\x1b]9;demo failed"}

    def heard() -> set[str]:
        seen = {way for way, mark in in_terminal.items() if mark in told.terminal}
        return seen | ({"toast"} if told.toasts else set())

    async with called(backend, Report(off), RUNNING) as (told, _):
        lists(backend, FAILED)
        await happens(lambda: heard() >= marks)
        before = len(told.toasts), len(told.terminal)
        lists(backend, FAILED, replace(FAILED, name="other", uid="u-2"))
        await happens(lambda: (len(told.toasts), len(told.terminal)) != before)
    assert heard() == marks


async def test_an_occasion_can_be_switched_off_for_every_way(backend: FakeBackend) -> None:
    others = CallSettings(frozenset({Occasion.COMPLETE}))
    done = replace(RUNNING, name="done", uid="u-2", status=SubmissionStatus.COMPLETE)
    async with called(backend, Report(others), RUNNING) as (told, _):
        await happens(lambda: told.terminal)
        lists(backend, FAILED, done)
        await happens(lambda: told.toasts)
    assert [title for title, _ in told.toasts] == ["done is complete"]


async def test_many_calls_at_once_are_one_toast_and_one_bell(backend: FakeBackend) -> None:
    rows = [replace(RUNNING, name=f"run-{n}", uid=f"u-{n}") for n in range(9)]
    async with called(backend, Report(), *rows) as (told, _):
        await happens(lambda: told.terminal)
        lists(backend, *(replace(FAILED, name=row.name, uid=row.uid) for row in rows))
        await happens(lambda: told.toasts)
    assert told.toasts == [("9 calls", "run-0 failed, run-1 failed, run-2 failed and 6 more")]
    assert told.terminal.count(BELL) == 1


BLOCKED = replace(
    RUNNING, status=SubmissionStatus.BLOCKED, blocked_by=BlockKind.NODE, reason="No node has room."
)


async def test_a_toast_of_what_has_passed_becomes_one_that_it_goes_on(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching_calls, "_SETTLE", timedelta())
    lists(backend, RUNNING)
    app, told = ConsoleApp(backend, calls=Report), Told()
    app.tell_terminal = told.tell_terminal  # type: ignore[method-assign]
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: told.terminal)
        lists(backend, BLOCKED)
        await shows(pilot, "demo is blocked", "No node has room.")
        lists(backend, RUNNING)
        await shows(pilot, "demo goes on", "it runs; before, No node has room.")
        assert [each.title for each in app.notices.notices] == ["demo goes on"]
    assert told.terminal.count(BELL) == 1


async def test_a_long_wait_for_room_is_told_in_every_way_until_it_begins(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching_calls, "_SETTLE", timedelta())
    drives = backend.shown_board
    pod = PodFacts("demo-x", "leaderboard", "p", "demo", "Pending", created_at=NOW)
    pending = replace(RUNNING, status=SubmissionStatus.PENDING, reason="No room yet.")
    report = Report(CallSettings(desktop=Desktop.OSC9, patience=timedelta(seconds=1)))
    async with called(backend, report, RUNNING) as (told, _):
        await happens(lambda: told.terminal)
        backend.shown_board = replace(drives, pod=replace(pod, created_at=NOW - timedelta(hours=1)))
        lists(backend, pending)
        await happens(lambda: told.toasts)
        [(head, text)] = told.toasts
        assert head == "demo waits for room"
        assert text.endswith("? free. No room yet.")
        await happens(lambda: title("1 waiting - carla-console") in told.terminal)
        assert "\x1b]9;demo waits for room: waiting since" in told.terminal
        assert told.terminal.count(BELL) == 1
        backend.shown_board = drives
        lists(backend, RUNNING)
        await happens(lambda: [title for title, _ in told.toasts] == ["demo goes on"])
    assert told.terminal.count(BELL) == 1


async def test_a_toast_of_many_goes_when_the_last_of_them_has_passed(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching_calls, "_SETTLE", timedelta())
    only = CallSettings(frozenset({Occasion.BLOCKED}))
    rows = [replace(RUNNING, name=f"run-{n}", uid=f"u-{n}") for n in range(4)]
    blocked = [replace(BLOCKED, name=row.name, uid=row.uid) for row in rows]
    async with called(backend, Report(only), *rows) as (told, _):
        await happens(lambda: told.terminal)
        lists(backend, *blocked)
        await happens(lambda: told.toasts)
        other = replace(BLOCKED, name="other", uid="u-9")
        lists(backend, blocked[0], *rows[1:3], other)
        await happens(lambda: len(told.toasts) == 2)
        assert [title for title, _ in told.toasts] == ["4 calls", "other is blocked"]
        lists(backend, *rows[:3], other)
        await happens(lambda: len(told.toasts) == 1)


async def test_wrong_settings_are_said_and_the_usual_ones_hold(backend: FakeBackend) -> None:
    report = Report()
    report.wrong = True
    async with called(backend, report, RUNNING) as (told, _):
        await happens(lambda: told.terminal)
        lists(backend, FAILED)
        await happens(lambda: len(told.toasts) == 2)
    assert told.toasts[0][1] == "calls.yaml: ways.bell is neither on nor off. Say on or off."


async def test_a_webhook_that_was_not_told_is_told_here_once(backend: FakeBackend) -> None:
    hook = Webhook("https://hooks.example/sEcReT", WebhookForm.SLACK)
    report = Report(CallSettings(webhooks=(hook,)))
    async with called(backend, report, RUNNING) as (told, _):
        await happens(lambda: told.terminal)
        trouble = WebhookAnswer(NOW, "hooks.example", Sent.REFUSED, "404 Not Found", "demo failed")
        report.outbox = OutboxState({Sent.REFUSED: 1}, trouble, trouble)
        await happens(lambda: told.toasts)
    assert told.toasts == [
        ("A webhook was not told that demo failed", "hooks.example: 404 Not Found")
    ]


async def test_a_toast_has_the_words_that_webhooks_are_told(backend: FakeBackend) -> None:
    hook = Webhook("https://hooks.example/a", WebhookForm.SLACK, frozenset({Occasion.FAILED}))
    report = Report(CallSettings(desktop=Desktop.OSC9, webhooks=(hook,)))
    blocked = replace(RUNNING, name="other", uid="u-2")
    async with called(backend, report, RUNNING, blocked) as (told, _):
        await happens(lambda: told.terminal)
        lists(backend, FAILED, blocked)
        await happens(lambda: told.toasts)
        assert told.toasts == [("demo failed", "Told by a recorder.")]
        assert "\x1b]9;demo failed: Told by a recorder.\x1b\\" in told.terminal
        done = replace(blocked, status=SubmissionStatus.COMPLETE)
        lists(backend, FAILED, done)
        await happens(lambda: len(told.toasts) == 2)
    assert report.asked == 3
    assert told.toasts[1] == ("other is complete", "12/20 routes")


async def test_what_no_recorder_tells_is_told_in_our_own_words(backend: FakeBackend) -> None:
    report = Report(CallSettings(webhooks=(Webhook("https://a.example/", WebhookForm.JSON),)))
    report.asked = -1000
    async with called(backend, report, RUNNING) as (told, _):
        await happens(lambda: told.terminal)
        lists(backend, FAILED)
        await happens(lambda: told.toasts)
    assert told.toasts == [("demo failed", FAILED.reason)]


async def test_the_title_counts_the_list_in_which_the_calls_were_found(
    backend: FakeBackend,
) -> None:
    other = replace(RUNNING, name="other", uid="u-2")
    async with called(backend, Report(), RUNNING, other) as (told, _):
        await happens(lambda: told.terminal)
        board_of = backend.listed_board

        def meanwhile(namespace: str, name: str) -> BoardSnapshot:
            lists(backend, FAILED, replace(FAILED, name="other", uid="u-2"))
            return board_of(namespace, name)

        backend.listed_board = meanwhile  # type: ignore[method-assign]
        lists(backend, FAILED, other)
        await happens(lambda: len(told.toasts) == 2)
        await happens(lambda: title("2 failed - carla-console") in told.terminal)
    one, two = (
        told.terminal.find(title(f"{n} - carla-console"))
        for n in ("1 failed, 1 running", "2 failed")
    )
    assert 0 <= one < two


async def test_the_title_is_given_back_only_where_it_was_taken(backend: FakeBackend) -> None:
    async with called(backend, Report(), RUNNING) as (told, caller):
        await happens(lambda: told.terminal)
        caller.leave()
        caller.leave()
    assert told.terminal.count(GIVE_TITLE_BACK) == 1
    silent = Told()
    Calling(silent, backend, Report()).leave()
    assert silent.terminal == ""


async def test_before_the_first_live_list_the_title_is_left_alone(backend: FakeBackend) -> None:
    """The list of the last time is no news, and a connection that takes a second is none either."""
    told = Told()
    backend.shown_fleet = FleetSnapshot((FAILED,), False, "the last known list", NOW)
    task = asyncio.create_task(Calling(told, backend, Report()).run())
    await asyncio.sleep(0)
    lists(backend, RUNNING)
    await happens(lambda: told.terminal)
    backend.shown_fleet = FleetSnapshot((RUNNING,), False, "connection refused", NOW)
    await happens(lambda: title("not live - carla-console") in told.terminal)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told.terminal.startswith(KEEP_TITLE + title("1 running - carla-console"))
    assert told.toasts == []


async def test_a_connection_that_goes_while_a_failure_is_looked_into_ends_no_calls(
    backend: FakeBackend,
) -> None:
    """Its logs are out of reach then: the cause is told by what the board knows, or not at all."""
    ends = {"pair": 3, "attempt": 1, "half": "agent", "reason": "invalid-setup", "exit": 0, "at": 9}
    asked: list[str] = []

    def log_view(board: BoardSnapshot, container: str) -> FakeLog:
        asked.append(container)
        raise ClusterUnreachable("The console is not connected to a cluster.")

    backend.log_view = log_view  # type: ignore[method-assign]
    async with called(backend, Report(), RUNNING) as (told, _):
        await happens(lambda: told.terminal)
        backend.listed_board = lambda namespace, name: board_of(written({"ended": [ends]}))  # type: ignore[method-assign]
        lists(backend, replace(RUNNING, restarts=2))
        await happens(lambda: asked)
        lists(backend, FAILED)
        await happens(lambda: ("demo failed", FAILED.reason) in told.toasts)
