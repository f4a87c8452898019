"""`logs`, for the hunt: merged by time, of one attempt or route, filtered, with other times."""

from __future__ import annotations

import os
import pty
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest
from fakes.demo_recording import DEMO, unpacked

from console import wiring
from console.cli.line_filter import LineFilter, Patterns
from console.cli.line_times import LineTimes
from console.cli.line_writer import LineWriter
from console.cli.log_lines import PrintedLine
from console.domain.landmarks import Landmark, LandmarkKind
from console.domain.spans import stopwatch
from console.operations.recording.log_times import Times
from console.operations.recording.route_times import LATE, drives_of, means, routes_of
from console.operations.replay.recorded_past import recorded_past
from console.operations.services import Services

BEGIN = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def pair(stage):
    """A pair whose halves ran twice, and logcopy beside them."""
    recording = stage.launch()
    stage.record(recording, "simulator-1", b"boot", b"tick", b"signal 11", pod="p")
    stage.record(recording, "simulator-1", b"boot again", run=1, pod="p")
    stage.record(recording, "agent-1", b"setup", b"step 1\rstep 2\r", b"ERROR: lost", pod="p")
    stage.record(recording, "agent-1", b"setup again", b"step 3", run=1, pod="p")
    stage.record(recording, "agent-2", b"other")
    stage.record(recording, "logcopy", b"l")
    stage.forget()
    return recording


def test_both_halves_of_a_pair_are_merged_by_time_with_attempts_as_rulers(stage, pair) -> None:
    assert stage.run("logs", "demo", "--merge", "--pair", "1").out.split("\n")[:-1] == [
        "simulator-1 boot",
        "agent-1 setup",
        "simulator-1 tick",
        "agent-1 step 1\rstep 2\r",
        "simulator-1 signal 11",
        "simulator-1 ── the container started again (attempt 2) ──",
        "agent-1 ERROR: lost",
        "agent-1 ── the container started again (attempt 2) ──",
        "simulator-1 boot again",
        "agent-1 setup again",
        "agent-1 step 3",
    ]


def test_all_containers_are_merged_by_time(stage, pair) -> None:
    ran = stage.run("logs", "demo", "--merge", "--timestamps")
    times = re.findall(r"2026\S+", ran.out)
    assert times == sorted(times)
    assert {"agent-2", "logcopy", "simulator-1"} <= set(re.findall(r"^\S+", ran.out, re.MULTILINE))
    assert "simulator-4: nothing of its log is recorded" in ran.told


def test_of_several_named_containers_each_is_printed_or_all_by_time(stage, pair) -> None:
    named = ("-c", "agent-2", "-c", "logcopy")
    assert stage.run("logs", "demo", *named).out == "agent-2 other\nlogcopy l\n"
    merged = stage.run("logs", "demo", "--merge", "-c", "logcopy", "-c", "agent-1", "-t").out
    times = re.findall(r"2026\S+", merged)
    assert times == sorted(times)
    assert len(times) > 3
    assert [name in merged for name in ("logcopy", "agent-1", "simulator-1")] == [True, True, False]


def test_of_several_containers_of_a_pod_the_first_that_is_none_is_named(stage) -> None:
    stage.pod(stage.launch(), agent_1=[b"here"])
    ran = stage.run("logs", "demo", "-c", "agent-1", "-c", "agent-9")
    assert (ran.code, ran.out) == (2, "")
    assert "There is no container 'agent-9'" in ran.told


def test_a_merged_log_is_read_from_the_recording_though_the_pod_lives(stage) -> None:
    recording = stage.launch()
    stage.record(recording, "agent-1", b"as recorded")
    stage.pod(recording, agent_1=[b"as it is"])
    assert stage.run("logs", "demo", "--pair", "1").out == "agent-1 as recorded\n"


def test_a_merged_log_asks_no_cluster(stage, pair, monkeypatch) -> None:
    monkeypatch.setattr(wiring, "connect", None)
    assert stage.run("logs", "demo", "--pair", "2").out == "agent-2 other\n"


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (("-c", "agent-1", "--attempt", "2", "--invert", "setup"),
         ["── the container started again (attempt 2) ──", "step 3"]),
        (("-c", "agent-1", "--attempt", "1", "--tail", "1"), ["ERROR: lost"]),
        (("--pair", "1", "--tail", "2"), ["agent-1 setup again", "agent-1 step 3"]),
        (
            ("--pair", "1", "--attempt", "2", "--grep", "AGAIN"),
            ["simulator-1 ── the container started again (attempt 2) ──", "simulator-1 boot again",
             "agent-1 ── the container started again (attempt 2) ──", "agent-1 setup again"],
        ),
        (("--pair", "1", "--attempt", "1", "--grep", "error|signal"),
         ["simulator-1 signal 11", "agent-1 ERROR: lost"]),
        (("--pair", "1", "--attempt", "1", "--invert", "step|boot|setup"),
         ["simulator-1 tick", "simulator-1 signal 11", "agent-1 ERROR: lost"]),
        (("--pair", "1", "--attempt", "1", "--grep", "o", "--invert", "lost"),
         ["simulator-1 boot"]),
        (("-c", "simulator-1", "--grep", "tick", "--around", "1"), ["boot", "tick", "signal 11"]),
        (("-c", "simulator-1", "--attempt", "1", "--times", "relative"),
         ["+0:00:00.000 boot", "+0:00:01.000 tick", "+0:00:02.000 signal 11"]),
        (("-c", "agent-1", "--tail", "1", "--times", "attempt"), ["+0:00:01.000 step 3"]),
        (("-c", "agent-1", "--tail", "1", "--times", "relative"), ["+0:00:00.000 step 3"]),
        (("-c", "agent-1", "--tail", "1", "--times", "absolute"),
         ["2026-11-22T10:01:01.000000000Z step 3"]),
        (("-c", "agent-1", "--tail", "1", "--times", "none"), ["step 3"]),
        (("--pair", "1", "--since", "1s"), []),
    ],
)  # fmt: skip
def test_a_recording_is_hunted_through(stage, pair, flags, shown) -> None:
    ran = stage.run("logs", "demo", *flags)
    assert (ran.code, ran.out.split("\n")[:-1]) == (0, shown)


def test_a_living_pods_lines_are_filtered_as_they_come(stage) -> None:
    stage.pod(stage.launch(), logcopy=[b"one", b"an Error", b"two", b"three", b"an error more"])
    assert stage.run("logs", "demo", "--grep", "error").out.splitlines() == [
        "an Error", "an error more",
    ]  # fmt: skip
    assert stage.run("logs", "demo", "--invert", "error|t").out.splitlines() == ["one"]
    assert stage.run("logs", "demo", "--times", "relative", "--grep", "two").out.splitlines() == [
        "+0:00:00.000 two"
    ]


@pytest.mark.parametrize(
    "flags",
    [
        ("--pair", "0"),
        ("--pair", "9"),
        ("--pair", "one"),
        ("--pair", "1", "-c", "agent-1"),
        ("--merge", "-c", "agent-1"),
        ("-c", "agent-1", "-c", ""),
        ("--merge", "-f"),
        ("--attempt", "1", "-p"),
        ("--route", ""),
        ("--route", "1", "--pair", "1"),
        ("--grep", ""),
        ("--grep", "("),
        ("--invert", "["),
        ("--around", "3"),
        ("--grep", "a", "--around", "-1"),
        ("--times", "absolute", "--timestamps"),
        ("--times", "utc"),
    ],
)
def test_what_says_nothing_together_is_refused(stage, pair, flags) -> None:
    ran = stage.run("logs", "demo", *flags)
    assert (ran.code, ran.stdout) == (2, b"")
    assert "Traceback" not in ran.told


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("-c", "agent-1", "--attempt", "7"), "no attempt 7"),
        (("--route", "77"), "No drive of route 77 is recorded"),
    ],
)
def test_what_is_not_recorded_is_not_found(stage, pair, flags, told) -> None:
    ran = stage.run("logs", "demo", *flags)
    assert (ran.code, ran.stdout) == (5, b"")
    assert told in ran.told


def test_of_a_route_both_halves_of_its_pair_are_shown_while_it_was_driven(stage, tmp_path) -> None:
    services = unpacked(tmp_path / "demo")
    stage.services = Services(stage.cluster, services.recorder, stage.services.clock)
    stage.context = DEMO.cluster
    landmarks = recorded_past(services.recorder, DEMO).landmarks
    begin = next(each for each in landmarks if each.pair == 2 and each.route and each.begins)
    ran = stage.command("logs", DEMO.name, "-n", "default", "--route", begin.route, "--timestamps")
    assert ran.code == 0
    assert {line.split()[0] for line in ran.out.splitlines()} == {"simulator-2", "agent-2"}
    times = re.findall(r"^agent-2 (2026\S+)", ran.out, re.MULTILINE)
    assert begin.at - LATE <= datetime.fromisoformat(times[0]) <= begin.at + LATE
    whole = stage.command("logs", DEMO.name, "-n", "default", "--pair", "2")
    assert len(ran.out) < len(whole.out) / 2


# --- the lines around a hit


def _lines(*texts: str) -> list[PrintedLine]:
    return [PrintedLine("c", "", text.encode()) for text in texts]


def _shown(context: int, *texts: str) -> list[str]:
    chosen = LineFilter(Patterns(grep=re.compile("hit"), context=context))
    return [line.content.decode() for line in chosen.of(_lines(*texts))]


def test_lines_around_hits_are_shown_once_and_what_is_left_out_between_is_marked() -> None:
    assert _shown(1, "a", "b", "hit", "c", "hit", "d", "e", "f", "hit") == [
        "b", "hit", "c", "hit", "d", "...", "f", "hit",
    ]  # fmt: skip
    assert _shown(1, "hit", "a", "b", "hit") == ["hit", "a", "b", "hit"]
    assert _shown(0, "a", "hit", "b", "hit") == ["hit", "hit"]


def test_lines_that_come_in_pieces_are_filtered_as_one_log() -> None:
    chosen = LineFilter(Patterns(grep=re.compile("hit"), context=1))
    shown = [*chosen.of(_lines("a", "hit")), *chosen.of(_lines("b")), *chosen.of(_lines("c"))]
    assert [line.content for line in shown] == [b"a", b"hit", b"b"]


def test_a_line_is_sought_in_as_a_reader_sees_it() -> None:
    chosen = LineFilter(Patterns(grep=re.compile("^90%")))
    lines = _lines("10%\r90%\r", "90%\r100%", "\x1b[31m90%\x1b[0m")
    assert [line.content for line in chosen.of(lines)] == [b"10%\r90%\r", b"\x1b[31m90%\x1b[0m"]


# --- on a terminal


def _on_a_terminal(monkeypatch, writer: LineWriter, *lines: PrintedLine) -> str:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        writer.write(lines)
        shown = b""
        while shown.count(b"\n") < len(lines):
            shown += os.read(ours, 1000)
    os.close(ours)
    return shown.decode().replace("\r", "")


def test_on_a_terminal_a_bar_has_its_last_state_and_each_container_its_colour(monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    writer = LineWriter(prefix=True, containers=("simulator-1", "agent-1"))
    bar = PrintedLine("agent-1", "", b" 10%|#   \r 90%|### \r")
    shown = _on_a_terminal(monkeypatch, writer, bar, PrintedLine("simulator-1", "", b"x"))
    assert shown == "\x1b[33magent-1 \x1b[0m 90%|### \n\x1b[36msimulator-1 \x1b[0mx\n"


def test_what_is_sought_stands_out_on_a_terminal(monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    patterns = Patterns(highlight=re.compile("err", re.IGNORECASE))
    writer = LineWriter(patterns=patterns)
    lines = PrintedLine("c", "", b"\x1b[31man Error\x1b[0m"), PrintedLine("c", "", b"none")
    assert _on_a_terminal(monkeypatch, writer, *lines) == "an \x1b[1;7mErr\x1b[0mor\nnone\n"


def test_nothing_is_coloured_where_nobody_wants_it(monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    writer = LineWriter(
        prefix=True, containers=("a",), patterns=Patterns(highlight=re.compile("err"))
    )
    assert _on_a_terminal(monkeypatch, writer, PrintedLine("a", "", b"err")) == "a err\n"


# --- times


def test_times_count_from_the_first_line_or_from_each_attempts_begin() -> None:
    def line(seconds: int, restarts: int = 0) -> PrintedLine:
        at = (BEGIN + timedelta(seconds=seconds)).isoformat()
        return PrintedLine("c", at, b"", restarts=restarts)

    relative, own = LineTimes(Times.RELATIVE), LineTimes(Times.ATTEMPT, lambda line: None)
    lines = [line(0), line(5), line(60, 1), line(62, 1)]
    assert [relative.before(each).strip() for each in lines] == [
        "+0:00:00.000", "+0:00:05.000", "+0:01:00.000", "+0:01:02.000",
    ]  # fmt: skip
    assert [own.before(each).strip() for each in lines] == [
        "+0:00:00.000", "+0:00:05.000", "+0:00:00.000", "+0:00:02.000",
    ]  # fmt: skip
    assert LineTimes(Times.RELATIVE).before(PrintedLine("c", "", b"")) == ""


def test_a_stopwatch_tells_milliseconds_and_what_was_before() -> None:
    assert [stopwatch(each) for each in (0, 62.3456, 36_000.5, -1.5)] == [
        "+0:00:00.000", "+0:01:02.346", "+10:00:00.500", "-0:00:01.500",
    ]  # fmt: skip


# --- routes


def _route(minute: int, route: str, *, begins: bool, pair: int = 1) -> Landmark:
    at = BEGIN + timedelta(minutes=minute)
    return Landmark(at, LandmarkKind.ROUTE, pair, "", route=route, begins=begins)


def test_a_route_is_known_by_its_name_its_number_and_its_repetition() -> None:
    assert means("RouteScenario_7", "RouteScenario_7")
    assert means("7", "RouteScenario_7")
    assert not means("7", "RouteScenario_17")
    assert not means("7", "RouteScenario_7 (repetition 1)")
    assert means("7_rep1", "RouteScenario_7 (repetition 1)")


def test_a_route_lasts_until_its_pair_does_something_else_each_time_that_it_is_driven() -> None:
    told = [
        _route(1, "RouteScenario_7", begins=True),
        _route(2, "RouteScenario_9", begins=True, pair=2),
        Landmark(BEGIN + timedelta(minutes=3), LandmarkKind.ATTEMPT, 1, "died", 1),
        _route(5, "RouteScenario_7", begins=True),
    ]
    first, again = drives_of(told, "7")
    assert first.has(BEGIN + timedelta(minutes=2))
    assert not first.has(BEGIN + timedelta(minutes=4))
    assert again.until is None
    assert again.has(BEGIN + timedelta(hours=9))
    assert drives_of(told, "8") == ()
    assert routes_of(told) == ("RouteScenario_7", "RouteScenario_9")
