"""What stands before a printed line, and that a pipe gets the bytes of the container alone."""

from __future__ import annotations

import io
import sys

import pytest

from console.cli.line_writer import LineWriter
from console.cli.log_lines import PrintedLine, Selection
from console.cli.log_sources import WantedLog
from console.errors import InvalidInput

LINE = PrintedLine("agent-1", "2026-11-22T10:00:00Z", b"tick \xff")
GAP = PrintedLine("agent-1", "", b"12 lines are missing", gap=True)


def written(monkeypatch: pytest.MonkeyPatch, writer: LineWriter, line: PrintedLine) -> bytes:
    kept = io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", io.TextIOWrapper(kept, write_through=True))
        writer.write(line)
        return kept.getvalue()


@pytest.mark.parametrize(
    ("writer", "shown"),
    [
        (LineWriter(), b"tick \xff\n"),
        (LineWriter(prefix=True), b"agent-1 tick \xff\n"),
        (LineWriter(timestamps=True), b"2026-11-22T10:00:00Z tick \xff\n"),
        (LineWriter(True, True), b"agent-1 2026-11-22T10:00:00Z tick \xff\n"),
    ],
)
def test_only_what_was_asked_stands_before_the_bytes(
    monkeypatch: pytest.MonkeyPatch, writer: LineWriter, shown: bytes
) -> None:
    assert written(monkeypatch, writer, LINE) == shown


def test_a_gap_is_drawn_as_the_screens_draw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = written(monkeypatch, LineWriter(timestamps=True), GAP)
    assert shown.decode() == "── 12 lines are missing ──\n"


def test_in_a_pipe_control_sequences_are_left_to_its_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wild = PrintedLine("agent-1", "", b"\x1b[2J\rgone")
    assert written(monkeypatch, LineWriter(), wild) == b"\x1b[2J\rgone\n"


def wanted(container: str = "agent-1", *, every: bool = False, prefix: bool = False) -> WantedLog:
    return WantedLog(container, every, Selection(), prefix, timestamps=False)


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
