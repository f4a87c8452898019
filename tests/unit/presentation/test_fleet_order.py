"""The order of the list and its headings: groups by need, or one order by a column."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, ROWS, row
from fakes.shown import said
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.fleet import PairProblem, SubmissionRow, listed_first
from console.domain.publication import Published, PublishedAs
from console.presentation.fleet_columns import TITLES
from console.presentation.fleet_order import NEEDS, headings, in_order, natural
from console.presentation.table import GroupHeading, Order, column_at, heading
from console.presentation.table import ListColumn as Column

TROUBLE = row("trouble", SubmissionStatus.RUNNING, 3, pair_problems=((2, PairProblem.FAILED),))
MANY = tuple(listed_first([*ROWS, TROUBLE, row("held", SubmissionStatus.BLOCKED, 0)]))


def heads(rows: tuple[SubmissionRow, ...]) -> list[tuple[int, str]]:
    return [(each.above, said(each.line)) for each in headings(rows, None)]


def test_each_group_has_a_heading_with_its_count() -> None:
    assert heads(MANY) == [
        (0, "failed or failing 1"),
        (1, "blocked 1"),
        (2, "running 1"),
        (3, "queued or starting 1"),
        (4, "ended 3"),
    ]


def test_no_count_of_a_list_that_is_still_read_is_called_final() -> None:
    told = [said(each.line) for each in headings(MANY, None, growing=True)]
    assert told[-1] == "ended 3 so far"


def test_a_group_of_which_a_filter_leaves_nothing_has_no_heading() -> None:
    assert heads(MANY[4:]) == [(0, "ended 3")]
    assert heads(()) == []


def test_every_need_has_its_word() -> None:
    assert len({word for word, _ in NEEDS.values()}) == len(NEEDS)


def test_a_sorted_list_says_so_and_has_no_groups() -> None:
    (only,) = headings(MANY, Order("AGE", True))
    assert only.above == 0
    assert said(only.line).startswith("by AGE ↓, not by need")
    assert headings((), Order("AGE", True)) == ()


def test_without_an_order_the_rows_are_the_very_same() -> None:
    assert in_order(MANY, None) is MANY
    assert in_order(MANY, Order("NO SUCH COLUMN", False)) is MANY


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("falling", [True, False])
def test_by_each_column_every_row_stands_once(title: str, falling: bool) -> None:
    sorted_rows = in_order(MANY, Order(title, falling))
    assert sorted(each.name for each in sorted_rows) == sorted(each.name for each in MANY)


def test_what_nobody_knows_is_last_in_either_direction() -> None:
    unknown = replace(row("unknown", SubmissionStatus.RUNNING, 0), restarts=None, done=None)
    rows = (unknown, *ROWS)
    for title in ("RESTARTS", "ROUTES"):
        for falling in (True, False):
            assert in_order(rows, Order(title, falling))[-1] is unknown


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("SUBMISSION", "baseline-nightly"),
        ("AGE", "demo"),
        ("SCORE", "baseline-nightly"),
        ("RESTARTS", "transfuser-v4"),
        ("ROUTES", "baseline-nightly"),
        ("PAIRS", "trouble"),
        ("STATUS", "trouble"),
        ("TEAM", "interfuser"),
        ("PUBLISHED", "transfuser-v4"),
    ],
)
def test_the_first_press_sorts_in_the_direction_that_is_most_often_wanted(
    title: str, first: str
) -> None:
    old = replace(TROUBLE, created_at=NOW - timedelta(days=9))
    states = {"demo": PublishedAs.CANCELLED, "transfuser-v4": PublishedAs.REFUSED}
    rows = tuple(
        replace(
            each,
            team="Alpha" if each.name == "interfuser" else "beta",
            published=Published(states.get(each.name, PublishedAs.NOWHERE)),
        )
        for each in (*ROWS, old)
    )
    assert in_order(rows, natural(title))[0].name == first


def test_teams_without_a_name_stand_by_their_numbers_before_those_with_one() -> None:
    teams = ("#10", "Heron", "#7", None, "")
    rows = tuple(replace(ROWS[0], name=str(each), team=each) for each in teams)
    told = [each.team for each in in_order(rows, Order("TEAM", False))]
    assert told == ["#7", "#10", "Heron", None, ""]


def test_turned_is_the_other_way_round() -> None:
    falling = [each.name for each in in_order(MANY, Order("SUBMISSION", True))]
    rising = [each.name for each in in_order(MANY, Order("SUBMISSION", True).turned)]
    assert falling == rising[::-1]


@pytest.mark.parametrize("width", [10, 30, 120])
def test_a_heading_is_ruled_to_the_edge(width: int) -> None:
    line = said(heading(GroupHeading(0, (("ended 3", NEEDS[5][1]),)).line, width))
    assert line.startswith(" ended 3 ")
    assert len(line) <= max(width, len(" ended 3 "))


def test_a_click_above_a_column_means_that_column() -> None:
    columns = (Column("NAME", 10), Column("STATUS", 8), Column("AGE", 4, right=True))
    met = [column_at(columns, 80, x) for x in (0, 1, 10, 13, 22, 24, 27, 79)]
    assert met == [0, 0, 0, 1, 1, 2, 2, None]


def test_a_kept_order_by_a_column_that_is_no_more_leaves_the_groups_and_says_so() -> None:
    gone = Order("PHASE OF THE MOON", falling=False)
    assert in_order(MANY, gone) is MANY
    assert headings(MANY, gone) == headings(MANY, None)
