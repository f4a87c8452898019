"""The legend of results: each mark that can be shown, in words, at any width."""

from __future__ import annotations

import pytest
from fakes.result_views import HIT, drive, not_final, view
from fakes.shown import all_said, said

from console.presentation import comparison_lines, result_lines
from console.presentation.infraction_marks import CODES, cost
from console.presentation.legend import legend
from console.results.leaderboard import BENCH2DRIVE, LAUNCHED, LONGEST6, V1_0


def text(leaderboard: str = "2.0", width: int = 90) -> str:
    return all_said(legend(leaderboard, width))


def test_every_verdict_on_a_result_is_explained() -> None:
    for shown in (view(), view(eligible=False), not_final()):
        mark = said(result_lines.verdict(shown)).split("   ")[0]
        assert f"{mark} " in text()


def test_every_sign_of_a_route_is_explained() -> None:
    for route in (drive(0), HIT, drive(0, status="Failed")):
        assert f"\n{result_lines.mark_of(route)[0]} " in text()


def test_every_mark_of_a_delta_is_explained() -> None:
    for by in (1.0, -1.0, 0.0, None):
        assert f"\n{comparison_lines.told_delta(by, 'driving score')[0][0]} " in text()


@pytest.mark.parametrize("version", LAUNCHED)
def test_every_infraction_of_the_version_has_its_letters_and_its_price(version) -> None:
    lines = text(version.name).splitlines()
    for kind in version.infractions:
        line = next(each for each in lines if each.startswith(f"{CODES[kind]} "))
        assert ": " in line


def test_what_another_version_counts_is_not_in_it() -> None:
    assert "Min speed" not in text(V1_0.name)
    assert "Min speed" in text("2.0")


def test_a_version_that_nobody_knows_has_the_usual_ones() -> None:
    assert "Leaderboard 2.0" in text("")


@pytest.mark.parametrize("width", [40, 60, 90])
def test_nothing_is_cut_at_any_width(width: int) -> None:
    told = legend("2.0", width)
    assert max(len(said(line)) for line in told) <= width
    assert "…" not in text(width=width)


def test_what_a_version_forgives_costs_nothing_there() -> None:
    assert cost("min_speed_infractions", BENCH2DRIVE) == "costs nothing"
    assert cost("stop_infraction", LONGEST6) == "costs nothing"
    assert cost("stop_infraction", BENCH2DRIVE) == "penalty x 0.8"
