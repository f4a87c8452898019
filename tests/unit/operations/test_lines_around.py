"""The lines of a log around a moment, and what a recording tells of attempts and routes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.screens import FakeLog

from console.operations.inspecting.lines_around import end_of, lines_around
from console.operations.ports.recorder import LogLine, Recording
from console.operations.replay.recorded_past import Past, recorded_past
from console.recorder.recorder import Recorder

AT = datetime(2026, 11, 22, 16, 1, 30, tzinfo=UTC)


def numbers(log: FakeLog, at: datetime, before: int, after: int) -> list[int | None]:
    return [each.number for each in lines_around("agent-1", lambda name: log, at, before, after)]


def test_so_many_lines_before_the_moment_and_after_it_are_read_and_no_more() -> None:
    log = FakeLog(60)
    assert numbers(log, AT, 3, 2) == [27, 28, 29, 30, 31]
    assert sum(stop - start for start, stop in log.read[-1:]) == 5


@pytest.mark.parametrize(("second", "expected"), [(0, [0, 1]), (59, [56, 57, 58, 59])])
def test_at_an_end_of_the_log_there_are_fewer(second: int, expected: list[int]) -> None:
    assert numbers(FakeLog(60), AT.replace(second=second), 3, 2) == expected


def test_a_log_that_nobody_has_or_without_a_line_has_none() -> None:
    assert lines_around("agent-1", lambda name: None, AT, 3, 2) == ()
    assert numbers(FakeLog(0), AT, 3, 2) == []


def test_a_line_is_as_a_reader_sees_it_and_rulers_are_none() -> None:
    log = FakeLog(2, {0: LogLine("2026-11-22T16:01:30Z", "\x1b[31mred\x1b[0m"),
                      1: LogLine("", "restarted, attempt 2", gap=True)})  # fmt: skip
    found = lines_around("agent-1", lambda name: log, AT, 3, 2)
    assert [each.text for each in found] == ["red"]


def test_a_time_that_is_cut_to_its_second_means_all_of_it() -> None:
    assert end_of(AT) == AT.replace(second=31)
    later = AT.replace(microsecond=5)
    assert end_of(later) == later


def test_a_recording_tells_when_its_attempts_began(tmp_path: Path) -> None:
    found = recorded_past(unpacked(tmp_path).recorder, DEMO).landmarks
    assert (2, 2) in {(each.pair, each.attempt) for each in found if each.begins}


def test_one_that_does_not_hold_its_job_tells_of_none(tmp_path: Path) -> None:
    assert recorded_past(Recorder(tmp_path), Recording("lab", "races", "demo", "u1")) == Past()
