"""Whatever is written behind `-o` or `--template`, and whatever the answer holds: no surprise."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from console.cli.document_forms import by_key, sheet, text_of
from console.cli.jsonpath.finding import first, found
from console.cli.jsonpath.parsing import path, template
from console.cli.line_templates import line_template
from console.errors import InvalidInput

KEYS = st.text("abcdefgXYZ_-019", min_size=1, max_size=5)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=8)
    | st.floats(-9, 9, width=32)
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
ROWS = st.lists(st.dictionaries(KEYS, SCALARS, min_size=1, max_size=4), max_size=5)
LOOKS_LIKE_ONE = st.text("{}[]().*$@?\"'=!<> \\:,-01abrangeitmsd", max_size=20)


def places(document: Any, before: str = "") -> list[tuple[str, Any]]:
    """Every place of a document, with the path to it."""
    told = [(before, document)] if before else []
    if isinstance(document, dict):
        for key, value in document.items():
            told += places(value, f"{before}['{key}']")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            told += places(value, f"{before}[{number}]")
    return told


@given(DOCUMENTS)
def test_every_place_of_a_document_has_a_path_that_leads_there(document: Any) -> None:
    for way, value in places(document):
        assert first(way, document) == value or value != value
        told = found(f"{{{way}}}", document)
        assert told == value if isinstance(value, str) else json.loads(told) == value


@given(LOOKS_LIKE_ONE, DOCUMENTS)
def test_any_text_is_a_template_or_is_refused(text: str, document: Any) -> None:
    with contextlib.suppress(InvalidInput):
        assert isinstance(found(text, document), str)


@given(LOOKS_LIKE_ONE)
def test_any_text_is_a_path_or_is_refused_and_a_read_one_is_read_alike_again(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert path(text) == path(text.strip())
    with contextlib.suppress(InvalidInput):
        assert template(text) == template(text)


@given(st.text('{}. "\\%sv-0MessagPodNmcolrRdjintf', max_size=30))
def test_any_text_is_a_template_of_lines_or_is_refused(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert any(piece.field for piece in line_template(text))


@given(ROWS)
def test_a_sheet_is_read_back_with_a_line_a_row_and_a_column_a_key(rows: list[Any]) -> None:
    read = [*csv.DictReader(io.StringIO(sheet(rows), newline=""))]
    assert len(read) == len(rows)
    for row, told in zip(rows, read, strict=True):
        assert {key for key, value in told.items() if value} <= set(row)
        for key, value in row.items():
            if value is None:
                assert told[key] == ""
            elif isinstance(value, bool):
                assert told[key] == str(value).lower()
            elif isinstance(value, int | float):
                assert float(told[key]) == value
            else:
                assert told[key].lstrip("'")[:1] not in "=+@" or told[key][:1] in ("", "'")


@given(ROWS)
def test_yaml_is_read_back_as_it_was(rows: list[Any]) -> None:
    assert yaml.safe_load(text_of(rows, "yaml")) == rows


@given(ROWS, KEYS)
def test_an_order_leaves_none_out_and_puts_the_unknown_last(rows: list[Any], key: str) -> None:
    try:
        order = by_key(rows, f"['{key}']", {})
    except InvalidInput:
        assert not any(key in row for row in rows)
        return
    assert sorted(order) == [*range(len(rows))]
    unknown = [rows[place].get(key) in (None, "") for place in order]
    assert unknown == sorted(unknown)


@given(ROWS)
def test_an_order_of_equal_ones_is_the_order_in_which_they_came(rows: list[Any]) -> None:
    alike = [{**row, "same": 1} for row in rows]
    assert by_key(alike, "same", {}) == [*range(len(rows))]
