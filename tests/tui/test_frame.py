"""What is written to the terminal: the cells that differ, and all of them."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from fakes.boards import NOW, row
from fakes.pilots import seen, shows
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from fakes.terminals import Glass, RecordingDriver, in_terminal
from msgspec.structs import replace
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot
from textual.strip import Strip

from console.domain.board import SubmissionStatus
from console.domain.fleet import FleetSnapshot
from console.tui.frame import Frame
from console.tui.screens.screen import ConsoleScreen

SIZE = (160, 45)
RED, BLUE = Style(color="red"), Style(color="blue")


def strip(*spans: tuple[str, Style]) -> Strip:
    return Strip([Segment(text, style) for text, style in spans])


def told(frame: Frame, piece: Strip) -> list[tuple[int, str]]:
    changes = frame.changes([(0, 0, piece)])
    return [(x, "".join(each.text for each in written)) for x, _, written in changes]


def test_what_stands_there_already_is_not_written_again() -> None:
    frame = Frame()
    assert told(frame, strip(("name 12s", RED))) == [(0, "name 12s")]
    assert told(frame, strip(("name 12s", RED))) == []


def test_of_a_row_only_the_cells_that_differ_are_written() -> None:
    frame = Frame()
    frame.changes([(0, 0, strip(("name", RED), (" 12s", BLUE)))])
    assert told(frame, strip(("name", RED), (" 13s", BLUE))) == [(6, "3")]


def test_another_colour_is_another_cell() -> None:
    frame = Frame()
    frame.changes([(0, 0, strip(("name", RED), (" 12s", BLUE)))])
    assert told(frame, strip(("name", BLUE), (" 12s", BLUE))) == [(0, "name")]


def test_a_row_that_takes_another_colour_is_written_from_where_it_differs() -> None:
    frame = Frame()
    frame.changes([(0, 0, strip(("▌", BLUE), ("name", RED), (" 12s", RED)))])
    chosen = strip(("▌", BLUE), ("name", BLUE), (" 12s", BLUE))
    assert told(frame, chosen) == [(1, "name 12s")]
    assert told(frame, chosen) == []


def test_a_row_with_glyphs_of_two_cells_is_written_whole() -> None:
    frame = Frame()
    frame.changes([(0, 0, strip(("漢字 12s", RED)))])
    assert told(frame, strip(("漢字 13s", RED))) == [(0, "漢字 13s")]


def test_a_piece_that_is_cut_otherwise_is_written_whole() -> None:
    frame = Frame()
    frame.changes([(0, 0, strip(("abcdef", RED)))])
    frame.changes([(4, 0, strip(("xy", RED)))])
    assert told(frame, strip(("abcdef", RED))) == [(0, "abcdef")]


def test_after_forgetting_everything_is_written() -> None:
    frame = Frame()
    frame.changes([(0, 0, strip(("name", RED)))])
    frame.forget()
    assert told(frame, strip(("name", RED))) == [(0, "name")]


@pytest.mark.parametrize("seed", sweep(range(5), 0))
def test_the_changes_add_up_to_what_was_painted(seed: int) -> None:
    chance, frame = random.Random(seed), Frame()
    shown: dict[tuple[int, int], tuple[str, Style | None]] = {}
    for _ in range(50):
        spans = [(chance.choice("ab ") * 5, chance.choice((RED, BLUE))) for _ in range(8)]
        y, painted = chance.randrange(3), strip(*spans)
        for x, row_, change in frame.changes([(0, y, painted)]):
            cells = [(glyph, each.style) for each in change for glyph in each.text]
            shown |= {(x + at, row_): cell for at, cell in enumerate(cells)}
        wanted = [(glyph, style) for text, style in spans for glyph in text]
        assert [shown[x, y] for x in range(len(wanted))] == wanted


# --- the console in a terminal


@pytest.fixture
def many(backend: FakeBackend) -> FakeBackend:
    """A long list of submissions that ended days ago."""
    rows = tuple(
        row(f"job-{number:05}", SubmissionStatus.COMPLETE, 20, created_at=NOW - timedelta(days=9))
        for number in range(5000)
    )
    backend.shown_fleet = FleetSnapshot(rows, True, "", NOW)
    return backend


async def tick(pilot: Pilot[None]) -> None:
    """What a screen does several times a second, and the painting after it."""
    assert isinstance(pilot.app.screen, ConsoleScreen)
    pilot.app.screen._tick()
    await pilot.pause()


async def begun(pilot: Pilot[None], driver: RecordingDriver) -> None:
    await shows(pilot, "job-00003", "Monitor")
    for _ in range(3):
        await tick(pilot)
    driver.take()


async def test_a_list_that_does_not_change_writes_nothing(many: FakeBackend) -> None:
    async with in_terminal(many, SIZE) as (pilot, driver):
        await begun(pilot, driver)
        for _ in range(5):
            many.shown_fleet = replace(many.shown_fleet, updated_at=NOW)
            await tick(pilot)
        assert driver.take() == ""


async def test_a_key_in_a_long_list_writes_two_rows(many: FakeBackend) -> None:
    async with in_terminal(many, SIZE) as (pilot, driver):
        await begun(pilot, driver)
        await pilot.press("j")
        await tick(pilot)
        assert 0 < len(driver.take().encode()) <= 1000


async def test_what_is_said_of_a_row_is_painted_with_the_row(many: FakeBackend) -> None:
    async with in_terminal(many, SIZE) as (pilot, driver):
        await begun(pilot, driver)
        await pilot.press("j")
        await pilot.pause()
        frames = [each for each in driver.written if "job-" in each]
        assert [("\x1b[4;" in each, "\x1b[44;" in each) for each in frames] == [(True, True)]


async def test_of_another_count_in_the_list_only_that_is_written(many: FakeBackend) -> None:
    async with in_terminal(many, SIZE) as (pilot, driver):
        await begun(pilot, driver)
        first, second, *rest = many.shown_fleet.rows
        changed = (first, replace(second, restarts=3), *rest)
        many.shown_fleet = FleetSnapshot(changed, True, "", NOW)
        await tick(pilot)
        assert 0 < len(driver.take().encode()) <= 200


@pytest.mark.parametrize("name", sweep(["monitor", "logs"], "monitor"))
async def test_a_screen_of_a_run_that_says_nothing_new_writes_nothing(
    name: str, backend: FakeBackend
) -> None:
    async with in_terminal(backend, SIZE) as (pilot, driver):
        await shows(pilot, "demo")
        await pilot.press("enter", *("l" if name == "logs" else ""))
        await shows(pilot, "frame" if name == "logs" else "simulator")
        # Ages of events go on by themselves, a second at a time.
        backend.shown_board = replace(backend.shown_board, pairs=(), events=())
        for _ in range(5):
            await tick(pilot)
        driver.take()
        await tick(pilot)
        assert driver.take() == ""


async def test_after_any_keys_the_terminal_shows_what_the_screen_does(many: FakeBackend) -> None:
    glass = Glass()
    keys = ("j", "j", "pagedown", "G", "k", "slash", "0", "4", "enter", "question_mark", "escape")
    async with in_terminal(many, (100, 24)) as (pilot, driver):
        for key in (*keys, "enter", "l", "k", "escape", "escape", "end"):
            await pilot.press(key)
            await tick_if_it_has_one(pilot)
            glass.take(driver.take())
            assert glass.text(100, 24).rstrip() == seen(pilot.app).rstrip()


async def tick_if_it_has_one(pilot: Pilot[None]) -> None:
    if isinstance(pilot.app.screen, ConsoleScreen):
        await tick(pilot)
    await pilot.pause()
