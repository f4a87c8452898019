"""A pair on one line: what needs a person is there at every width, and all stand below each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import CRASH, NOW, cells, pair
from fakes.shown import said
from msgspec.structs import replace

from console.domain.attention import Attention, Lag
from console.domain.board import PairBoard, PairStatus
from console.domain.estimates import Doubt, PairTime, Span
from console.presentation.pair_line import line
from console.presentation.route_bars import columns_of
from console.presentation.tones import width_of

SINCE = NOW - timedelta(seconds=312)
STALLED = Attention(14, Lag.STALLED, SINCE, 800)
WIDTHS = [55, 58, 78, 118, 158]


def sixteen() -> list[PairBoard]:
    told = [pair(number, 1, cells=cells(number, 1)[: 2 + number % 2]) for number in range(1, 17)]
    told[14] = replace(told[14], status=PairStatus.FAILED, ended=CRASH, first_death=CRASH[0])
    return told


def time_of(number: int) -> PairTime:
    if number == 14:
        return PairTime(number, lag=STALLED, doubt=Doubt.STALLED)
    if number == 2:
        return PairTime(number, idle=130.0, over=True)
    return PairTime(number, elapsed=60.0, progress=2.0, ratio=0.42, left=Span(600.0, 900.0))


def shown(width: int) -> list[str]:
    told = sixteen()
    columns = columns_of(told)
    lines = [line(each, width, NOW, "", time_of(each.number), columns) for each in told]
    assert all(width_of(each) <= width for each in lines)
    return [said(each) for each in lines]


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_wrong_with_a_pair_is_read_at_every_width(width: int) -> None:
    told = shown(width)
    assert "stalled 312/800 s" in told[13]
    assert "GPU idle 130s" in told[1] or "GPU idle 2m10s" in told[1]
    assert "‼" in told[14]


@pytest.mark.parametrize("width", WIDTHS)
def test_bars_and_counts_of_all_pairs_stand_below_each_other(width: int) -> None:
    told = shown(width)
    assert len({each.rindex("score ") for each in told}) == 1
    assert len({each.rindex("attempt ") for each in told}) == 1


def test_where_there_is_room_route_pace_and_end_are_told_too() -> None:
    assert "RouteScenario" not in shown(58)[3]
    assert "done" in shown(78)[3]
    assert "▸ RouteScenario_16_rep0" in shown(118)[3]
    assert "0.42x, ticked 2s ago" in shown(158)[3]


def test_a_cause_that_has_no_room_is_cut_with_an_ellipsis() -> None:
    assert "simulator crashed first (SIGSEGV) on RouteScenario_6_rep0" in shown(158)[14]
    assert "…" in shown(78)[14]
