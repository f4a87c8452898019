"""Settings that are read anew each time: a mistake changes nothing that held, and is told once."""

from __future__ import annotations

import logging

import pytest

from console.errors import InvalidInput
from console.publish.settings_in_force import SettingsInForce


def test_a_mistake_leaves_what_held_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    written: list[int | str] = [1, "no number", "no number", "no list", 2]

    def read() -> int:
        found = written.pop(0)
        if isinstance(found, str):
            raise InvalidInput(f"{found}.")
        return found

    settings = SettingsInForce(read, 0, "calls")
    with caplog.at_level(logging.WARNING):
        told = [(settings.now(), settings.mistake) for _ in range(5)]
    assert told == [(1, ""), (1, "no number."), (1, "no number."), (1, "no list."), (2, "")]
    logged = [each.getMessage() for each in caplog.records]
    assert logged == ["The settings of calls: no number.", "The settings of calls: no list."]
