"""A comparison on screens and in commands: letters, deltas with a mark, what is missing named."""

from __future__ import annotations

import csv
import json

import pytest
from fakes.result_views import drive, not_final, view
from fakes.shown import all_said, said, toned

from console.operations.outcome.comparison import ComparedResult, ResultComparison, compare
from console.presentation import comparison_lines as shown
from console.presentation import comparison_rows as listed
from console.presentation.comparison_documents import (
    comparison_csv,
    comparison_document,
    comparison_markdown,
)
from console.presentation.tones import Tone

HITS = (("collisions_vehicle", ("a", "b")),)
LIGHT = (("red_light", ("c",)),)


def compared(*others: ComparedResult) -> ResultComparison:
    """The first has one route more, and two hits where the second has a red light."""
    first = ComparedResult(
        "mine", view(rows=(drive(0), drive(1, score_composed=40.0, infractions=HITS), drive(2)))
    )
    second = ComparedResult(
        "yours", not_final(rows=(drive(0), drive(1, score_composed=43.2, infractions=LIGHT)))
    )
    return compare([first, second, *others])


def row(comparison: ResultComparison, number: int, measure: str = "driving score") -> list[str]:
    return [
        said(cell).strip()
        for cell in listed.cells(comparison, comparison.routes[number], measure, 120, 1)
    ]


@pytest.mark.parametrize(
    ("by", "measure", "told"),
    [
        (3.2, "driving score", "▲ +3.20"),
        (-8.8, "driving score", "▼ -8.80"),
        (1.0, "infractions", "▼ +1"),
        (-2.0, "infractions", "▲ -2"),
        (-0.5, "infractions", "▲ -0.50"),
        (0.0, "driving score", "="),
        (0.0714, "infraction penalty", "▲ +0.071"),
        (None, "driving score", "–"),
    ],
)
def test_a_mark_says_better_or_worse_without_any_colour(
    by: float | None, measure: str, told: str
) -> None:
    assert shown.told_delta(by, measure)[0] == told


def test_each_result_says_whether_it_is_final() -> None:
    told = all_said(shown.results_rows(compared(), 200))
    assert "A  mine  2/2 drives  ✓ final  Finished, eligible" in told
    assert "B  yours  1/2 drives  ◑ not final: 1 of 2 drives have a record." in told


@pytest.mark.parametrize("width", [40, 58, 80])
def test_on_a_small_terminal_each_result_has_one_row_that_says_whether_it_is_final(
    width: int,
) -> None:
    rows = shown.results_rows(compared(), width, small=True)
    assert len(rows) == 2
    assert ["final" in said(row) for row in rows] == [True, True]
    assert max(len(said(row)) for row in rows) <= width


def test_a_hostile_name_controls_no_terminal() -> None:
    evil = ComparedResult("\x1b]52;c;AA\x07x", view(rows=(drive(0), drive(1))))
    assert "\x1b" not in all_said(shown.results_rows(compared(evil), 200))


def test_a_route_tells_values_delta_and_what_changed() -> None:
    assert row(compared(), 1) == ["1", "40.00", "43.20", "▲ +3.20", "-2 CV +1 RL"]


def test_a_route_that_one_lacks_says_which() -> None:
    assert row(compared(), 2) == ["2", "100.00", "–", "–", "missing in B"]


def test_another_measure_of_the_same_route() -> None:
    assert row(compared(), 1, "infractions")[1:4] == ["2", "1", "▲ -1"]


def test_of_three_results_each_change_says_whose_it_is() -> None:
    third = ComparedResult("theirs", view(rows=(drive(0), drive(1, infractions=HITS))))
    assert row(compared(third), 1)[-1] == "B -2 CV +1 RL"


def test_a_route_of_another_length_has_no_delta() -> None:
    other = ComparedResult("else", view(rows=(drive(0), drive(1, route_length=9000.0))))
    comparison = compared(other)
    assert row(comparison, 1)[2:4] == ["43.20", "–"]
    assert "another length" in row(comparison, 1)[-1]
    assert "not the same route: 1" in all_said(shown.gaps(comparison, 100))


@pytest.mark.parametrize(("width", "room"), [(50, 1), (80, 2), (200, 4)])
def test_as_many_results_stand_side_by_side_as_the_width_allows(width: int, room: int) -> None:
    assert listed.others_shown(5, width) == room
    assert len(listed.shown_others(5, width, 1)) == room


def test_those_without_room_are_reached_and_the_last_one_is_the_end() -> None:
    assert [*listed.shown_others(5, 80, 3)] == [3, 4]
    assert [*listed.shown_others(5, 80, 9)] == [3, 4]


def test_columns_and_cells_are_as_many() -> None:
    for width in (50, 80, 200):
        comparison = compared()
        titles = listed.columns(comparison, width, 1)
        for route in comparison.routes:
            cells = listed.cells(comparison, route, "driving score", width, 1)
            assert len(cells) == len(titles)


def test_what_is_missing_is_named_with_the_result_that_lacks_it() -> None:
    assert all_said(shown.gaps(compared(), 100)) == "B lacks 2"


def test_means_are_over_the_routes_in_common_and_say_so() -> None:
    assert shown.scope(compared()) == "2 of 3 routes in common"
    told = " ".join(all_said(shown.means_rows(compared(), 100)).split())
    assert "driving score A 70.00 B 71.60 ▲ +1.60" in told


def test_every_kind_of_infraction_has_its_delta() -> None:
    told = " ".join(all_said(shown.kinds_rows(compared(), 100)).split())
    assert "collisions vehicle A 2 B 0 ▲ -2" in told
    assert "red light A 0 B 1 ▼ +1" in told


def test_kinds_with_long_names_stand_in_the_same_columns_as_short_ones() -> None:
    late = (("yield_emergency_vehicle_infractions", ("d",)),)
    comparison = compared(ComparedResult("late", view(rows=(drive(0), drive(1, infractions=late)))))
    starts = {said(line).index(" A ") for line in shown.kinds_rows(comparison, 120)}
    assert len(starts) == 1


def test_a_long_name_of_a_kind_is_cut_before_a_row_breaks_between_its_numbers() -> None:
    late = (("yield_emergency_vehicle_infractions", ("d",)),)
    comparison = compared(ComparedResult("late", view(rows=(drive(0), drive(1, infractions=late)))))
    told = [said(line) for line in shown.kinds_rows(comparison, 52)]
    assert len(told) == len(comparison.kinds)
    assert told[-1] == "yield emergency vehicle in…  A 0  B 0 =     C 1 ▼ +1"


def test_the_selected_route_tells_both_ends_in_words() -> None:
    comparison = compared()
    told = all_said(shown.route_rows(comparison, comparison.routes[1], 60))
    assert "A  40.00  Perfect" in told
    assert "2 collisions vehicle" in told
    lacking = shown.route_rows(comparison, comparison.routes[2], 60)
    assert toned(lacking[-1], Tone.WARN) == "missing"


def test_repetitions_tell_how_often_they_ended_so() -> None:
    twice = [
        drive(0, route_id=f"RouteScenario_0_rep{n}", repetition=n, status=status)
        for n, status in enumerate(("Perfect", "Completed", "Perfect"))
    ]
    comparison = compared(ComparedResult("often", view(rows=(*twice, drive(1)))))
    told = all_said(shown.route_rows(comparison, comparison.routes[0], 60))
    assert "2 x Perfect, 1 x Completed" in told


@pytest.mark.parametrize("width", [30, 46, 78])
@pytest.mark.parametrize("small", [True, False])
def test_no_row_of_the_side_is_wider_than_its_room(width: int, small: bool) -> None:
    comparison = compared()
    rows = shown.side(comparison, comparison.routes[1], width, small=small)
    assert max(len(said(line)) for line in rows[1:]) <= max(width, 35)


# --- documents


def test_json_tells_deltas_and_null_where_one_is_missing() -> None:
    told = json.loads(json.dumps(comparison_document(compared())))
    assert told["final"] is False
    assert told["results"][1]["missing"] == ["RouteScenario_2"]
    assert told["routes"][1]["deltas"][1]["infractions"] == {
        "collisions_vehicle": -2.0,
        "red_light": 1.0,
    }
    assert told["routes"][2]["deltas"][1] is None
    assert told["results"][0]["delta"]["composed"] == 0.0


def test_csv_has_a_row_for_each_route_of_each_result() -> None:
    rows = list(csv.DictReader(comparison_csv(compared()).splitlines()))
    assert [(each["route"], each["result"]) for each in rows] == [
        ("RouteScenario_0", "A"),
        ("RouteScenario_0", "B"),
        ("RouteScenario_1", "A"),
        ("RouteScenario_1", "B"),
        ("RouteScenario_2", "A"),
    ]
    assert (rows[3]["delta_collisions_vehicle"], rows[3]["final"]) == ("-2.0", "no")


def test_csv_of_what_the_first_lacks_has_no_delta_and_no_zero() -> None:
    alone = ComparedResult("more", view(rows=(drive(0), drive(1), drive(9))))
    rows = list(csv.DictReader(comparison_csv(compared(alone)).splitlines()))
    assert rows[-1]["route"] == "RouteScenario_9"
    assert rows[-1]["delta_driving_score"] == ""


def test_markdown_names_what_is_not_final_and_what_is_missing() -> None:
    told = comparison_markdown(compared())
    assert "- A: mine, final: Finished, eligible" in told
    assert "- B: yours, not final: 1 of 2 drives have a record." in told
    assert "  - it lacks 2" in told
    assert "| driving score | 70.00 | 71.60 | ▲ +1.60 |" in told
    assert "| 2 | 100.00 | – | – |" in told
