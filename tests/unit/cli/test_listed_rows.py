"""A line of `list`: each column under its title, and `?` apart from `-`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, row

from console.cli.commands.list_submissions import TITLES, cells
from console.domain.board import SubmissionStatus

RUNNING, COMPLETE = SubmissionStatus.RUNNING, SubmissionStatus.COMPLETE


def told(title: str, *, unasked: bool = False, **facts: object) -> str:
    done = facts.pop("done", 12)
    shown = row("demo", RUNNING, done, **facts)  # type: ignore[arg-type]
    return dict(zip(TITLES, cells(shown, NOW, unasked=unasked), strict=True))[title]


def test_a_line_is_read_under_its_titles() -> None:
    assert cells(row("demo", RUNNING, 12, restarts=2), NOW) == [
        "leaderboard",
        "demo",
        "2.0",
        "Running",
        "12/20",
        "2/8",
        "-",
        "-",
        "12m",
    ]


@pytest.mark.parametrize(
    ("title", "facts", "words"),
    [
        ("ROUTES", {"done": None}, "?/20"),
        ("ROUTES", {"total": None}, "12/?"),
        ("RESTARTS", {"restarts": None}, "?/8"),
        ("RESTARTS", {"restarts": None, "restarts_at_least": 3}, "≥3/8"),
        ("RESTARTS", {"backoff_limit": None}, "0/?"),
        ("AGE", {"created_at": None}, "-"),
        ("AGE", {"created_at": NOW - timedelta(days=3)}, "3d"),
    ],
)
def test_what_nobody_knows_is_no_zero(title: str, facts: dict[str, object], words: str) -> None:
    assert told(title, **facts) == words


def test_a_complete_one_tells_its_score_and_whether_it_counts() -> None:
    facts = {"driving_score": 47.384, "entry_status": "Finished", "eligible": False}
    assert told("SCORE", **facts) == "47.38"
    assert told("ENTRY", **facts) == "Finished, not eligible"


@pytest.mark.parametrize("title", ["SCORE", "ENTRY"])
def test_a_score_that_was_not_asked_for_may_be_there_and_one_that_was_is_not(title: str) -> None:
    assert told(title) == "-"
    assert told(title, unasked=True) == "?"


def test_a_score_that_is_known_is_told_also_of_one_that_was_not_asked() -> None:
    assert told("SCORE", unasked=True, driving_score=1.0) == "1.00"
