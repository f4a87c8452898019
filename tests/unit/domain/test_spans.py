"""Ages read as kubectl's do."""

from datetime import UTC, datetime, timedelta

import pytest

from console.domain.spans import age, duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (190, "3m10s"),
        (25 * 60, "25m"),
        (3 * 3600 + 15 * 60, "3h15m"),
        (20 * 3600, "20h"),
        (52 * 3600, "2d4h"),
        (12 * 86400, "12d"),
    ],
)
def test_a_duration_has_at_most_two_figures(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_an_unknown_moment_has_no_age() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert age(None, now) == "-"
    assert age(now - timedelta(seconds=42), now) == "42s"
