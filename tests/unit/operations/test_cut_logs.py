"""A log that ends at a time: the lines that were there then, whatever its length."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from fakes.screens import FakeLog
from hypothesis import given
from hypothesis import strategies as st

from console.operations.ports.recorder import LogLine
from console.operations.replay.cut_log import CutLog, NewestLine

BEGIN = datetime(2026, 11, 22, 10, tzinfo=UTC)


class Present:
    """A time that a test moves."""

    def __init__(self, second: float = 0) -> None:
        self.at = BEGIN + timedelta(seconds=second)

    def __call__(self) -> datetime:
        return self.at


def stamp(second: float) -> str:
    return (BEGIN + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


def log(*lines: tuple[float | None, str]) -> FakeLog:
    made = {
        n: LogLine("" if second is None else stamp(second), text, gap=second is None)
        for n, (second, text) in enumerate(lines)
    }
    return FakeLog(len(lines), made)


class LongLog(FakeLog):
    """A line a second."""

    def line(self, number: int) -> LogLine:
        return LogLine(stamp(number), f"line {number}")


@given(
    st.lists(st.integers(0, 60), max_size=200).map(sorted),
    st.lists(st.integers(-1, 61), min_size=1, max_size=8),
)
def test_the_lines_are_those_whose_time_has_come_wherever_one_comes_from(
    seconds: list[int], presents: list[int]
) -> None:
    present = Present()
    cut = CutLog(log(*((second, str(second)) for second in seconds)), present)
    for each in presents:
        present.at = BEGIN + timedelta(seconds=each)
        there = [str(second) for second in seconds if second <= each]
        assert cut.line_count() == len(there)
        assert [line.text for line in cut.lines(0, 1000)] == there


def test_a_time_that_goes_on_reads_what_is_new_and_not_the_log() -> None:
    whole, present = LongLog(1_000_000), Present(500_000)
    cut = CutLog(whole, present)
    assert cut.line_count() == 500_001
    whole.read.clear()
    for second in range(500_000, 500_100):
        present.at = BEGIN + timedelta(seconds=second)
        assert cut.line_count() == second + 1
    assert len(whole.read) < 110
    assert max(stop - start for start, stop in whole.read) <= 64


def test_a_leap_through_a_long_log_reads_a_few_dozen_lines() -> None:
    whole, present = LongLog(1_000_000), Present(10)
    cut = CutLog(whole, present)
    for second in (900_000, 20, 999_999):
        present.at = BEGIN + timedelta(seconds=second)
        whole.read.clear()
        assert cut.line_count() == second + 1
        assert sum(stop - start for start, stop in whole.read) < 100


def test_the_ruler_between_two_runs_comes_with_the_second() -> None:
    present = Present(5)
    cut = CutLog(log((1, "a"), (None, "it started again"), (9, "b")), present)
    assert [line.text for line in cut.lines(0, 9)] == ["a"]
    present.at = BEGIN + timedelta(seconds=9)
    assert [line.text for line in cut.lines(0, 9)] == ["a", "it started again", "b"]


def test_a_gap_at_the_end_comes_with_the_line_before_it() -> None:
    present = Present(1)
    cut = CutLog(log((2, "a"), (None, "lines are missing")), present)
    assert cut.line_count() == 0
    present.at = BEGIN + timedelta(seconds=2)
    assert cut.line_count() == 2


def test_at_the_end_no_line_is_missing_whatever_a_clock_has_said_in_between() -> None:
    year, present = 365 * 86400.0, Present(3)
    jumped = log((1, "a"), (year, "b"), (year, "c"), (2, "d"), (3, "e"))
    cut = CutLog(jumped, present, BEGIN + timedelta(seconds=4))
    present.at = BEGIN + timedelta(seconds=4)
    assert [line.text for line in cut.lines(0, 9)] == ["a", "b", "c", "d", "e"]
    jumped.count = 4
    present.at = BEGIN + timedelta(seconds=9)
    assert cut.line_count() == 4
    present.at = BEGIN
    assert cut.line_count() == 0


def test_lines_without_any_time_are_not_kept_back() -> None:
    assert CutLog(log((None, "a"), (None, "b")), Present(-100)).line_count() == 2


def test_a_search_finds_nothing_that_comes_later() -> None:
    present = Present(2)
    cut = CutLog(log((1, "crash"), (2, "fine"), (3, "crash")), present)
    assert [number for some in cut.search("crash") for number in some] == [0]
    present.at = BEGIN + timedelta(seconds=3)
    assert [number for some in cut.search("crash") for number in some] == [0, 2]
    with pytest.raises(re.error):
        list(cut.search("("))


def test_nothing_of_another_time_is_shown_while_the_log_is_counted() -> None:
    cut = CutLog(LongLog(1000), Present(499))
    assert cut.newest(2) == []
    assert list(cut.counting()) == [0, 500]
    assert [line.text for line in cut.newest(2)] == ["line 498", "line 499"]


def test_a_log_that_still_grows_shows_what_has_come() -> None:
    whole, present = LongLog(5), Present(100)
    cut = CutLog(whole, present)
    assert cut.line_count() == 5
    whole.count, present.at = 50, BEGIN + timedelta(seconds=101)
    assert cut.line_count() == 50


def test_the_newest_line_is_neither_a_gap_nor_progress() -> None:
    newest = NewestLine(
        "logcopy", log((1, "merging"), (2, "@leaderboard n0nce 1 snapshot {}"), (None, "a gap"))
    )
    assert newest.read(BEGIN + timedelta(seconds=60))
    assert newest.line is not None
    assert (newest.line.text, newest.line.container) == ("merging", "logcopy")
    assert newest.line.said_at == BEGIN + timedelta(seconds=1)


def test_the_newest_line_is_told_as_new_once_and_goes_back_with_the_time() -> None:
    newest = NewestLine("agent-1", log((1, "one"), (2, "two")))
    told = []
    for second in (0, 1, 1.5, 2, 60, 1, 0):
        new = newest.read(BEGIN + timedelta(seconds=second))
        told.append((new, newest.line.text if newest.line else None))
    assert told == [
        (False, None),
        (True, "one"),
        (False, "one"),
        (True, "two"),
        (False, "two"),
        (True, "one"),
        (True, None),
    ]


def test_a_line_that_takes_over_the_screen_is_made_harmless() -> None:
    newest = NewestLine("agent-1", log((1, "\x1b[2Jgone")))
    newest.read(BEGIN + timedelta(seconds=1))
    assert newest.line is not None
    assert "\x1b" not in newest.line.text
