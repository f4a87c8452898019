"""The log of a recorder that runs for months: it holds the newest words, and has an end."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from console.recorder_process import starting


def test_a_long_log_begins_anew_and_keeps_the_newest_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "_LONGEST_LOG", 2000)
    path = tmp_path / "log"
    with path.open("a") as stream:
        handler = starting._BoundedLog(stream)
        for number in range(500):
            words = logging.LogRecord("x", logging.WARNING, "f", 1, "word %d", (number,), None)
            handler.emit(words)
            assert path.stat().st_size < 2100
    lines = path.read_text().splitlines()
    assert lines[-1].endswith(" word 499")
    assert "\0" not in path.read_text()
