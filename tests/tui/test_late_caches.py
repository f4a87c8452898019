"""A row of a paint keeps what was made of it, in caches that are made for that."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.strip import Strip

from console.tui.textual_strips import SIZES, make_caches_late


def test_a_row_remembers_its_pieces_from_the_first_on() -> None:
    make_caches_late()
    row = Strip([Segment("abcdef")])
    assert not any(name in SIZES for name in Strip.__slots__ if _is_made(row, name))
    assert row.crop(1, 3).text == "bc"
    assert row.crop(1, 3) is row.crop(1, 3)
    assert [part.text for part in row.divide([2, 6])] == ["ab", "cdef"]
    assert row.text == "abcdef"


def test_what_a_row_does_not_have_is_an_error() -> None:
    make_caches_late()
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        Strip([]).colour  # type: ignore[attr-defined]  # noqa: B018


def test_every_cache_that_textual_gives_a_row_is_known() -> None:
    caches = {name for name in Strip.__slots__ if name.endswith("_cache")}
    assert caches == {*SIZES, "_render_cache"}


def _is_made(row: Strip, name: str) -> bool:
    slot = Strip.__dict__[name]
    try:
        slot.__get__(row)
    except AttributeError:
        return False
    return True
