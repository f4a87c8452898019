"""What is said in passing: it covers nothing, stays as long as it has to, and goes with a key."""

from __future__ import annotations

import math

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend

from console.presentation.tones import width_of
from console.tui import notices
from console.tui.notices import Notice, NoticeBoard
from console.tui.places import Destination, Place

SAVED = Notice("Saved to results.json.", since=10.0, until=15.0)
CALL = Notice("The budget is used up.", "demo failed", "error", since=10.0)


def told(board: NoticeBoard, width: int = 60, most: int = 4) -> list[str]:
    return ["".join(span for span, _ in row) for row in board.rows(width, most)]


def test_a_word_goes_by_itself_and_a_call_waits_for_a_key() -> None:
    board = NoticeBoard((SAVED, CALL))
    assert board.at(14.9) == board
    assert board.at(15.0).notices == (CALL,)
    assert board.at(1e9).notices == (CALL,)
    assert board.pressed(12.0) == NoticeBoard()


def test_a_key_that_was_on_its_way_takes_nothing_away_unread() -> None:
    assert NoticeBoard((SAVED, CALL)).pressed(10.5).notices == (SAVED, CALL)


def test_a_dialog_takes_away_words_of_before_and_no_call() -> None:
    assert NoticeBoard((SAVED, CALL)).calls().notices == (CALL,)


def test_the_same_words_again_are_one_notice_and_many_are_the_newest_three() -> None:
    board = NoticeBoard()
    for number in (1, 2, 2, 3, 4):
        board = board.with_new(Notice(f"number {number}"))
    assert [each.text for each in board.notices] == ["number 2", "number 3", "number 4"]


def test_the_newest_is_told_whole_and_of_what_has_no_room_the_beginning() -> None:
    long = Notice("It was saved. " * 9)
    assert told(NoticeBoard((long, CALL)), 40, 3) == [
        " ▌ It was saved. It was saved. It was",
        "   saved. It was saved. It was saved.…",
        " ✗ demo failed  The budget is used up.",
    ]
    rows = NoticeBoard((long, CALL)).rows(40, 3)
    assert max(map(width_of, rows)) <= 40


@pytest.mark.parametrize("size", [(60, 18), (120, 40)])
async def test_a_call_covers_nothing_on_whichever_screen_it_comes_and_goes_with_a_key(
    backend: FakeBackend, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "READ_SECONDS", 0.0)
    async with opened(backend, size) as (app, pilot):
        await shows(pilot, "demo")
        app.go(Destination(Place.LOGS, ("leaderboard", "demo")))
        await shows(pilot, "frame     499", "following")
        app.notify(CALL.text, title=CALL.title, severity="error", timeout=math.inf)
        # The newest line of the log, its status and the keys are all there besides.
        await shows(pilot, "demo failed  The budget is used up.", "frame     499", "following")
        await shows(pilot, "Help")
        await pilot.press("escape")
        await shows(pilot, "Running")
        await until(pilot, lambda: "demo failed" not in seen(app))


async def test_a_call_that_comes_under_a_dialog_is_there_afterwards(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "READ_SECONDS", 0.0)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+d")
        await shows(pilot, "Delete leaderboard/demo?")
        app.notify(CALL.text, title=CALL.title, severity="error", timeout=math.inf)
        await pilot.press("tab", "escape")
        await shows(pilot, "● Running", "demo failed")


async def test_a_click_on_it_takes_a_word_away(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        app.notify("It was kept.")
        await shows(pilot, "It was kept.")
        await pilot.click("NoticeStrip")
        await until(pilot, lambda: "It was kept." not in seen(app))
