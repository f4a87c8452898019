"""How a command ends: one exit code for each kind of end, one word on stderr, no traceback."""

from __future__ import annotations

import argparse
import errno
import os
import signal

import pytest

from console.cli import interruptions, running, streams
from console.errors import ConsoleError, Forbidden, InvalidInput, NotFound, SubmissionFailed

Captured = pytest.CaptureFixture[str]


def ends(outcome: BaseException | int | None) -> int:
    """The exit code of a command that ends so."""

    def work(_: argparse.Namespace) -> int | None:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return running.run(argparse.Namespace(command="list", run=work, theme=None, no_mouse=False))


@pytest.fixture
def abandoned(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """How often the streams were given up; the test's own stay."""
    calls: list[None] = []
    monkeypatch.setattr(streams, "abandon", lambda: calls.append(None))
    return calls


@pytest.mark.parametrize(("answer", "code"), [(None, 0), (0, 0), (7, 7), (8, 8)])
def test_a_command_that_answers_says_its_own_code(answer: int | None, code: int) -> None:
    assert ends(answer) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConsoleError("x"), 1),
        (InvalidInput("x"), 2),
        (Forbidden("x"), 4),
        (NotFound("x"), 5),
        (SubmissionFailed("x"), 7),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_each_kind_of_error_has_its_code_and_its_words(
    capsys: Captured, error: ConsoleError, code: int
) -> None:
    assert ends(error) == code
    assert capsys.readouterr() == ("", "error: x\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_with_128_and_its_number(capsys: Captured, number: signal.Signals) -> None:
    assert ends(interruptions.Interrupted(number)) == 128 + number
    assert capsys.readouterr().err == f"ended by {number.name}\n"


def test_control_c_is_called_interrupted(capsys: Captured) -> None:
    assert ends(interruptions.Interrupted(signal.SIGINT)) == 130
    assert ends(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "interrupted\n" * 2


def test_a_reader_that_went_away_is_no_error(capsys: Captured, abandoned: list[None]) -> None:
    assert ends(BrokenPipeError()) == 0
    assert capsys.readouterr() == ("", "")
    assert len(abandoned) == 1


def test_what_the_operating_system_refuses_is_told_with_its_file(capsys: Captured) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/recordings")
    assert ends(full) == 1
    assert capsys.readouterr().err == "error: /data/recordings: No space left on device\n"


def test_an_error_without_a_file_is_told_in_its_own_words(capsys: Captured) -> None:
    assert ends(OSError("strange")) == 1
    assert capsys.readouterr().err == "error: strange\n"


def test_where_stdout_takes_nothing_the_command_has_failed(
    monkeypatch: pytest.MonkeyPatch, abandoned: list[None]
) -> None:
    class Full:
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("sys.stdout", Full())
    assert ends(0) == 1
    assert ends(5) == 5
    assert len(abandoned) == 2


def test_flags_of_the_screens_are_refused_beside_a_command(capsys: Captured) -> None:
    asked = argparse.Namespace(command="list", run=lambda _: 0, theme="dark", no_mouse=False)
    assert running.run(asked) == 2
    assert "list has no use for --theme" in capsys.readouterr().err
