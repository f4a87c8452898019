"""`logs`: every flag on every source, bytes as they are, a terminal that is left as it was."""

from __future__ import annotations

import os
import pty
import sys
from datetime import UTC, datetime, timedelta

import pytest

from console.cli.line_writer import LineWriter, leaves_style_open
from console.cli.log_lines import PrintedLine

WILD = b"\xff\xfe caf\xe9 \x1b[31mred\r"


@pytest.fixture
def recorded(stage):
    """Two containers; one of them ran twice, and again in another pod."""
    recording = stage.launch()
    stage.record(recording, "agent-1", b"a", b"b", pod="pod-one")
    stage.record(recording, "agent-1", b"c", b"d", run=1, pod="pod-one")
    stage.record(recording, "agent-1", b"e", run=0, pod="pod-two")
    path = next(stage.recorder._root.rglob("agent-1/0.pod-two.log"))
    path.write_bytes(path.read_bytes().replace(b"T10:00", b"T11:00"))
    stage.record(recording, "logcopy", b"l", WILD)
    stage.forget()
    return recording


def test_all_runs_of_all_containers_are_there_each_line_with_its_container(stage, recorded) -> None:
    out = stage.run("logs", "demo", "--all-containers").stdout
    assert out.decode(errors="replace").splitlines()[:2] == [
        "agent-1 a", "agent-1 b",
    ]  # fmt: skip
    assert {line.split(b" ")[0] for line in out.splitlines()} == {b"agent-1", b"logcopy"}
    assert (
        "simulator-4: nothing of its log is recorded"
        in stage.run("logs", "demo", "--all-containers").told
    )


def test_what_stands_between_runs_is_shown_as_a_gap(stage, recorded) -> None:
    assert stage.run("logs", "demo", "-c", "agent-1").out.splitlines() == [
        "a", "b",
        "── the container started again (attempt 2) ──", "c", "d",
        "── another pod (pod-two) took over (attempt 1) ──", "e",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (("--tail", "1"), ["e"]),
        (("--tail", "0"), []),
        (("--tail", "2"), ["d", "── another pod (pod-two) took over (attempt 1) ──", "e"]),
        (("--tail", "999999999"), None),
        (("--previous",), ["── the container started again (attempt 2) ──", "c", "d"]),
        (("--previous", "--tail", "1"), ["d"]),
        (("--prefix", "--tail", "1"), ["agent-1 e"]),
        (("--timestamps", "--tail", "1"), ["2026-11-22T11:00:00.000000000Z e"]),
        (("--timestamps", "--prefix", "--tail", "1"), ["agent-1 2026-11-22T11:00:00.000000000Z e"]),
        (("--since", "1s"), []),
        (("--since", "99999d"), None),
    ],
)
def test_every_flag_works_on_a_recording(stage, recorded, flags, shown) -> None:
    everything = stage.run("logs", "demo", "-c", "agent-1").out
    ran = stage.run("logs", "demo", "-c", "agent-1", *flags)
    assert ran.code == 0
    assert ran.out.splitlines() == (everything.splitlines() if shown is None else shown)


def test_since_and_tail_count_the_lines_that_are_new_enough(stage) -> None:
    recording = stage.launch()
    writer = stage.claim(recording)
    spool = writer.open_spool("logcopy", 0)
    for minutes in (50, 40, 30, 20, 10):
        at = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="microseconds")
        spool.write(f"{at.replace('+00:00', 'Z')} {minutes}\n".encode())
        if minutes == 30:
            spool.gap("lines are missing")
    spool.close()
    assert stage.run("logs", "demo", "--recorded", "--since", "15m").out.split() == ["10"]
    assert stage.run("logs", "demo", "--recorded", "--since", "25m").out.splitlines() == [
        "── lines are missing ──", "20", "10",
    ]  # fmt: skip
    assert stage.run("logs", "demo", "--recorded", "--since", "0h45m").out.splitlines() == [
        "40", "30", "── lines are missing ──", "20", "10",
    ]  # fmt: skip
    both = stage.run("logs", "demo", "--recorded", "--since", "45m", "--tail", "1")
    assert both.out.split() == ["10"]
    assert stage.run("logs", "demo", "--recorded", "--since", "0s").stdout == b""


def test_without_a_run_before_the_last_previous_is_not_found(stage, recorded) -> None:
    ran = stage.run("logs", "demo", "--previous")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "no run before the last" in ran.told


def test_bytes_come_out_as_they_were_recorded(stage, recorded) -> None:
    assert stage.run("logs", "demo").stdout == b"l\n" + WILD + b"\n"


def test_bytes_come_out_as_the_container_wrote_them(stage) -> None:
    stage.pod(stage.launch(), logcopy=[b"l", WILD], agent_1=[b"x"])
    assert stage.run("logs", "demo").stdout == b"l\n" + WILD + b"\n"
    both = stage.run("logs", "demo", "--all-containers").stdout
    assert both == b"logcopy l\nlogcopy " + WILD + b"\nagent-1 x\n"


@pytest.mark.parametrize(
    "flags",
    [
        ("-c", "agent-1", "--all-containers"),
        ("-f", "-p"),
        ("-f", "--recorded"),
        ("--tail", "-2"),
        ("--tail", "many"),
        ("--tail", "9" * 5000),
        ("--since", "9999999999d"),
        ("--since", "soon"),
        ("--since", "-5m"),
        ("--since", ""),
        ("-c", ""),
        ("-c", "agent-9"),
        ("--uid", ""),
    ],
)
def test_a_flag_that_cannot_work_is_refused_by_name(stage, recorded, flags) -> None:
    ran = stage.run("logs", "demo", *flags)
    assert (ran.code, ran.stdout) == (2, b"")
    assert "Traceback" not in ran.told
    assert any(word in ran.told for word in ("--", "container"))


def test_where_no_container_has_a_log_that_is_no_success(stage) -> None:
    stage.pod(stage.launch(), logcopy=[], agent_1=[])
    stage.cluster.logs.clear()
    ran = stage.run("logs", "demo", "--all-containers")
    assert ran.code == 5
    assert "agent-1: " in ran.told


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("\x1b[31mred", True),
        ("\x1b[31mred\x1b[0m", False),
        ("\x1b[31mred\x1b[m", False),
        ("\x1b[8msecret", True),
        ("\x1b[0;7mreversed", True),
        ("\x1b[0;0mplain", False),
        ("plain", False),
    ],
)
def test_a_line_is_known_to_leave_its_style_open(text: str, opened: bool) -> None:
    assert leaves_style_open(text) is opened


def test_on_a_terminal_no_style_runs_on_and_nothing_else_gets_through(monkeypatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        writer = LineWriter()
        writer.write([PrintedLine("c", "", b"\x1b[8mhidden")])
        writer.write_block("c", b"2026-11-22T10:00:00Z \xff\x1b]0;title\x07\x1b[2Jnext\n")
        shown = b""
        while shown.count(b"\n") < 2:
            shown += os.read(ours, 1000)
    os.close(ours)
    assert shown.replace(b"\r", b"") == b"\x1b[8mhidden\x1b[0m\n" + "\ufffdnext\n".encode()
