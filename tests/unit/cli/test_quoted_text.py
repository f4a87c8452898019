"""Texts in double quotes, as kubectl and stern read them."""

from __future__ import annotations

import pytest

from console.cli.quoted_text import unquoted


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ('""', ""),
        (r'"a\tb"', "a\tb"),
        ('"a\tb"', "a\tb"),
        (r'"\u00e9"', "é"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d"', "\ufffd"),
        (r'"x\ude00y"', "x\ufffdy"),
    ],
)
def test_a_quoted_text_is_read_as_go_reads_one(word: str, read: str) -> None:
    assert unquoted(word) == read


@pytest.mark.parametrize("word", ['"', "'a'", r'"\q"', '"a" b', ""])
def test_what_is_no_quoted_text_is_a_mistake(word: str) -> None:
    with pytest.raises(ValueError):
        unquoted(word)
