"""Estimates of any pairs: never in the past, and never earlier for more work."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

from fakes.boards import NOW
from hypothesis import assume, given
from hypothesis import strategies as st
from timed_pairs import ROUTES, driving, first, known, told

from console.domain.attention import Lag
from console.domain.board import PairBoard, PairStatus
from console.domain.estimates import Doubt, remaining
from console.domain.usual_times import NOTHING_RECORDED, usual

SOME = st.lists(st.floats(1, 1e4), min_size=1, max_size=30)


@given(SOME, st.floats(0, 2e4))
def test_nothing_is_done_in_the_past(seconds: list[float], passed: float) -> None:
    found = usual(seconds)
    assert found is not None
    left = remaining(found, passed)
    assert left.least >= 0
    assert left.most is None or left.least <= left.most


@given(SOME, st.floats(0, 1e4), st.floats(0, 1e4))
def test_waiting_longer_makes_no_end_earlier(
    seconds: list[float], passed: float, more: float
) -> None:
    found = usual(seconds)
    assert found is not None
    before, after = remaining(found, passed), remaining(found, passed + more)
    assert after.least + more >= before.least - 1e-6
    if before.most is None:
        assert after.most is None
    elif after.most is not None:
        assert after.most + more >= before.most - 1e-6


PAIRS = st.lists(
    st.tuples(
        st.sampled_from([*PairStatus]),
        st.integers(0, ROUTES - 1),
        st.floats(0, 1e4),
        st.floats(0, 1e4),
    ),
    min_size=1,
    max_size=4,
)


def _pairs(drawn: Iterable[tuple[PairStatus, int, float, float]]) -> list[PairBoard]:
    return [
        driving(
            number,
            done,
            passed,
            status=status,
            last_sign=NOW - timedelta(seconds=quiet),
            **({} if status is PairStatus.DRIVING else {"route": ""}),
        )
        for number, (status, done, passed, quiet) in enumerate(drawn, start=1)
    ]


@given(PAIRS, SOME)
def test_whatever_the_pairs_do_an_end_is_ahead_or_there_is_a_reason(
    drawn: list[tuple[PairStatus, int, float, float]], seconds: list[float]
) -> None:
    found = told(*_pairs(drawn), usually=known(*seconds))
    for each in found.pairs:
        assert each.over or (each.left is not None) is (
            each.doubt in (None, Doubt.LONGER_THAN_EVER)
        )
        if each.left is not None:
            assert each.left.least >= 0
            assert each.left.most is None or each.left.most >= each.left.least
        if each.lag is not None and each.lag.lag is Lag.STALLED:
            assert each.left is None
    ends = [each.left for each in found.pairs if each.left is not None]
    if found.left is not None:
        assert found.left.least == max(end.least for end in ends)
        assert found.left.most is None or found.left.most == max(end.most or 0 for end in ends)


@given(PAIRS)
def test_of_nothing_known_nothing_is_told(
    drawn: list[tuple[PairStatus, int, float, float]],
) -> None:
    found = told(*_pairs(drawn), usually=NOTHING_RECORDED)
    assert found.left is None
    assert all(each.left is None and each.usual is None for each in found.pairs)


@given(PAIRS, SOME, st.floats(1.01, 5))
def test_where_routes_take_longer_nobody_is_done_earlier(
    drawn: list[tuple[PairStatus, int, float, float]], seconds: list[float], factor: float
) -> None:
    less = told(*_pairs(drawn), usually=known(*seconds)).left
    more = told(*_pairs(drawn), usually=known(*(each * factor for each in seconds))).left
    assert (less is None) is (more is None)
    assume(less is not None and more is not None)
    assert less is not None
    assert more is not None
    assert more.least >= less.least or math.isclose(more.least, less.least)
    if less.most is not None and more.most is not None:
        assert more.most >= less.most or math.isclose(more.most, less.most)


@given(st.integers(0, ROUTES - 2), SOME)
def test_with_each_route_that_is_driven_less_is_left(done: int, seconds: list[float]) -> None:
    usually = known(*seconds)
    before, after = (first(driving(done=each), usually=usually).left for each in (done, done + 1))
    assert before is not None
    assert after is not None
    assert after.least <= before.least
    assert before.most is not None
    assert after.most is not None
    assert after.most <= before.most
