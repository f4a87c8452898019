"""The row beneath the form: a number that has no room is left out, none is cut."""

from __future__ import annotations

import pytest
from fakes.shown import said

from console.presentation.tones import Tone, text
from console.tui.widgets.draft_verdict import ready_in

SUMMARY = "9 containers, 100 drives, 40 GPUs"


@pytest.mark.parametrize(
    ("room", "told"),
    [
        (60, " ✓ ready   9 containers, 100 drives, 40 GPUs   1 warning"),
        (50, " ✓ ready   9 containers, 100 drives   1 warning"),
        (40, " ✓ ready   9 containers   1 warning"),
        (20, " ✓ ready   1 warning"),
        (5, " ✓ ready   1 warning"),
    ],
)
def test_numbers_are_whole_or_left_out_and_warnings_stay(room: int, told: str) -> None:
    assert said(ready_in(SUMMARY, text(("1 warning", Tone.WARN)), room)) == told
