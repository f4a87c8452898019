"""A stranger's clock may say any time that a calendar has: no sum of it is an error."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import paths
from console.domain.spans import FIRST, LAST, in_utc, in_zone, shifted

EVER = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=14))]))
SECONDS = st.floats(-1e18, 1e18) | st.timedeltas()


@given(EVER, SECONDS)
def test_a_sum_is_the_usual_one_or_an_end_of_the_calendar(
    at: datetime, by: timedelta | float
) -> None:
    found = shifted(at, by)
    later = by > timedelta() if isinstance(by, timedelta) else by > 0
    try:
        assert found == at + (by if isinstance(by, timedelta) else timedelta(seconds=by))
    except OverflowError:
        assert found == (LAST if later else FIRST)


@given(EVER)
def test_each_time_can_be_told_on_each_clock(at: datetime) -> None:
    assert in_utc(at).tzinfo is UTC
    for zone in (None, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")):
        assert in_zone(at, zone).tzinfo is not None


@pytest.mark.parametrize("end", [datetime.min, datetime.max])
def test_an_end_of_the_calendar_on_another_clock_is_the_nearest_of_ours(end: datetime) -> None:
    hours = 14 if end.year == 1 else -12
    told = in_utc(end.replace(tzinfo=timezone(timedelta(hours=hours))))
    assert told == (FIRST if end.year == 1 else LAST)


# --- and nobody adds in another way

ROOMS = ("domain", "diagnosis", "presentation", "tui", "cli")
USE_CASES = ("inspecting", "outcome", "recording", "replay", "watching", "bundling")
REFUSES = {"search_words.py", "spans.py"}
"""What a user types is refused by name where no calendar has it; and the rule itself."""


def modules() -> list[Path]:
    console = Path(paths.__file__).parent
    rooms = [console / each for each in ROOMS]
    rooms += [console / "operations" / each for each in USE_CASES]
    return [file for room in rooms for file in room.rglob("*.py") if file.name not in REFUSES]


def is_span(node: ast.AST, spans: set[str]) -> bool:
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "timedelta"
    return called or (isinstance(node, ast.Name) and node.id in spans)


def spans_made(tree: ast.Module) -> set[str]:
    made = [each for each in tree.body if isinstance(each, ast.Assign)]
    named = (name for each in made if is_span(each.value, set()) for name in each.targets)
    return {name.id for name in named if isinstance(name, ast.Name)}


def own_sums(name: str, tree: ast.Module, everywhere: set[str]) -> Iterator[str]:
    taken = [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    spans = spans_made(tree) | {a.name for each in taken for a in each.names} & everywhere
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            if is_span(node.left, spans) or is_span(node.right, spans):
                yield f"{name}:{node.lineno}"
        elif isinstance(node, ast.Attribute) and node.attr == "astimezone":
            yield f"{name}:{node.lineno}"


def test_no_view_adds_a_span_to_a_time_but_by_that_rule() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in modules()}
    makers = [text for text in texts.values() if "timedelta" in text]
    spans = {name for text in makers for name in spans_made(ast.parse(text))}
    assert "NEWS_FOR" in spans
    told = re.compile("|".join(["timedelta", "astimezone", *spans]))
    trees = {file: ast.parse(text) for file, text in texts.items() if told.search(text)}
    assert [told for file, tree in trees.items() for told in own_sums(file.name, tree, spans)] == []
