"""Plots as text: a number beside each bar, nothing wider than its room, every score inside."""

from __future__ import annotations

import pytest
from fakes.result_views import HIT, drive, not_final, view
from fakes.shown import all_said, said
from hypothesis import given
from hypothesis import strategies as st

from console.operations.outcome.comparison import ComparedResult, compare
from console.operations.outcome.view import InfractionRow
from console.presentation import plots
from console.presentation.tones import Tone, width_of


def told(lines: list[str]) -> list[int]:
    """The number behind each bar."""
    return [int(line.split()[-1]) for line in lines]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12), st.integers(30, 120))
def test_every_bar_has_its_number_and_no_bar_is_too_long(counts: list[int], width: int) -> None:
    lines = plots.bars([f"n{index}" for index in range(len(counts))], counts, width)
    assert told([said(line) for line in lines]) == counts
    assert max(map(width_of, lines)) <= width


def test_a_longer_bar_is_more() -> None:
    few, many = (said(line).count("⣿") for line in plots.bars(["a", "b"], [2, 10], 60))
    assert 0 < few < many


def test_nothing_to_plot_is_no_bar() -> None:
    assert plots.bars([], [], 60) == []


@given(st.lists(st.floats(0, 100), min_size=1))
def test_every_score_is_in_one_tenth(values: list[float]) -> None:
    assert sum(told([said(x) for x in plots.distribution(values, 100, 60)])) == len(values)


def test_the_full_score_is_in_the_last_tenth_and_zero_in_the_first() -> None:
    lines = [said(line) for line in plots.distribution([0, 100, 100], 100, 60)]
    assert lines[0].strip().startswith("0 – 10")
    assert (told(lines)[0], told(lines)[-1]) == (1, 2)


def test_a_penalty_is_told_as_a_factor() -> None:
    assert said(plots.distribution([0.6], 1.0, 60)[6]).strip().startswith("0.6 – 0.7")


def test_a_result_has_three_distributions_and_every_kind_that_occurred() -> None:
    text = all_said(plots.of_result(view(), 80))
    for title in ("DRIVING SCORE", "ROUTE COMPLETION", "INFRACTION PENALTY", "BY KIND"):
        assert title in text
    assert "collisions vehicle CV" in text
    assert "COLLISIONS VEHICLE: on 1 of 2 drives" in text
    assert "red light" not in text


def test_a_repetition_is_told_from_the_first_drive() -> None:
    again = drive(1, route_id="RouteScenario_1_rep2", repetition=2, infractions=HIT.infractions)
    kinds = (InfractionRow("collisions_vehicle", 4, None),)
    text = all_said(plots.of_result(view(rows=(HIT, again), infractions=kinds), 80))
    assert "1 rep 2 │" in text


def test_where_there_is_room_scores_and_infractions_stand_side_by_side() -> None:
    wide, narrow = (plots.of_result(view(), width) for width in (160, 80))
    assert len(wide) < len(narrow)
    assert "DRIVING SCORE" in said(wide[0])
    assert "INFRACTIONS BY KIND" in said(wide[0])


@pytest.mark.parametrize("width", [56, 80, 130, 180])
def test_no_plot_is_wider_than_its_room(width: int) -> None:
    lines = [*plots.of_result(view(), width), *plots.of_comparison(two(), width)]
    assert max(map(width_of, lines)) <= width


def test_of_nothing_there_is_a_word_and_no_empty_plot() -> None:
    nothing = not_final(rows=(), mean=None)
    assert all_said(plots.of_result(nothing, 80)) == "There is no finished route to plot."


def test_of_perfect_drives_it_is_said_that_there_is_no_infraction() -> None:
    clean = view(rows=(drive(0),), infractions=(InfractionRow("red_light", 0, 0.0),))
    assert "no infraction" in all_said(plots.of_result(clean, 80))


def two(*scores: tuple[float, float]):
    """Two results whose routes have these scores."""
    pairs = scores or ((100.0, 100.0), (0.0, 0.0), (30.0, 80.0))
    results = [
        ComparedResult(
            name,
            view(rows=tuple(drive(n, score_composed=pair[place]) for n, pair in enumerate(pairs))),
        )
        for place, name in enumerate("ab")
    ]
    return compare(results)


@pytest.mark.parametrize("width", [60, 100])
def test_every_route_is_a_dot_also_at_the_edges(width: int) -> None:
    assert all_said(plots.against(two(), 1, width)).count("●") == 3


def test_how_many_routes_are_above_and_below_stands_in_words() -> None:
    title = said(plots.against(two((10, 20), (10, 5), (10, 7), (50, 50)), 1, 80)[0])
    assert title == "DRIVING SCORE, B AGAINST A: 1 routes above, 2 below"


def test_a_plot_has_tones_of_ours_and_no_colour_of_the_library() -> None:
    lines = [*plots.of_result(view(), 80), *plots.of_comparison(two(), 80)]
    assert "\x1b" not in all_said(lines)
    assert {tone for line in lines for _, tone in line} <= set(Tone)
