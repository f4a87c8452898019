"""When pairs are done: never in the past, never earlier for more work, and unknown stays unknown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes.screens import NOW, board, cells, pair, running
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.domain.attention import Lag, attention, attention_changes
from console.domain.board import (
    BoardSnapshot,
    PairBoard,
    PairStatus,
    RouteCell,
    RouteState,
    SubmissionStatus,
)
from console.domain.estimates import (
    BoardTime,
    Doubt,
    PairTime,
    Span,
    board_time,
    drive_began,
    remaining,
    slow_at,
)
from console.domain.pod_times import PairReports, PodTimes, Run
from console.domain.progress import EndedAttempt
from console.domain.ticks import Tick, tick_of
from console.domain.usual_times import NOTHING_RECORDED, Usual, UsualTimes, usual

ROUTES = 5
SOME = st.lists(st.floats(1, 1e4), min_size=1, max_size=30)


def names(number: int) -> list[str]:
    return [f"RouteScenario_{ROUTES * number - ROUTES + place}" for place in range(ROUTES)]


def driving(number: int = 1, done: int = 2, seconds: float = 0, **more: Any) -> PairBoard:
    """A pair that has driven so many of its routes, and the next one for so long."""
    own = tuple(
        replace(cell, route_id=name)
        for cell, name in zip(cells(number, done), names(number), strict=True)
    )
    facts = {
        "cells": own,
        "route": f"{names(number)[done]}_rep0" if done < ROUTES else "",
        "since": NOW - timedelta(seconds=seconds),
        "since_exact": True,
        "last_sign": NOW,
        **more,
    }
    return pair(number, done, **facts)


def shown(*pairs: PairBoard, **more: Any) -> BoardSnapshot:
    return board(**{"pairs": pairs or (driving(),), "records": (), **more})


def known(*seconds: float, boot: float | None = 30.0, submissions: int = 1) -> UsualTimes:
    """The same of every route."""
    found = usual(seconds or [100.0])
    assert found is not None
    every = {f"RouteScenario_{number}": found for number in range(20)}
    return UsualTimes(every, usual([boot]) if boot else None, submissions)


def told(
    *pairs: PairBoard, usually: UsualTimes | None = None, now: datetime = NOW, **more: Any
) -> BoardTime:
    return board_time(shown(*pairs, **more), known() if usually is None else usually, now)


def first(*pairs: PairBoard, **more: Any) -> PairTime:
    return told(*pairs, **more).pairs[0]


def test_what_is_left_is_the_rest_of_the_present_route_and_all_those_after_it() -> None:
    assert first(driving(done=2, seconds=40)).left == Span(35 + 2 * 75, 85 + 2 * 125)


def test_a_route_that_begins_anew_is_counted_in_full() -> None:
    again = driving(done=2, attempt=3)
    assert first(again).left == Span(3 * 75, 3 * 125)


def test_a_finished_route_that_is_driven_again_is_counted_too() -> None:
    """As the pinned 2.x does with the last one after every resume."""
    before = driving(done=3)
    repeated = tuple(
        replace(cell, state=RouteState.DRIVING) if place == 2 else
        replace(cell, state=RouteState.PENDING) if place == 3 else cell
        for place, cell in enumerate(before.cells)
    )  # fmt: skip
    again = replace(before, cells=repeated, route=f"{names(1)[2]}_rep0")
    assert first(again).left == Span(3 * 75, 3 * 125)


def test_while_records_are_on_their_way_the_last_routes_are_those_that_are_left() -> None:
    late = driving(done=1)
    unknown = tuple(
        replace(cell, state=RouteState.UNKNOWN) if place != 3 else cell
        for place, cell in enumerate(late.cells)
    )
    left = first(replace(late, cells=unknown, done=3, route="")).left
    assert left == Span(2 * 75, 2 * 125)


def test_a_pair_that_boots_has_its_boot_and_all_its_routes_before_it() -> None:
    boots = driving(done=3, seconds=10, status=PairStatus.BOOTING, route="")
    assert first(boots).left == Span(30 * 0.75 - 10 + 2 * 75, 30 * 1.25 - 10 + 2 * 125)


def test_of_a_boot_that_was_never_timed_its_limit_is_the_most() -> None:
    boots = driving(done=4, seconds=100, status=PairStatus.BOOTING, route="")
    assert first(boots, usually=known(boot=None)).left == Span(75, 600 - 100 + 125)


def test_a_pair_that_backs_off_waits_as_long_as_a_kubelet_may_let_it() -> None:
    waits = driving(
        done=4,
        status=PairStatus.BACKING_OFF,
        route="",
        seconds=15,
        agent=running("agent-1", 2),
    )
    assert first(waits).left == Span(22.5 + 75, 40 - 15 + 37.5 + 125)
    assert first(waits).idle == 15


def test_what_ended_the_last_attempt_may_be_driven_again_though_it_has_a_record() -> None:
    ended = EndedAttempt(1, 1, "simulator", "crashed", 139, 11, f"{names(1)[2]}_rep0", NOW)
    boots = driving(done=3, status=PairStatus.BOOTING, route="", ended=(ended,))
    assert first(boots).left == Span(22.5 + 2 * 75, 37.5 + 3 * 125)
    # It is not counted twice where it has none.
    boots = driving(done=2, status=PairStatus.BOOTING, route="", ended=(ended,))
    assert first(boots).left == Span(22.5 + 3 * 75, 37.5 + 3 * 125)


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"status": PairStatus.WAITING}, Doubt.NOT_BEGUN),
        ({"status": PairStatus.UNKNOWN}, Doubt.NOT_BEGUN),
        ({"status": PairStatus.BLOCKED}, Doubt.BLOCKED),
        ({"done": None}, Doubt.NOT_TOLD),
        ({"total": None}, Doubt.NOT_TOLD),
        ({"last_sign": NOW - timedelta(hours=1), "seconds": 3600}, Doubt.STALLED),
    ],
)
def test_where_nobody_can_tell_there_is_no_estimate_but_why(
    changes: dict[str, Any], doubt: Doubt
) -> None:
    found = first(replace(driving(seconds=changes.pop("seconds", 0)), **changes))
    assert (found.left, found.doubt) == (None, doubt)


def test_of_routes_that_were_never_recorded_nothing_is_known() -> None:
    found = told(usually=NOTHING_RECORDED)
    assert (found.left, found.last) == (None, None)
    assert (found.pairs[0].usual, found.pairs[0].doubt) == (None, Doubt.NOTHING_RECORDED)


def test_one_route_that_was_never_recorded_leaves_all_open() -> None:
    most = known()
    most = UsualTimes({name: most.routes[name] for name in names(1)[:-1]}, most.boot, 1)
    assert first(usually=most).left is None


def test_what_is_not_live_has_no_end_in_sight() -> None:
    assert first(live=False).doubt is Doubt.NOT_LIVE


def test_of_what_has_ended_nothing_is_left_to_tell() -> None:
    over = told(status=SubmissionStatus.CANCELLED)
    assert (over.left, over.last, over.pairs[0].over) == (None, None, True)


def test_the_pair_that_everybody_waits_for_is_named() -> None:
    found = told(driving(1, 3), driving(2, 1), driving(3, 4), driving(4, 2))
    assert (found.last, found.left) == (2, Span(4 * 75, 4 * 125))


def test_the_others_that_are_done_are_idle_as_long_as_one_goes_on() -> None:
    done = driving(1, 5, status=PairStatus.DONE, seconds=90, route="")
    found = told(done, driving(2, 1))
    assert (found.pairs[0].over, found.pairs[0].idle, found.pairs[1].idle) == (True, 90, None)
    assert found.last == 2
    assert told(done, replace(done, number=2)).pairs[0].idle is None


def test_where_one_has_no_end_there_is_none_for_all() -> None:
    waits = driving(2, 0, status=PairStatus.WAITING, route="")
    found = told(driving(1, 3), waits)
    assert found.left is not None
    assert (found.left.most, found.last) == (None, None)


def test_the_one_that_takes_longer_than_ever_is_the_one_that_all_wait_for() -> None:
    found = told(driving(1, 3), driving(2, 4, seconds=500))
    assert (found.last, found.left) == (2, Span(2 * 75, None))
    assert found.pairs[1].doubt is Doubt.LONGER_THAN_EVER
    both = told(driving(1, 3, seconds=500), driving(2, 4, seconds=500))
    assert (both.last, both.pairs[0].left) == (None, Span(75, None))


def _driven(number: int, *seconds: float) -> PodTimes:
    """The pod of one pair whose evaluator began an hour ago and finished these drives."""
    start = NOW - timedelta(hours=1)
    ends, counts = start, [(0, start)]
    for done, took in enumerate(seconds, start=1):
        ends += timedelta(seconds=took)
        counts.append((done, ends))
    run = Run(start - timedelta(seconds=20))
    reports = PairReports(number, True, len(seconds), drove=((1, start),), counts=tuple(counts))
    name = f"agent-{number}"
    return PodTimes("p1", start, None, ((name, (run,)),), ((name, 0),), (reports,))


def test_a_submission_that_is_slower_than_others_has_more_left() -> None:
    slower = first(driving(done=3), pod_times=(_driven(1, 200.0, 200.0, 200.0),))
    assert slower.left == Span(2 * 150, 2 * 250)
    # Two drives say nothing of its pace yet.
    assert first(driving(done=2), pod_times=(_driven(1, 200.0, 200.0),)).left == Span(225, 375)


def test_without_recordings_its_own_drives_tell_a_wide_span_once_there_are_some() -> None:
    own = (_driven(1, 90.0, 100.0, 120.0),)
    found = first(driving(done=3), usually=NOTHING_RECORDED, pod_times=own)
    assert (found.usual, found.left) == (None, Span(2 * 90, 2 * 120))
    few = first(driving(done=2), usually=NOTHING_RECORDED, pod_times=(_driven(1, 90.0, 100.0),))
    assert few.left is None


def test_repetitions_of_a_route_tell_more_than_other_submissions_do() -> None:
    repeated = tuple(
        RouteCell("RouteScenario_0", number, state)
        for number, state in enumerate(
            (RouteState.PERFECT, RouteState.PERFECT, RouteState.DRIVING, RouteState.PENDING)
        )
    )
    again = driving(done=2, cells=repeated, route="RouteScenario_0_rep2", total=4)
    found = first(again, pod_times=(_driven(1, 40.0, 40.0),))
    assert found.left == Span(2 * 30, 2 * 50)
    assert found.usual is not None
    assert found.usual.count == 2


def test_a_pair_tells_its_route_s_time_beside_what_is_usual_its_ratio_and_its_last_tick() -> None:
    tick = Tick(NOW - timedelta(seconds=3), 37.0, 15.5, 0.42)
    found = first(driving(seconds=40, tick=tick))
    assert (found.elapsed, found.ratio, found.progress) == (40, 0.42, 3)
    assert found.usual == known().routes["RouteScenario_2"]


def test_where_a_route_s_begin_was_not_seen_its_ticks_prove_how_long_it_runs() -> None:
    tick = Tick(NOW, 300.0, 100.0, 0.33)
    late = driving(seconds=5, since_exact=False, tick=tick)
    assert drive_began(late) == NOW - timedelta(seconds=300)
    # What an agent prints proves nothing against logcopy's word.
    assert drive_began(replace(late, since_exact=True)) == NOW - timedelta(seconds=5)


def test_a_route_is_slow_once_it_takes_longer_than_nearly_all_before() -> None:
    usually = known(*[100.0] * 10)
    slow = driving(seconds=126)
    assert first(driving(seconds=124), usually=usually).lag is None
    lag = first(slow, usually=usually).lag
    assert lag is not None
    assert (lag.lag, lag.since) == (Lag.SLOW, slow.since)
    assert first(slow, usually=known(100.0)).lag is None


def test_a_list_tells_the_same_of_slow_pairs_and_when_they_become_it() -> None:
    slow = shown(driving(seconds=100))
    turns = slow_at(slow, known(*[100.0] * 10))
    assert turns == {1: NOW + timedelta(seconds=25)}
    assert attention(slow, NOW, turns) == ()
    assert attention_changes(slow, NOW, turns) == NOW + timedelta(seconds=25)
    [found] = attention(slow, NOW + timedelta(seconds=25), turns)
    assert found.lag is Lag.SLOW
    assert slow_at(slow, NOTHING_RECORDED) == {}


def test_a_pair_that_is_silent_is_that_before_it_is_slow() -> None:
    quiet = driving(seconds=1000, last_sign=NOW - timedelta(seconds=150))
    lag = first(quiet, usually=known(*[100.0] * 10)).lag
    assert lag is not None
    assert lag.lag is Lag.SILENT


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


def test_spans_add_up_and_what_has_no_end_keeps_none() -> None:
    assert Span(1, 2) + Span(10, 20) == Span(11, 22)
    assert Span(1, None) + Span(10, 20) == Span(11, None)


def test_a_pair_that_is_not_there_has_nothing_to_tell() -> None:
    assert told().pair(9) == PairTime(9)


def test_longer_than_the_longest_has_no_end() -> None:
    found = Usual(10, 20, 30, 40, 50)
    assert remaining(found, 25) == Span(0, 5)
    assert remaining(found, 35) == Span(0, 5)
    assert remaining(found, 40) == Span(0, None)


@pytest.mark.parametrize("number", ["1e999", "1e15", "999999999", "9e307"])
def test_no_number_that_an_agent_prints_ends_the_list(number: str) -> None:
    """One team's line would take it from all of them."""
    line = f"Wallclock = x -- System time = {number} -- Game time = {number} -- Ratio = {number}x"
    running_now = driving(since_exact=False, tick=tick_of(line, NOW))
    assert drive_began(running_now) == NOW
    assert first(running_now).ratio is None
