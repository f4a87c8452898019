"""The list of submissions and what is said beneath it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.screens import NOW, ROWS, row
from fakes.shown import said

from console.domain.board import SubmissionStatus
from console.presentation.resume_points import ResumeOffer, points
from console.presentation.submissions import (
    cells,
    columns,
    detail_rows,
    liveness,
    matches,
    progress_bar,
    restarts,
)
from console.presentation.tones import Tone, width_of
from console.presentation.yaml_lines import highlighted

RUNNING = SubmissionStatus.RUNNING


@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.name)
@pytest.mark.parametrize("width", [80, 110, 140])
def test_a_row_has_a_cell_for_each_column(each: object, width: int) -> None:
    assert len(cells(each, width, NOW)) == len(columns(width))  # type: ignore[arg-type]


def test_a_row_is_read_from_left_to_right() -> None:
    told = [said(cell) for cell in cells(ROWS[2], 140, NOW)]
    assert told[:3] == ["baseline-nightly", "2.0", "✓ Complete"]
    assert told[5:] == ["47.38", "5h"]


@pytest.mark.parametrize("done", [0, 7, 20])
def test_a_bar_is_as_wide_as_its_column_whatever_is_done(done: int) -> None:
    assert width_of(progress_bar(done, 20, 18)) == 18


@pytest.mark.parametrize(
    ("done", "total", "words"), [(None, 20, "?/20"), (8, None, "8/?"), (0, None, "-")]
)
def test_progress_that_nobody_knows_has_no_full_part(
    done: int | None, total: int | None, words: str
) -> None:
    bar = said(progress_bar(done, total, 18))
    assert bar.endswith(words)
    assert "━" not in bar


@pytest.mark.parametrize(
    ("spent", "tone"), [(0, Tone.MUTED), (2, Tone.WARN), (8, Tone.FAIL), (9, Tone.FAIL)]
)
def test_restarts_are_toned_by_how_near_their_limit_is(spent: int, tone: Tone) -> None:
    assert restarts(row("a", RUNNING, 0, restarts=spent)) == ((f"{spent}/8", tone),)


def test_restarts_that_nobody_counted_are_no_zero() -> None:
    assert said(restarts(row("a", RUNNING, 0, restarts=None))) == "?/8"
    assert said(restarts(row("a", RUNNING, 0, restarts=None, restarts_at_least=3))) == "≥3/8"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("", True), ("falcon", True), ("PENDING", True), ("private", True), ("!falcon", False),
     ("nowhere", False), ("!nowhere", True), ("leaderboard/team", True), ("!", True)],
)  # fmt: skip
def test_the_filter_looks_at_name_status_and_reason(wanted: str, found: bool) -> None:
    assert matches(ROWS[1], wanted) is found


def test_only_the_reason_is_shortened_where_a_detail_needs_too_many_rows() -> None:
    long = row("team", SubmissionStatus.FAILED, 1, reason="the node is gone, " * 30)
    lines = [said(line) for line in detail_rows(long, "R goes on from here", 60, 3)]
    assert len(lines) == 3
    assert "leaderboard/team" in lines[0]
    assert "…" in "".join(lines)
    assert lines[-1].endswith("R goes on from here")


def test_what_is_stale_says_since_when_and_why() -> None:
    at = NOW.replace(hour=9, minute=5, second=7)
    assert said(liveness(False, at, "connection refused")) == (
        "◌ stale since 09:05:07 connection refused"
    )
    assert said(liveness(True, None, "")) == "● live"


def offer(**more: object) -> ResumeOffer:
    facts: dict[str, object] = {
        "name": "demo-2", "kept": 12, "total": 20, "repeated": (), "remarks": (), "pairs": 4,
        "backoff_limit": 8, "check": lambda _text: "",
    }  # fmt: skip
    return ResumeOffer(**{**facts, **more})  # type: ignore[arg-type]


def test_an_offer_to_resume_says_what_stays_and_what_it_costs() -> None:
    told = " ".join(points(offer()))
    assert "12 of 20 routes are finished and stay; 8 are driven." in told
    assert "on 4 GPUs with a restart budget of its own: 8, good for 3 resumes" in told


@pytest.mark.parametrize(
    ("names", "words"),
    [(("a",), "a is driven again"), (("a", "b"), "a, b are driven again"),
     (("a", "b", "c", "d", "e", "f"), "a, b, c, d and 2 more are driven again")],
)  # fmt: skip
def test_finished_routes_that_are_driven_again_are_named(
    names: tuple[str, ...], words: str
) -> None:
    assert any(point.startswith(words) for point in points(offer(repeated=names)))


def test_that_it_may_end_as_before_is_the_first_thing_that_is_said() -> None:
    assert points(offer(outlook="It will end the same way."))[0] == "It will end the same way."


def test_remarks_stand_after_everything_else() -> None:
    assert points(offer(remarks=("From the recording.",)))[-1] == "From the recording."


def test_a_row_that_is_older_than_a_day_is_told_in_days_and_hours() -> None:
    old = row("a", RUNNING, 0, created_at=NOW - timedelta(days=2, hours=4))
    assert said(cells(old, 80, NOW)[-1]) == "2d4h"


def test_keys_values_items_and_comments_of_a_manifest_are_told_apart() -> None:
    document = "# a Job\nkind: Job\nspec:\n  - name: agent-1\n  - plain\ntext"
    tones = [[tone for span, tone in line if span.strip()] for line in highlighted(document)]
    assert tones == [
        [Tone.MUTED],
        [Tone.ACCENT, Tone.MUTED, Tone.TEXT],
        [Tone.ACCENT, Tone.MUTED],
        [Tone.MUTED, Tone.ACCENT, Tone.MUTED, Tone.TEXT],
        [Tone.MUTED, Tone.TEXT],
        [Tone.TEXT],
    ]


def test_a_painted_manifest_is_still_the_same_text() -> None:
    document = "a: 1\n  - b: [2]\n# c\n\n  d"
    assert [said(line) for line in highlighted(document)] == document.splitlines()
