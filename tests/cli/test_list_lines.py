"""What `list` says of submissions of which it asked nothing but the two lists."""

from __future__ import annotations

import json

import pytest

from console.operations.watching import fleet_once


@pytest.fixture
def long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """One submission is already too many to ask for more of each."""
    monkeypatch.setattr(fleet_once, "MOST_ASKED", 0)


@pytest.mark.usefixtures("long_list")
def test_a_score_that_was_not_read_is_unknown_and_the_note_says_how_to_ask(stage) -> None:
    stage.launch("demo")
    ran = stage.run("list")
    line = next(line for line in ran.out.splitlines() if " demo " in line)
    assert line.split().count("?") == 2
    assert "1 submissions have more to tell" in ran.told
    assert "carla-console status NAME" in ran.told


@pytest.mark.usefixtures("long_list")
def test_in_json_what_was_not_read_is_null(stage) -> None:
    stage.launch("demo")
    (row,) = json.loads(stage.run("list", "-o", "json").stdout)
    assert row["drivingScore"] is None


def test_of_a_short_list_each_is_asked_and_nothing_is_noted(stage) -> None:
    stage.launch("demo")
    ran = stage.run("list")
    assert "more to tell" not in ran.told
    assert " - " in next(line for line in ran.out.splitlines() if " demo " in line)
