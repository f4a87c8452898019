"""Two logs beside each other, aligned by time, around a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.diagnosis.scene import SeenLine
from console.presentation.aligned_logs import Aligned, aligned
from console.presentation.tones import Tone

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def said(half: str, *lines: tuple[float | None, str]) -> list[SeenLine]:
    return [
        SeenLine(f"{half}-3", text, None if second is None else at(second), number)
        for number, (second, text) in enumerate(lines)
    ]


SIMULATOR = said("simulator", (1, "boots"), (5, "serves"), (9.04, "Signal 11"))
AGENT = said("agent", (5.02, "drives"), (9.2, "lost"), (12, "ends"))


def both(width: int = 100, marked: tuple[tuple[str, int], ...] = ()) -> Aligned:
    return aligned(SIMULATOR, AGENT, (at(10), "14:00:10 died"), width, marked)


def texts(found: Aligned) -> list[str]:
    return ["".join(part for part, _ in row).rstrip() for row in found.rows]


def test_what_was_said_at_one_time_stands_in_one_row() -> None:
    assert texts(both()) == [
        "14:00:01   boots".ljust(54) + "│",
        "14:00:05   serves".ljust(54) + "│  drives",
        "14:00:09   Signal 11".ljust(54) + "│",
        "14:00:09 ".ljust(54) + "│  lost",
        "── 14:00:10 died ".ljust(100, "─"),
        "14:00:12 ".ljust(54) + "│  ends",
    ]


def test_the_moment_is_between_what_was_said_before_and_after_it() -> None:
    assert both().ruler == 4


def test_where_there_is_no_room_for_two_columns_both_are_one() -> None:
    assert texts(both(60)) == [
        "14:00:01 sim   boots",
        "14:00:05 sim   serves",
        "14:00:05 agt   drives",
        "14:00:09 sim   Signal 11",
        "14:00:09 agt   lost",
        "── 14:00:10 died ".ljust(60, "─"),
        "14:00:12 agt   ends",
    ]


def test_a_line_that_tells_the_cause_is_marked() -> None:
    for width in (60, 100):
        found = both(width, (("simulator-3", 2),))
        (hit,) = found.hits
        assert ("▶ Signal 11", Tone.MATCH) in found.rows[hit]
    assert both().hits == []


def test_a_line_without_a_time_belongs_to_the_one_before_it() -> None:
    found = aligned(said("simulator", (1, "a"), (None, "b")), (), (at(2), "x"), 60)
    assert texts(found)[:2] == ["14:00:01 sim   a", "14:00:01 sim   b"]


def test_wide_characters_do_not_push_the_other_column_away() -> None:
    found = aligned(said("simulator", (1, "車" * 80)), said("agent", (1, "x")), (at(2), "m"), 100)
    row = "".join(part for part, _ in found.rows[0])
    left = row[: row.index("│")]
    assert sum(2 if character == "車" else 1 for character in left) == 54


@given(
    st.integers(0, 220),
    st.lists(st.tuples(st.floats(0, 20), st.text(max_size=200)), max_size=10),
    st.lists(st.tuples(st.floats(0, 20), st.text(max_size=200)), max_size=10),
)
def test_every_line_is_there_once_and_no_row_is_too_wide(
    width: int, left: list[tuple[float, str]], right: list[tuple[float, str]]
) -> None:
    found = aligned(said("simulator", *left), said("agent", *right), (at(10), "m"), width)
    assert len(found.rows) - 1 <= len(left) + len(right)
    assert len(found.rows) - 1 >= max(len(left), len(right))
    for row in texts(found):
        assert len(row) <= width
