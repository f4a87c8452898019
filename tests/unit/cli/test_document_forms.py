"""YAML, CSV and an order by a key: text from a cluster controls neither terminal nor sheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import yaml

from console.cli.document_forms import by_key, custom_columns, text_of
from console.errors import InvalidInput

ROWS: list[dict[str, Any]] = [
    {"name": "b", "routes": {"done": 9}, "eligible": False, "notes": ["x"]},
    {"name": "a", "routes": {"done": None}, "eligible": True, "notes": []},
    {"name": "c", "routes": {"done": 10}, "eligible": None, "notes": []},
]


def test_yaml_is_the_same_document_in_the_same_order() -> None:
    text = text_of(ROWS, "yaml")
    assert yaml.safe_load(text) == ROWS
    assert text.startswith("- name: b\n  routes:\n    done: 9\n")


def test_yaml_and_csv_hold_no_character_that_controls_a_terminal() -> None:
    hostile = [{"reason": "\x1b]0;title\x07red \x1b[31m\x9b31m"}]
    for form in ("yaml", "csv"):
        assert not set("\x1b\x07\x9b") & set(text_of(hostile, form))


def test_a_sheet_has_a_column_a_key_and_an_empty_cell_for_what_is_unknown() -> None:
    rows = [*csv.reader(io.StringIO(text_of(ROWS, "csv")))]
    assert rows[0] == ["name", "routes.done", "eligible"]
    assert rows[1:] == [["b", "9", "false"], ["a", "", "true"], ["c", "10", ""]]


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_what_a_team_wrote_is_no_formula_of_a_sheet(cell: str) -> None:
    (row,) = csv.DictReader(io.StringIO(text_of([{"team": cell, "score": -1.5}], "csv")))
    assert row == {"team": f"'{cell}", "score": "-1.5"}


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("name", "abc"),
        (".name", "abc"),
        ("{.routes.done}", "bca"),
        ("ROUTES", "bca"),
        ("routes", "bca"),
    ],
)
def test_an_order_is_by_number_or_by_text_and_the_unknown_comes_last(key: str, names: str) -> None:
    places = by_key(ROWS, key, {"ROUTES": "routes.done"})
    assert "".join(ROWS[place]["name"] for place in places) == names


def test_numbers_in_a_text_are_sorted_as_numbers() -> None:
    teams = [{"team": each} for each in ("#10", "#7", "Heron", None)]
    assert by_key(teams, "team", {}) == [1, 0, 2, 3]


def test_columns_of_ones_own_have_titles_and_what_each_path_finds() -> None:
    wanted = "WHO:.name,DONE:.routes.done,ALL:{.routes.*},COUNTS:.eligible,N:.notes[*]"
    titles, rows = custom_columns(ROWS, wanted)
    assert titles == ["WHO", "DONE", "ALL", "COUNTS", "N"]
    assert rows == [
        ["b", "9", "9", "false", "x"],
        ["a", "<none>", "<none>", "true", "<none>"],
        ["c", "10", "10", "<none>", "<none>"],
    ]


@pytest.mark.parametrize(
    "wanted", ["", "NAME", "NAME:", ":.name", "A:.name,", "A:.nmae", "A:.name|x"]
)
def test_columns_that_are_none_are_refused(wanted: str) -> None:
    with pytest.raises(InvalidInput):
        custom_columns(ROWS, wanted)


def test_a_comma_inside_brackets_is_no_end_of_a_column() -> None:
    labelled = [{"labels": {"a,b": "x"}}]
    assert custom_columns(labelled, "L:.labels['a,b'],M:.labels.*") == (["L", "M"], [["x", "x"]])


@pytest.mark.parametrize("key", ["nmae", "", " ", "routes", ".routes.x"])
def test_an_order_by_what_there_is_not_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        by_key(ROWS, key, {})
