"""A log's lines with a pattern, or without it, as a log."""

from __future__ import annotations

import re

import pytest
from fakes.log_views import GrowingLog, log, said

from console.operations.ports.recorder import LogLine
from console.operations.recording.filtered_log import LOOKED_AT_ONCE, FilteredLog
from console.operations.recording.merged_log import MergedLog
from console.operations.recording.timed_log import SPARSE

TEXTS = ("boot", "Error one", "tick", "error two", "tock")


def lines(*texts: str) -> GrowingLog:
    return GrowingLog([LogLine("2026-11-22T10:00:00Z", text) for text in texts])


def shown(view: FilteredLog) -> list[str]:
    return said(view.lines(0, view.line_count()))


def test_only_lines_with_the_pattern_are_shown_whatever_their_case() -> None:
    assert shown(FilteredLog(lines(*TEXTS), "error")) == ["Error one", "error two"]


def test_only_lines_without_the_pattern_are_shown() -> None:
    assert shown(FilteredLog(lines(*TEXTS), drop="error|t.ck")) == ["boot"]


def test_both_can_be_asked_for() -> None:
    assert shown(FilteredLog(lines(*TEXTS), "error", "two")) == ["Error one"]


def test_lines_that_come_later_are_looked_at_too() -> None:
    whole = lines(*TEXTS)
    view = FilteredLog(whole, "error")
    assert view.line_count() == 2
    whole.held += [LogLine("", "nothing"), LogLine("", "an ERROR again")]
    assert shown(view) == ["Error one", "error two", "an ERROR again"]


def test_a_flood_is_looked_at_a_piece_at_a_time() -> None:
    whole = lines("error")
    view = FilteredLog(whole, "error")
    assert view.line_count() == 1
    whole.held += [LogLine("", "error")] * (LOOKED_AT_ONCE + 7)
    assert view.line_count() == 1 + LOOKED_AT_ONCE
    assert view.line_count() == 8 + LOOKED_AT_ONCE


def test_what_stands_between_runs_and_what_is_missing_is_always_shown() -> None:
    whole = lines("error", "x")
    whole.held.append(LogLine("", "the container started again", True, 1))
    whole.held.append(LogLine("", "y", False, 1))
    view = FilteredLog(whole, "error")
    assert shown(view) == ["error", "the container started again"]
    whole.held.append(LogLine("", "lines are missing", True, 1))
    assert shown(view)[-1] == "lines are missing"


def test_before_it_is_looked_through_its_end_is_there() -> None:
    whole = lines(*TEXTS)
    view = FilteredLog(whole, "error")
    assert said(view.newest(1)) == ["error two"]
    assert whole.searched == 0
    list(view.counting())
    assert said(view.newest(1)) == ["error two"]


def test_its_end_is_that_of_now_though_it_was_asked_for_before() -> None:
    whole = lines(*TEXTS)
    view = FilteredLog(whole, "error")
    assert said(view.newest(1)) == said(view.newest(1)) == ["error two"]
    assert said(view.newest(9)) == ["Error one", "error two"]
    whole.held.append(LogLine("", "error three"))
    assert said(view.newest(1)) == ["error three"]


def test_looking_through_it_tells_how_much_was_found_and_can_be_left() -> None:
    view = FilteredLog(lines(*TEXTS), "error")
    told = list(view.counting())
    assert told == sorted(told)
    assert told[-1] == 2
    assert next(FilteredLog(lines(*TEXTS), "error").counting()) == 0


def test_a_search_finds_lines_by_their_place_among_those_shown() -> None:
    view = FilteredLog(lines(*TEXTS), drop="boot")
    assert [n for some in view.search("error") for n in some] == [0, 2]
    assert [n for some in view.search("boot") for n in some] == []


def test_a_log_that_becomes_shorter_shows_what_is_left() -> None:
    whole = lines(*TEXTS)
    view = FilteredLog(whole, "error")
    assert view.line_count() == 2
    del whole.held[3:]
    assert shown(view) == ["Error one"]
    whole.held.append(LogLine("", "error three"))
    assert shown(view) == ["Error one", "error three"]


def test_a_line_of_the_whole_log_has_a_place_among_those_shown() -> None:
    view = FilteredLog(lines(*TEXTS), "error")
    assert [view.place_of(number) for number in range(5)] == [0, 0, 1, 1, 1]


def test_far_lines_are_read_without_those_between() -> None:
    whole = lines(*(["x"] * 50_000), "hit", *(["x"] * 50_000), "hit")
    view = FilteredLog(whole, "hit")
    view.line_count()
    whole.read = 0
    assert shown(view) == ["hit", "hit"]
    assert whole.read == 2


def test_filtered_logs_are_merged_by_time_as_others_are() -> None:
    logs = {name: log(name, list(range(0, 9000, 3))) for name in ("a", "b")}
    chosen = {name: FilteredLog(view, "7$") for name, view in logs.items()}
    merged = MergedLog(chosen, SPARSE)
    found = merged.lines(0, merged.line_count())
    assert len(found) == 600
    assert [line.at for line in found] == sorted(line.at for line in found)
    assert all(line.text.endswith("7") for line in found)


def test_a_pattern_that_is_no_expression_says_so() -> None:
    with pytest.raises(re.error):
        FilteredLog(lines(), "(")
