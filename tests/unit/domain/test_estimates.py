"""When pairs are done: never in the past, never earlier for more work, and unknown stays unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fakes.boards import NOW, running
from msgspec.structs import replace
from timed_pairs import driving, first, known, names, told

from console.domain.board import PairStatus, RouteState, SubmissionStatus
from console.domain.estimates import Doubt, PairTime, Span, remaining
from console.domain.progress import EndedAttempt
from console.domain.usual_times import NOTHING_RECORDED, Usual, UsualTimes


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
