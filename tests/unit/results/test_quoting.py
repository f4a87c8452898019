"""Foreign text in a message: nothing of it may steer a terminal or turn the order of reading."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from console.results.quoting import holds_control, printable

STEERING = {"Cc", "Cs", "Zl", "Zp"}
"""Control characters, halves of a character, the ends of a line and of a paragraph."""
TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_every_character_that_steers_or_turns_is_found() -> None:
    steering = [
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(sign) in STEERING
    ]
    assert [sign for sign in (*steering, *TURNING) if not holds_control(f"a{sign}b")] == []


@pytest.mark.parametrize(
    "text", ["Town12", "caf\u00e9 \u6f22 \U0001f600", "a\u00a0b", "\ufeff", ""]
)
def test_what_does_neither_stays_as_it_is(text: str) -> None:
    assert not holds_control(text)
    assert printable(text) == text


def test_a_control_character_is_shown_as_a_question_mark_and_a_long_text_is_cut() -> None:
    assert printable("a\x1b[2Jb\u202ec", 200) == "a?[2Jb?c"
    assert printable("abcdef", 3) == "abc..."
