"""Spans, dates and ranges of scores, as a user writes them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from console.cli.search_words import moment_meant, score_meant
from console.errors import InvalidInput

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("90m", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
        ("12h", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 8, 12, tzinfo=UTC)),
        ("2026-11-01T08:00:00Z", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        (None, None),
    ],
)
def test_a_moment_is_a_span_or_a_time(text: str | None, at: datetime | None) -> None:
    assert moment_meant("--since", text, NOW) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "d",
        "yesterday",
        "2026-13-01",
        "-7d",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_any_other_moment_is_refused_with_what_can_be_said(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"--until .* is neither a span nor a date") as refused:
        moment_meant("--until", text, NOW)
    assert "7d" in refused.value.fix


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("60..80", (60, 80)),
        ("60..", (60, math.inf)),
        ("..40.5", (0, 40.5)),
        ("75", (75, 75)),
        ("80..80", (80, 80)),
        (None, None),
    ],
)
def test_scores_are_a_range_with_both_its_ends(text: str | None, scores: object) -> None:
    assert score_meant(text) == scores


@pytest.mark.parametrize("text", ["", "..", "80..60", "high", "60-80", "nan", "nan..", "..inf"])
def test_any_other_score_is_refused_with_what_can_be_said(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no range of driving scores") as refused:
        score_meant(text)
    assert "60..80" in refused.value.fix
