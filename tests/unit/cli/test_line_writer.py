"""What stands before a printed line, and that a pipe gets the bytes of the container alone."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from console.cli.line_times import LineTimes
from console.cli.line_writer import AT_ONCE, LineWriter
from console.cli.log_lines import PrintedLine, Selection, lines_of
from console.cli.log_sources import WantedLog
from console.errors import InvalidInput
from console.operations.recording.log_times import Times

LINE = PrintedLine("agent-1", "2026-11-22T10:00:00Z", b"tick \xff")
GAP = PrintedLine("agent-1", "", b"12 lines are missing", gap=True)


class Kept(io.BytesIO):
    """What was written, and in how many writes."""

    writes = 0

    def write(self, told: Any) -> int:
        self.writes += 1
        return super().write(told)


@contextlib.contextmanager
def stdout(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """A pipe's; what was written last says how often."""
    kept = Kept()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", io.TextIOWrapper(kept, write_through=True))
        yield kept
        sys.stdout.detach()  # type: ignore[attr-defined]


def written(monkeypatch: pytest.MonkeyPatch, writer: LineWriter, line: PrintedLine) -> bytes:
    with stdout(monkeypatch) as kept:
        writer.write([line])
    return kept.getvalue()


@pytest.mark.parametrize(
    ("writer", "shown"),
    [
        (LineWriter(), b"tick \xff\n"),
        (LineWriter(prefix=True), b"agent-1 tick \xff\n"),
        (LineWriter(times=LineTimes(Times.ABSOLUTE)), b"2026-11-22T10:00:00Z tick \xff\n"),
        (LineWriter(True, LineTimes(Times.ABSOLUTE)), b"agent-1 2026-11-22T10:00:00Z tick \xff\n"),
    ],
)
def test_only_what_was_asked_stands_before_the_bytes(
    monkeypatch: pytest.MonkeyPatch, writer: LineWriter, shown: bytes
) -> None:
    assert written(monkeypatch, writer, LINE) == shown


def test_a_gap_is_drawn_as_the_screens_draw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = written(monkeypatch, LineWriter(times=LineTimes(Times.ABSOLUTE)), GAP)
    assert shown.decode() == "── 12 lines are missing ──\n"


def test_in_a_pipe_control_sequences_are_left_to_its_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wild = PrintedLine("agent-1", "", b"\x1b[2J\rgone")
    assert written(monkeypatch, LineWriter(), wild) == b"\x1b[2J\rgone\n"


BLOCK = b"2026-11-22T10:00:00Z tick \xff\n2026-11-22T10:00:01Z  a b\r\n2026-11-22T10:00:02Z \n"


@pytest.mark.parametrize("prefix", [False, True])
@pytest.mark.parametrize("timestamps", [False, True])
def test_a_block_is_its_lines_in_one_write(
    monkeypatch: pytest.MonkeyPatch, prefix: bool, timestamps: bool
) -> None:
    writer = LineWriter(prefix, LineTimes(Times.ABSOLUTE if timestamps else Times.NONE))
    with stdout(monkeypatch) as by_line:
        for line in lines_of("agent-1", BLOCK):
            writer.write([line])
    with stdout(monkeypatch) as at_once:
        writer.write_block("agent-1", BLOCK)
        writer.write_block("agent-1", b"")
    assert at_once.getvalue() == by_line.getvalue()
    assert (at_once.writes, by_line.writes) == (1, 3)


def test_a_long_recording_is_written_in_few_writes_and_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = 2 * AT_ONCE + 1
    lines = [PrintedLine("agent-1", "", b"%d" % number) for number in range(count)]
    with stdout(monkeypatch) as kept:
        LineWriter().write(iter(lines))
    assert kept.getvalue().split() == [b"%d" % number for number in range(count)]
    assert kept.writes == 3


def test_what_was_read_before_a_failure_is_written_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def damaged() -> Iterator[PrintedLine]:
        yield LINE
        raise OSError("damaged")

    with stdout(monkeypatch) as kept:
        with pytest.raises(OSError, match="damaged"):
            LineWriter().write(damaged())
        assert kept.getvalue() == b"tick \xff\n"


def wanted(container: str = "agent-1", *, every: bool = False, prefix: bool = False) -> WantedLog:
    return WantedLog((container,) if container else (), every, Selection(), prefix)


def test_all_containers_are_all_that_there_are() -> None:
    assert wanted(every=True).chosen(["a", "b"], "demo") == ["a", "b"]


def test_one_container_is_the_one_of_that_name() -> None:
    assert wanted().chosen(["simulator-1", "agent-1"], "demo") == ["agent-1"]


def test_a_container_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match="There is no container 'agent-9' in demo") as refused:
        wanted("agent-9").chosen(["simulator-1", "agent-1"], "demo")
    assert refused.value.fix == "Choose: simulator-1, agent-1"


def test_where_nobody_knows_the_containers_the_name_is_taken_as_it_is() -> None:
    assert wanted("agent-9").chosen([], "demo") == ["agent-9"]


@pytest.mark.parametrize(
    ("names", "prefix", "told_apart"),
    [(["a"], False, False), (["a"], True, True), (["a", "b"], False, True)],
)
def test_lines_of_several_containers_are_told_apart(
    names: list[str], prefix: bool, told_apart: bool
) -> None:
    assert wanted(prefix=prefix).writer(names).prefix is told_apart
