"""How fast a pair is by its own drives, beside what is usual, and when it is slow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW
from msgspec.structs import replace
from timed_pairs import driving, first, known, shown

from console.domain.attention import Lag, attention, attention_changes
from console.domain.board import RouteCell, RouteState
from console.domain.estimates import Span, drive_began, slow_at
from console.domain.pod_times import PairReports, PodTimes, Run
from console.domain.ticks import Tick, tick_of
from console.domain.usual_times import NOTHING_RECORDED


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


@pytest.mark.parametrize("number", ["1e999", "1e15", "999999999", "9e307"])
def test_no_number_that_an_agent_prints_ends_the_list(number: str) -> None:
    """One team's line would take it from all of them."""
    line = f"Wallclock = x -- System time = {number} -- Game time = {number} -- Ratio = {number}x"
    running_now = driving(since_exact=False, tick=tick_of(line, NOW))
    assert drive_began(running_now) == NOW
    assert first(running_now).ratio is None
