"""The standard streams as a program may find them: closed, without UTF-8, unread."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from console.cli import streams


def ran(code: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    script = f"from console.cli import streams; import sys; streams.prepare(); {code}"
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, **options
    )  # type: ignore[call-overload,no-any-return]


def test_a_character_that_stdout_does_not_have_is_written_as_an_escape() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    told = ran("print('\\u2713 done')", env=env)
    assert (told.returncode, told.stdout) == (0, b"\\u2713 done\n")


def test_streams_that_are_there_stay_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", kept)
    streams.prepare()
    assert sys.stdout is kept
    assert kept.errors == "backslashreplace"


def test_closed_streams_take_what_is_written_and_give_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", None)
    streams.prepare()
    opened = sys.stdin, sys.stdout, sys.stderr
    try:
        print("nobody hears it")
        print("nor this", file=sys.stderr)
        assert sys.stdin.read() == ""
    finally:
        for stream in opened:
            stream.close()


def test_what_is_left_in_an_abandoned_stream_does_not_fail_at_the_end() -> None:
    """The reader is gone: without it, Python ends with 120 and a message of its own."""
    reader, writer = os.pipe()
    os.close(reader)
    code = "sys.stdout.write('x'); streams.abandon()"
    script = f"from console.cli import streams; import sys; streams.prepare(); {code}"
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-c", script]
    with os.fdopen(writer, "wb") as stdout:
        told = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, check=False, env=env)
    assert (told.returncode, told.stderr) == (0, b"")
