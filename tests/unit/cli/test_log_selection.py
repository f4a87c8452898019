"""Which lines of a log are wanted: by time, by number, by run; gaps go with the lines they explain."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cli import log_flags
from console.cli.log_lines import FIRST_LOOK, Selection, lines_of, moment, recorded_lines
from console.errors import NotFound
from console.operations.ports.recorder import LogLine

BEGIN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Kept:
    """A recorded log in memory."""

    def __init__(self, kept: list[LogLine]) -> None:
        self.kept = kept
        self.looks = 0

    def line_count(self) -> int:
        return len(self.kept)

    def lines(self, start: int, stop: int) -> list[LogLine]:
        self.looks += 1
        return self.kept[start:stop]

    def counting(self) -> Iterator[int]:
        raise NotImplementedError

    def newest(self, wanted: int) -> list[LogLine]:
        raise NotImplementedError

    def search(self, pattern: str, *, ignore_case: bool = True) -> list[list[int]]:
        raise NotImplementedError


def line(minute: int, text: str = "", run: int = 0, pod: str = "one") -> LogLine:
    at = (BEGIN + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z")
    return LogLine(at, text or str(minute), False, run, pod)


def gap(text: str, run: int = 0, pod: str = "one") -> LogLine:
    return LogLine("", text, True, run, pod)


def chosen(kept: list[LogLine], **wanted: object) -> list[str]:
    selection = Selection(**wanted)  # type: ignore[arg-type]
    told = recorded_lines(Kept(kept), "agent-1", selection)  # type: ignore[arg-type]
    return [f"({each.content.decode()})" if each.gap else each.content.decode() for each in told]


# from the cluster


def test_a_block_of_the_cluster_is_its_lines_with_their_times() -> None:
    block = b"2026-11-22T10:00:00Z first\n2026-11-22T10:00:01Z second one\n"
    assert [(each.at, each.content) for each in lines_of("agent-1", block)] == [
        ("2026-11-22T10:00:00Z", b"first"),
        ("2026-11-22T10:00:01Z", b"second one"),
    ]


def test_bytes_that_are_no_utf_8_stay_as_they_are() -> None:
    (told,) = lines_of("agent-1", b"2026-11-22T10:00:00Z caf\xe9 \xff\r\n")
    assert told.content == b"caf\xe9 \xff\r"


def test_an_empty_line_is_a_line() -> None:
    (told,) = lines_of("agent-1", b"2026-11-22T10:00:00Z \n")
    assert (told.at, told.content) == ("2026-11-22T10:00:00Z", b"")


def test_a_time_that_is_no_text_does_not_lose_its_line() -> None:
    (told,) = lines_of("agent-1", b"\xff\xfe rest\n")
    assert told.content == b"rest"


@given(st.lists(st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b"")), max_size=6))
def test_no_line_of_a_block_is_lost_or_joined(contents: list[bytes]) -> None:
    block = b"".join(b"T " + each + b"\n" for each in contents)
    assert [each.content for each in lines_of("agent-1", block)] == contents


# from a recording


def test_without_a_wish_everything_is_told_gaps_too() -> None:
    kept = [line(0), gap("1 line is missing"), line(2)]
    assert chosen(kept) == ["0", "(1 line is missing)", "2"]


def test_each_line_names_its_container_and_time() -> None:
    (told,) = recorded_lines(Kept([line(0)]), "agent-1", Selection())  # type: ignore[arg-type]
    assert (told.container, told.at) == ("agent-1", "2026-11-22T10:00:00Z")


@pytest.mark.parametrize(("wanted", "told"), [(0, []), (1, ["4"]), (3, ["2", "3", "4"])])
def test_the_last_lines_are_counted_from_the_end(wanted: int, told: list[str]) -> None:
    assert chosen([line(n) for n in range(5)], tail=wanted) == told


def test_more_lines_than_there_are_is_all_of_them() -> None:
    assert chosen([line(0), line(1)], tail=999_999_999) == ["0", "1"]


def test_a_gap_does_not_count_as_a_line() -> None:
    assert chosen([line(0), line(1), gap("lost"), line(2)], tail=2) == ["1", "(lost)", "2"]


def test_a_gap_before_the_first_wanted_line_is_left_out() -> None:
    assert chosen([line(0), gap("lost"), line(1)], tail=1) == ["1"]


def test_a_gap_behind_the_last_line_is_told() -> None:
    assert chosen([line(0), gap("the rest is missing")], tail=1) == ["0", "(the rest is missing)"]


def test_a_log_that_is_mostly_gaps_is_read_further_back() -> None:
    kept = [line(0, "first"), line(1, "second"), *[gap("lost")] * (3 * FIRST_LOOK), line(2)]
    told = chosen(kept, tail=2)
    assert [told[0], told[-1]] == ["second", "2"]


def test_the_last_lines_of_a_long_log_are_not_searched_from_its_beginning() -> None:
    long = Kept([line(n) for n in range(50 * FIRST_LOOK)])
    told = list(recorded_lines(long, "agent-1", Selection(tail=1)))  # type: ignore[arg-type]
    assert len(told) == 1
    assert long.looks < 5


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 35))
def test_tail_tells_as_many_lines_as_were_asked_if_there_are_so_many(
    gaps: list[bool], wanted: int
) -> None:
    kept = [gap("lost") if is_gap else line(n) for n, is_gap in enumerate(gaps)]
    genuine = [each for each in chosen(kept, tail=wanted) if not each.startswith("(")]
    every = [each.text for each in kept if not each.gap]
    assert genuine == (every[-wanted:] if wanted else [])


def test_since_tells_what_is_as_new_or_newer() -> None:
    kept = [line(n) for n in range(4)]
    assert chosen(kept, since=BEGIN + timedelta(minutes=2)) == ["2", "3"]


def test_a_line_without_a_time_is_as_old_as_the_one_before_it() -> None:
    kept = [line(0), LogLine("", "a"), line(5), LogLine("", "b")]
    assert chosen(kept, since=BEGIN + timedelta(minutes=1)) == ["5", "b"]


def test_a_gap_goes_with_the_line_behind_it() -> None:
    kept = [line(0), gap("old"), line(1), gap("new"), line(5)]
    assert chosen(kept, since=BEGIN + timedelta(minutes=4)) == ["(new)", "5"]


def test_a_gap_at_the_end_is_told_where_the_last_line_is_new() -> None:
    assert chosen([line(5), gap("end")], since=BEGIN) == ["5", "(end)"]
    assert chosen([line(0), gap("end")], since=BEGIN + timedelta(minutes=1)) == []


def test_since_and_tail_together_tell_the_last_of_the_new_ones() -> None:
    kept = [line(n) for n in range(6)]
    assert chosen(kept, since=BEGIN + timedelta(minutes=2), tail=2) == ["4", "5"]
    assert chosen(kept, since=BEGIN + timedelta(minutes=5), tail=2) == ["5"]


TWO_RUNS = [line(0), line(1), line(2, run=1), line(3, run=1)]


def test_previous_is_the_run_before_the_last() -> None:
    assert chosen(TWO_RUNS, previous=True) == ["0", "1"]


def test_of_three_runs_previous_is_the_second() -> None:
    assert chosen([*TWO_RUNS, line(4, run=2)], previous=True) == ["2", "3"]


def test_a_first_run_in_another_pod_is_another_run() -> None:
    assert chosen([line(0, pod="one"), line(1, pod="two")], previous=True) == ["0"]


def test_previous_heeds_tail_and_since() -> None:
    assert chosen(TWO_RUNS, previous=True, tail=1) == ["1"]
    assert chosen(TWO_RUNS, previous=True, since=BEGIN + timedelta(minutes=1)) == ["1"]


@pytest.mark.parametrize("kept", [[], [line(0), line(1)]])
def test_without_a_run_before_the_last_previous_is_not_found(kept: list[LogLine]) -> None:
    with pytest.raises(NotFound, match="agent-1 no run before the last"):
        chosen(kept, previous=True)


@pytest.mark.parametrize(("previous", "words"), [(False, ""), (True, " of a run before the last")])
def test_a_selection_says_whose_log_is_meant(previous: bool, words: str) -> None:
    assert Selection(previous=previous).kind == words


# times


def test_a_time_without_a_zone_is_utc() -> None:
    assert moment("2026-11-22T10:00:00") == BEGIN


def test_a_time_with_nanoseconds_and_a_zone_is_read() -> None:
    at = moment("2026-11-22T11:00:00.123456789+01:00")
    assert at is not None
    assert at - BEGIN == timedelta(microseconds=123456)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", "=== [Agent]"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("2d", 172_800), ("0s", 0), ("1m1m", 120)],
)
def test_a_span_is_read_as_it_is_written(text: str, seconds: int) -> None:
    assert log_flags.span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 m", "1w", "1.5h", "soon", "५m"])
def test_what_is_no_span_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="write 90s, 5m, 2h or 1d"):
        log_flags.span(text)


def test_a_span_longer_than_any_calendar_is_refused() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="longer than anything is recorded"):
        log_flags.span("999999d")


@pytest.mark.parametrize("text", ["-2", "1.5", "many", "", "9" * 10, "१"])
def test_what_is_no_number_of_lines_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="not a number of lines"):
        log_flags.count(text)
