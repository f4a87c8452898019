"""What is printed of a line as JSON, raw, or by a template; `--color` says for whose eyes."""

from __future__ import annotations

import io
import json
import os
import pty
import sys

import pytest

from console.cli.line_filter import Patterns
from console.cli.line_forms import JsonLines, RawLines, ShownLine, TemplateLines, line_form
from console.cli.line_writer import Colour, LineWriter
from console.cli.log_lines import LineOrigin, PrintedLine

ORIGIN = LineOrigin("races", "demo", "demo-abcde", "node-1")
LINE = PrintedLine("agent-1", "2026-11-22T10:00:00Z", b"tick \xff \x9b31m", pod="p", restarts=1)
GAP = PrintedLine("agent-1", "", b"12 lines are missing", gap=True)
PIPE = ShownLine("tick", "", "36", terminal=False, colours=False)
TERMINAL = ShownLine("tick", "", "36", terminal=True, colours=True)


def test_on_a_terminal_json_has_no_character_that_controls_it() -> None:
    wild = PrintedLine("agent-1", "", "\u202e\x9b31m\x1b[2J".encode())
    told = JsonLines(ORIGIN).of(wild, TERMINAL)
    assert told is not None
    assert told.isascii()
    assert told.isprintable()
    assert json.loads(told)["message"] == "\u202e\x9b31m\x1b[2J"


def test_json_tells_bytes_that_are_no_text_as_such_and_the_attempt_from_1() -> None:
    told = json.loads(JsonLines(ORIGIN).of(LINE, PIPE) or "")
    assert told["message"] == "tick \ufffd \ufffd31m"
    assert (told["attempt"], told["missing"], told["podName"]) == (2, False, "demo-abcde")


def test_json_tells_the_time_as_it_was_asked_for() -> None:
    asked = ShownLine("tick", "2026-11-22T19:00:00+09:00", "", terminal=False, colours=False)
    told = json.loads(JsonLines(ORIGIN).of(LINE, asked) or "")
    assert told["timestamp"] == "2026-11-22T19:00:00+09:00"
    assert json.loads(JsonLines(ORIGIN).of(GAP, PIPE) or "")["timestamp"] is None


def test_raw_prints_nothing_of_what_no_container_said(capsys: pytest.CaptureFixture[str]) -> None:
    told = RawLines().of(GAP, ShownLine("12 lines are missing", "", "", False, False))
    assert told is None
    assert capsys.readouterr().err == "agent-1: 12 lines are missing\n"


def test_a_template_says_a_question_mark_for_what_nobody_can_tell() -> None:
    form = TemplateLines("{{.PodName}} {{.NodeName}} {{.Attempt}}", LineOrigin("races", "demo"))
    assert form.of(PrintedLine("agent-1", "", b"x"), PIPE) == "? ? ?"
    assert TemplateLines("{{.Attempt}}", ORIGIN).of(LINE, PIPE) == "2"


def test_a_templates_own_newline_is_no_second_one() -> None:
    form = line_form("default", '{{.Message}}{{"\\n"}}', ORIGIN)
    assert form.of(LINE, PIPE) == "tick"


def test_a_templates_colours_are_those_of_the_container_where_there_are_any() -> None:
    form = TemplateLines("{{color .ContainerColor .ContainerName}}", ORIGIN)
    assert form.of(LINE, TERMINAL) == "\x1b[36magent-1\x1b[0m"
    assert form.of(LINE, PIPE) == "agent-1"


def _in_a_pipe(monkeypatch: pytest.MonkeyPatch, writer: LineWriter) -> bytes:
    kept = io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", io.TextIOWrapper(kept, write_through=True))
        writer.write([LINE])
        sys.stdout.detach()  # type: ignore[attr-defined]
    return kept.getvalue()


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch, writer: LineWriter, line: PrintedLine) -> str:
    ours, theirs = pty.openpty()
    with monkeypatch.context() as patched, os.fdopen(theirs, "w") as terminal:
        patched.setattr(sys, "stdout", terminal)
        writer.write([line])
        shown = b""
        while b"\n" not in shown:
            shown += os.read(ours, 1000)
    os.close(ours)
    return shown.decode().replace("\r", "")


def test_raw_in_a_pipe_is_every_byte_of_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = LineWriter(form=RawLines())
    assert _in_a_pipe(monkeypatch, writer) == b"tick \xff \x9b31m\n"


def test_colours_that_are_always_wanted_make_a_pipe_harmless(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writer = LineWriter(prefix=True, containers=("agent-1",), colour=Colour.ALWAYS)
    told = _in_a_pipe(monkeypatch, writer).decode()
    assert told.startswith("\x1b[36magent-1 \x1b[0mtick \ufffd")


def test_colours_that_are_never_wanted_are_the_containers_own_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    line = PrintedLine("agent-1", "", b"\x1b[31man error\x1b[0m")
    usual, never = (
        LineWriter(),
        LineWriter(prefix=True, containers=("agent-1",), colour=Colour.NEVER),
    )
    assert _on_a_terminal(monkeypatch, usual, line) == "\x1b[31man error\x1b[0m\n"
    assert _on_a_terminal(monkeypatch, never, line) == "agent-1 an error\n"


def test_several_submissions_are_told_apart_before_their_containers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writer = LineWriter(prefix=True, submission="demo", patterns=Patterns())
    assert _in_a_pipe(monkeypatch, writer).startswith(b"demo agent-1 tick")
