"""A log from a line on is a log: counted, read, searched, and it grows."""

from __future__ import annotations

import pytest
from fakes.log_views import GrowingLog
from hypothesis import given
from hypothesis import strategies as st

from console.operations.ports.recorder import LogLine
from console.operations.recording.later_log import LaterLog


def log(*texts: str) -> GrowingLog:
    return GrowingLog([LogLine("", each) for each in texts])


def texts(lines: list[LogLine]) -> list[str]:
    return [each.text for each in lines]


def test_what_was_before_is_not_there_and_what_comes_is() -> None:
    whole = log("a", "b", "c")
    later = LaterLog(whole, 2)
    assert (later.line_count(), texts(later.lines(0, 9))) == (1, ["c"])
    whole.held.append(LogLine("", "d"))
    assert (later.line_count(), texts(later.lines(1, 2))) == (2, ["d"])
    assert texts(later.newest(9)) == ["c", "d"]
    assert list(later.counting())[-1] == 2


def test_a_search_finds_only_what_is_there_at_its_place_there() -> None:
    later = LaterLog(log("x", "y", "x", "y", "X"), 2)
    assert [number for found in later.search("x") for number in found] == [0, 2]
    assert [number for found in later.search("x", ignore_case=False) for number in found] == [0]


def test_a_line_from_before_is_placed_at_the_begin() -> None:
    later = LaterLog(log("a", "b", "c"), 2)
    assert (later.place_of(0), later.place_of(2)) == (0, 0)


@pytest.mark.parametrize("first", [3, 4, 100])
def test_behind_the_end_there_is_nothing_yet(first: int) -> None:
    later = LaterLog(log("a", "b", "c"), first)
    assert later.line_count() == 0
    assert later.newest(5) == []
    assert later.lines(0, 5) == []


@given(st.lists(st.text("ab", max_size=3), max_size=12), st.integers(0, 14), st.integers(0, 14))
def test_it_is_the_end_of_the_whole(held: list[str], first: int, wanted: int) -> None:
    later, rest = LaterLog(log(*held), first), held[first:]
    assert later.line_count() == len(rest)
    assert texts(later.lines(0, wanted)) == rest[:wanted]
    assert texts(later.newest(wanted)) == (rest[-wanted:] if wanted else [])
    found = [number for some in later.search("a") for number in some]
    assert found == [at for at, text in enumerate(rest) if "a" in text]
