"""A pair's panel and its three rows: what is known, and `?` for what nobody knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, cells, gpu, pair
from fakes.shown import said
from msgspec.structs import replace

from console.domain.board import PairStatus, RouteCell, RouteState
from console.presentation import pairs
from console.presentation.route_bars import route_bar, score_so_far
from console.presentation.tones import width_of


def test_few_routes_are_wide_cells_and_many_are_one_character_each() -> None:
    assert said(route_bar(cells(1, 1, 3), 40)) == " ✓   ▸   · "
    assert said(route_bar(cells(1, 1, 12), 40)) == "✓▸··········"


def test_a_bar_is_cut_to_its_room() -> None:
    assert width_of(route_bar(cells(1, 0, 25), 10)) == 10


def test_routes_that_nobody_has_told_yet_are_not_an_empty_bar() -> None:
    assert said(route_bar((), 40)) == "routes not known yet"


def test_the_score_so_far_is_the_mean_of_finished_routes_only() -> None:
    scored = [RouteCell(f"r{n}", 0, RouteState.PERFECT, score) for n, score in enumerate((100, 50))]
    waiting = RouteCell("r3", 0, RouteState.PENDING)
    assert score_so_far((*scored, waiting)) == "75.0"
    assert score_so_far((waiting,)) == "-"


def test_a_driving_pair_says_for_how_long_and_when_it_was_heard() -> None:
    told = pairs.status(pair(1, 2, heard=NOW - timedelta(seconds=2)), NOW)
    assert said(told) == "● driving 42s, heard 2s ago"


def test_a_time_that_is_only_a_bound_is_told_as_one() -> None:
    told = pairs.status(pair(1, 2, since_exact=False), NOW)
    assert said(told) == "● driving ≥42s"


def test_a_pair_that_is_over_tells_the_time_of_day_and_its_length() -> None:
    ended = NOW.replace(hour=14, minute=3, second=12, microsecond=0)
    over = pair(1, 5, status=PairStatus.FAILED, since=ended, began=ended - timedelta(seconds=130))
    assert said(pairs.status(over, NOW)) == "‼ failed 14:03:12 after 2m10s"


@pytest.mark.parametrize(
    ("halves", "words"),
    [
        ({"simulator_gpu": gpu(0), "agent_gpu": gpu(1)}, "0≠1"),
        ({"simulator_gpu": gpu(3), "agent_gpu": gpu(3)}, "3"),
    ],
)
def test_a_gpu_on_which_the_halves_differ_is_told_as_both(
    halves: dict[str, object], words: str
) -> None:
    assert pairs.gpu(pair(1, 2, **halves)) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"route": "RouteScenario_3"}, "RouteScenario_3"),
        ({"route": "", "done": 5}, "every route is driven"),
        ({"route": "", "done": 0}, "no route yet"),
        ({"route": "", "done": 2}, "between routes"),
        ({"route": "", "done": None}, "?"),
        ({"route": "", "done": 2, "status": PairStatus.FAILED}, "no route any more"),
        ({"route": "", "done": 2, "status": PairStatus.UNKNOWN}, "?"),
    ],
)
def test_without_a_route_a_pair_says_why(facts: dict[str, object], words: str) -> None:
    assert pairs.route(replace(pair(1, 2), **facts)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(("number", "words"), [(None, "?"), (0, "-"), (3, "3")])
def test_no_attempt_yet_is_not_an_attempt_that_nobody_knows(number: int | None, words: str) -> None:
    assert pairs.attempt(pair(1, 2, attempt=number)) == words


@pytest.mark.parametrize("height", [6, 9, 12, 16, 24])
def test_a_panel_fills_its_height_at_the_most_and_keeps_the_status_first(height: int) -> None:
    lines = pairs.panel(pair(2, 3), 56, height, NOW)
    assert len(lines) <= height
    assert said(lines[0]).startswith("● driving")


def test_a_high_panel_lists_the_routes_with_their_scores() -> None:
    shown = "\n".join(said(line) for line in pairs.panel(pair(2, 3), 56, 24, NOW))
    assert "RouteScenario_5_rep0" in shown
    assert "100.0" in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_three_rows_hold_a_pair_and_none_is_wider_than_the_terminal(width: int) -> None:
    lines = pairs.rows(pair(2, 3), width, NOW)
    assert len(lines) == 3
    assert max(width_of(line) for line in lines[:2]) <= width


def test_a_blocked_pair_says_what_blocks_it_in_its_rows() -> None:
    shown = pairs.rows(pair(1, 0, blocked="the image cannot be pulled"), 80, NOW)
    assert said(shown[2]).strip() == "⊗ the image cannot be pulled"


def test_a_dead_pair_tells_with_whom_it_shares_its_failure() -> None:
    dead = pair(1, 2, status=PairStatus.FAILED, route="")
    shown = pairs.rows(dead, 120, NOW, "alike in every pair")
    assert "▸ alike in every pair" in said(shown[1])
