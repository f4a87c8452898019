"""The time of a log line, as a stranger's recording may have it."""

from __future__ import annotations

import pytest

from console.operations.recording.tail import moment_of


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_a_line_of_an_end_of_the_calendar_has_no_time(year: str) -> None:
    assert moment_of(f"{year}T23:59:59.000000+00:00") is None
    assert moment_of("2026-11-22T10:00:00.000000Z") is not None
