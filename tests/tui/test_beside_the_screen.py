"""What is told to a terminal beside the screen goes to terminals only."""

from __future__ import annotations

import io
import os
import pty
from collections.abc import Iterator
from typing import TextIO

import pytest
from fakes.screens import FakeBackend
from fakes.terminals import RecordingDriver

from console.tui.app import ConsoleApp


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    other, own = pty.openpty()
    with os.fdopen(own, "w") as opened:
        yield opened
    os.close(other)


def written_to(file: TextIO, *, web: bool = False) -> str:
    """What the app's driver was given, with its words going to that file."""
    app = ConsoleApp(FakeBackend())
    driver = RecordingDriver(app)
    driver._file = file  # type: ignore[attr-defined]
    if web:
        driver.__class__ = type("WebDriver", (RecordingDriver,), {"is_web": True})
    app._driver = driver
    app.tell_terminal("\x07")
    return driver.take()


async def test_a_bell_reaches_a_terminal(terminal: TextIO) -> None:
    assert written_to(terminal) == "\x07"


async def test_no_sequence_reaches_a_file_or_a_browser(terminal: TextIO) -> None:
    assert written_to(io.StringIO()) == ""
    assert written_to(terminal, web=True) == ""


def test_before_there_is_a_screen_nothing_is_told() -> None:
    ConsoleApp(FakeBackend()).tell_terminal("\x07")
