"""Tables for other programs: whatever a cell holds, it stays one cell of its row."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.presentation.plain_tables import FORMULA, csv_text, markdown_table

CELLS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=5)
BETWEEN = re.compile(r"(?<!\\)(?:\\\\)*\|")


@given(ROWS)
def test_a_csv_is_read_as_it_was_written_but_for_formulas(rows: list[tuple[str, str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows), newline="")))
    assert read[0] == ["a", "b"]
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


@given(CELLS)
def test_no_text_of_a_csv_begins_a_formula(cell: str) -> None:
    (_, row) = csv.reader(io.StringIO(csv_text(["a"], [[cell, "end"]]), newline=""))
    assert not row[0].startswith(FORMULA)


@pytest.mark.parametrize("number", [-1, -2.5, 0, 1e-7])
def test_a_negative_number_is_a_number_and_no_formula(number: float) -> None:
    assert csv_text(["a"], [[number]]).splitlines()[1] == str(number)


@given(ROWS)
def test_every_row_of_a_markdown_table_has_its_cells(rows: list[tuple[str, str]]) -> None:
    lines = markdown_table(["a", "b"], rows)
    assert len(lines) == 2 + len(rows)
    assert {len(BETWEEN.findall(line)) for line in lines} == {3}


@given(ROWS)
def test_no_control_character_comes_through(rows: list[tuple[str, str]]) -> None:
    assert all(line.replace("\t", "").isprintable() or not re.search("[\x00-\x08\x0a-\x1f]", line)
               for line in markdown_table(["a", "b"], rows))  # fmt: skip


def test_an_empty_table_has_its_header() -> None:
    assert markdown_table(["a", "b"], []) == ["| a | b |", "| --- | --- |"]
    assert csv_text(["a", "b"], []) == "a,b\r\n"


@pytest.mark.parametrize(
    ("cells", "right"),
    [(["1", "2.5"], True), (["", "3"], True), (["▲ +1", "2"], False), (["?", "1"], False)],
)
def test_a_column_of_numbers_alone_stands_at_the_right(cells: list[str], right: bool) -> None:
    rule = markdown_table(["a"], [[cell] for cell in cells])[1]
    assert rule == ("| --: |" if right else "| --- |")
