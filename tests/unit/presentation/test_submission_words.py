"""The list of submissions and what is said beneath it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, row
from fakes.shown import said

from console.domain.attention import Attention, Lag
from console.domain.board import SubmissionStatus
from console.presentation.resume_points import ResumeOffer, points
from console.presentation.submission_words import detail_rows, liveness, marks_told
from console.presentation.tones import Tone
from console.presentation.yaml_lines import highlighted


def test_only_the_reason_is_shortened_where_a_detail_needs_too_many_rows() -> None:
    long = row("team", SubmissionStatus.FAILED, 1, reason="the node is gone, " * 30)
    lines = [said(line) for line in detail_rows(long, "R goes on from here", NOW, 60, 3)]
    assert len(lines) == 3
    assert "leaderboard/team" in lines[0]
    assert "…" in "".join(lines)
    assert lines[-1].endswith("R goes on from here")


def test_what_is_slow_or_silent_is_told_with_the_time_after_which_it_is_ended() -> None:
    since = NOW - timedelta(seconds=312)
    late = (Attention(2, Lag.SILENT, since, 800.0), Attention(3, Lag.SLOW, since))
    ill = row("team", SubmissionStatus.RUNNING, 1, attention=late)
    (line,) = (said(each) for each in detail_rows(ill, "", NOW, 80, 3))
    assert line == "● leaderboard/team  pair 2 silent 312/800 s, pair 3 slow"


@pytest.mark.parametrize("width", [20, 60, 120])
def test_marks_say_what_acts_on_them_in_one_line(width: int) -> None:
    (line,) = marks_told(3, width, [("^k", "cancel"), ("C", "compare")])
    whole = r"◆ 3 marked  of all: ^k cancel  C compare  ctrl+\ clears"
    assert said(line) == (whole if width > len(whole) else said(line))
    assert said(line).startswith("◆ 3 marked")
    assert len(said(line)) <= width


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
