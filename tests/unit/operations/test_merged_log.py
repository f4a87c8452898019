"""Several logs as one: in the order of time, entered anywhere, never all in memory."""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from itertools import pairwise

import pytest
from fakes.log_views import GrowingLog, at, log, said

from console.operations.ports.recorder import LogLine
from console.operations.recording.log_runs import began, runs_of
from console.operations.recording.log_times import first_at, sortable
from console.operations.recording.merged_log import MergedLog
from console.operations.recording.timed_log import CHUNK


def whole(merged: MergedLog) -> list[LogLine]:
    return merged.lines(0, merged.line_count())


def test_lines_of_all_logs_are_in_the_order_of_time_and_name_their_container() -> None:
    merged = MergedLog({"agent-1": log("a", [1, 4, 5]), "simulator-1": log("s", [2, 3, 6])})
    assert [(line.container, line.text) for line in whole(merged)] == [
        ("agent-1", "a 0"),
        ("simulator-1", "s 0"),
        ("simulator-1", "s 1"),
        ("agent-1", "a 1"),
        ("agent-1", "a 2"),
        ("simulator-1", "s 2"),
    ]


def test_a_line_without_a_time_stays_with_the_line_before_it() -> None:
    merged = MergedLog({"a": log("a", [1, None, None, 9]), "s": log("s", [2, 8])})
    assert said(whole(merged)) == ["a 0", "a 1", "a 2", "s 0", "s 1", "a 3"]


def test_lines_of_one_time_stay_in_the_order_of_the_logs() -> None:
    merged = MergedLog({"a": log("a", [5, 5]), "s": log("s", [5, 5])})
    assert said(whole(merged)) == ["a 0", "a 1", "s 0", "s 1"]


@pytest.mark.parametrize("seed", range(6))
def test_wherever_it_is_entered_the_lines_are_those_of_the_whole(seed: int) -> None:
    chance = random.Random(seed)
    logs = {name: log(name, _wild_times(chance)) for name in ("a", "b", "c")}
    merged = MergedLog(logs)
    lines = whole(merged)
    assert len(lines) == sum(each.line_count() for each in logs.values())
    for name, each in logs.items():
        assert [line.text for line in lines if line.container == name] == said(each.held)
    for _ in range(20):
        start = chance.randrange(len(lines))
        stop = start + chance.randrange(1, 900)
        assert merged.lines(start, stop) == lines[start:stop]


def test_a_line_whose_clock_leapt_ahead_takes_no_other_with_it() -> None:
    """It stands where the next noted time allows, and lines of other logs behind it."""
    logs = {"a": log("a", [1, 100, 3, 4]), "s": log("s", [2, 50, 60, 70])}
    merged = MergedLog(logs, chunk=2)
    lines = whole(merged)
    assert said(lines) == ["a 0", "s 0", "a 1", "a 2", "a 3", "s 1", "s 2", "s 3"]
    assert [merged.lines(n, n + 1)[0] for n in range(8)] == lines


def _wild_times(chance: random.Random) -> list[int | None]:
    """Bursts of one time, pauses, lines without a time, and a clock that jumps back."""
    now, times = 1_000_000, list[int | None]()
    for _ in range(chance.randrange(1, 6) * CHUNK + chance.randrange(CHUNK)):
        now += chance.choice([0, 0, 1, 3, 400 if chance.random() < 0.02 else 0])
        now -= 50_000 if chance.random() < 0.0005 else 0
        times.append(None if chance.random() < 0.05 else now)
    return times


def test_with_clocks_that_go_on_no_line_is_before_an_earlier_one() -> None:
    chance = random.Random(7)
    logs = {
        name: log(name, sorted(chance.randrange(9_000_000) for _ in range(size)))
        for name, size in (("a", 3000), ("b", 700), ("c", 1), ("d", 0))
    }
    times = [line.at for line in whole(MergedLog(logs))]
    assert len(times) == 3701
    assert all(one <= two for one, two in pairwise(times))


def test_the_newest_lines_are_there_without_a_count() -> None:
    logs = {"a": log("a", list(range(0, 20_000, 2))), "s": log("s", [19_997, 30_000])}
    merged = MergedLog(logs)
    assert said(merged.newest(4)) == ["a 9998", "s 0", "a 9999", "s 1"]
    assert logs["a"].read == 0


def test_of_a_long_log_a_screen_in_the_middle_reads_little() -> None:
    logs = {name: log(name, list(range(0, 400_000, 4))) for name in ("a", "b")}
    merged = MergedLog(logs)
    merged.line_count()
    for each in logs.values():
        each.read = 0
    assert len(merged.lines(123_456, 123_500)) == 44
    assert sum(each.read for each in logs.values()) < 20 * CHUNK


def test_a_line_that_comes_late_takes_its_place_in_time() -> None:
    logs = {"a": log("a", [1, 5]), "s": log("s", [2])}
    merged = MergedLog(logs)
    assert said(whole(merged)) == ["a 0", "s 0", "a 1"]
    logs["s"].held.append(LogLine(at(3), "late"))
    logs["a"].held.append(LogLine(at(7), "new"))
    assert said(whole(merged)) == ["a 0", "s 0", "late", "a 1", "new"]


def test_growing_line_by_line_it_is_the_same_as_read_at_once() -> None:
    chance = random.Random(3)
    full = {name: log(name, _wild_times(chance)).held[:1500] for name in ("a", "b")}
    growing = {name: GrowingLog([]) for name in full}
    merged = MergedLog(growing)
    while any(len(growing[name].held) < len(full[name]) for name in full):
        for name, lines in full.items():
            growing[name].held = lines[: len(growing[name].held) + chance.randrange(300)]
        assert merged.line_count() == sum(each.line_count() for each in growing.values())
        merged.lines(chance.randrange(merged.line_count() + 1), merged.line_count())
    assert whole(merged) == whole(
        MergedLog({name: GrowingLog(lines) for name, lines in full.items()})
    )


def test_a_log_that_becomes_shorter_is_merged_as_it_is_now() -> None:
    logs = {"a": log("a", list(range(2000))), "b": log("b", list(range(2000)))}
    merged = MergedLog(logs)
    whole(merged)
    logs["a"].held = logs["a"].held[:700]
    assert len(whole(merged)) == 2700
    assert said(merged.lines(1398, 1402)) == ["a 699", "b 699", "b 700", "b 701"]


def test_counting_tells_how_far_it_is_and_ends_with_every_line() -> None:
    merged = MergedLog({"a": log("a", list(range(2000))), "b": log("b", [1])})
    told = list(merged.counting())
    assert told == sorted(told)
    assert told[-1] == merged.line_count() == 2001


def test_hits_have_the_numbers_that_the_merged_lines_have() -> None:
    chance = random.Random(5)
    merged = MergedLog({name: log(name, _wild_times(chance)) for name in ("a", "b", "c")})
    hits = [number for some in merged.search(r"\w [0-9]*77$") for number in some]
    expected = [n for n, line in enumerate(whole(merged)) if re.search(r" [0-9]*77$", line.text)]
    assert hits == expected


def test_a_search_that_is_no_expression_says_so() -> None:
    with pytest.raises(re.error):
        list(MergedLog({"a": log("a", [1])}).search("("))


def test_a_time_is_found_as_in_one_log() -> None:
    merged = MergedLog({"a": log("a", list(range(0, 9000, 3))), "b": log("b", [4400, 8000])})
    times = [line.at for line in whole(merged)]
    for wanted in (at(0), at(4399), at(4400), at(4401), at(8000)):
        assert merged.from_time(wanted) == bisect_left(times, wanted)
        assert first_at(merged, len(times), sortable(wanted)) == bisect_left(times, wanted)
    assert merged.from_time(at(99_999_999)) == len(times) - 1


def test_a_line_of_one_log_is_found_among_all() -> None:
    merged = MergedLog({"a": log("a", list(range(0, 9000, 3))), "b": log("b", [4400, 8000])})
    lines = whole(merged)
    for container, number in (("a", 0), ("a", 511), ("a", 2999), ("b", 1)):
        assert lines[merged.place_of(container, number)].text == f"{container} {number}"


def test_an_empty_log_has_no_line() -> None:
    merged = MergedLog({"a": GrowingLog([])})
    assert (merged.line_count(), merged.lines(0, 9), merged.newest(9)) == (0, [], [])
    assert list(merged.search("x")) == []


# --- the runs of one log


def test_the_runs_of_a_log_are_told_with_their_borders_and_their_first_time() -> None:
    view = GrowingLog(
        [
            LogLine(at(1), "one", False, 0, "p"),
            LogLine(at(2), "two", False, 0, "p"),
            LogLine("", "the container started again", True, 1, "p"),
            LogLine(at(9), "three", False, 1, "p"),
            LogLine("", "another pod", True, 0, "q"),
        ]
    )
    runs = runs_of(view)
    assert [(each.pod, each.attempt, each.first, each.stop) for each in runs] == [
        ("p", 1, 0, 2),
        ("p", 2, 2, 4),
        ("q", 1, 4, 5),
    ]
    assert [began(view, each) for each in runs] == [at(1), at(9), ""]


# --- times


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00"),
        ("2026-11-22T10:00:00.5Z", "2026-11-22T10:00:00.5"),
        ("2026-11-22T12:00:00.5+02:00", "2026-11-22T10:00:00.5"),
        ("2026-11-22T10:00:50.000000000Z", "2026-11-22T10:00:50"),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_time_is_put_in_order_whatever_its_zone(written: str, order: str) -> None:
    assert sortable(written) == order
