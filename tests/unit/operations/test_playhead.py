"""The playhead: which time of a recording is shown at which time of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.operations.replay.playhead import FASTEST, SPEEDS, Playhead

BEGIN = datetime(2026, 11, 22, 10, tzinfo=UTC)
LENGTH = 600.0
HEAD = Playhead(BEGIN, BEGIN + timedelta(seconds=LENGTH), BEGIN, 50.0)


def second(head: Playhead, now: float) -> float:
    return (head.at(now) - BEGIN).total_seconds()


def test_a_replay_moves_as_fast_as_its_clock_at_first() -> None:
    assert [second(HEAD, 50.0 + passed) for passed in (0, 1, 42.5)] == [0, 1, 42.5]


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_speed_is_seconds_of_the_recording_for_one_of_the_clock(speed: float) -> None:
    assert second(HEAD.with_speed(speed, 50.0), 53.0) == min(3 * speed, LENGTH)


def test_another_speed_changes_nothing_of_what_has_passed() -> None:
    fast = HEAD.with_speed(10, 60.0)
    assert (second(fast, 60.0), second(fast, 62.0)) == (10, 30)


def test_a_pause_stands_still_and_goes_on_from_there() -> None:
    paused = HEAD.toggled(60.0)
    assert (second(paused, 60.0), second(paused, 500.0)) == (10, 10)
    assert second(paused.toggled(500.0), 503.0) == 13


def test_a_paused_replay_can_be_moved_and_stays_paused() -> None:
    moved = HEAD.toggled(60.0).moved(30, 70.0)
    assert (second(moved, 70.0), second(moved, 99.0), moved.paused) == (40, 40, True)


def test_it_stays_at_the_end_however_long_it_runs() -> None:
    assert second(HEAD, 50.0 + 10 * LENGTH) == LENGTH
    assert HEAD.at_end(50.0 + LENGTH)
    assert not HEAD.at_end(49.0 + LENGTH)


def test_at_the_end_the_pause_key_begins_again() -> None:
    again = HEAD.toggled(50.0 + LENGTH)
    assert (second(again, 50.0 + LENGTH), again.paused) == (0, False)
    paused_there = HEAD.toggled(60.0).moved(LENGTH, 60.0)
    assert second(paused_there.toggled(70.0), 71.0) == 1


@pytest.mark.parametrize(("to", "reached"), [(-5, 0), (0, 0), (300, 300), (601, LENGTH)])
def test_nothing_before_the_begin_or_after_the_end_is_reached(to: float, reached: float) -> None:
    assert second(HEAD.sought(BEGIN + timedelta(seconds=to), 55.0), 55.0) == reached


def test_faster_and_slower_go_through_all_speeds_and_stay_at_the_last() -> None:
    head, up = HEAD, []
    for _ in range(len(SPEEDS)):
        head = head.faster(50.0)
        up.append(head.speed)
    assert up == [*SPEEDS[1:], FASTEST]
    down = []
    for _ in range(len(SPEEDS)):
        head = head.slower(50.0)
        down.append(head.speed)
    assert down == [*SPEEDS[-2::-1], SPEEDS[0]]


def test_from_a_speed_between_two_the_nearest_in_that_direction_follows() -> None:
    odd = HEAD.with_speed(7, 50.0)
    assert (odd.faster(50.0).speed, odd.slower(50.0).speed) == (10, 5)
    assert HEAD.with_speed(1000, 50.0).speed == FASTEST


def test_a_clock_that_stands_still_moves_nothing_back() -> None:
    assert second(HEAD, 40.0) == 0


@given(st.lists(st.tuples(st.sampled_from(["space", "faster", "slower", "left", "right"]),
                          st.floats(0, 30))))  # fmt: skip
def test_whatever_is_pressed_the_time_shown_is_one_of_the_recording(
    keys: list[tuple[str, float]],
) -> None:
    head, now = HEAD, 50.0
    for key, passed in keys:
        now += passed
        seen = head.at(now)
        if key == "space" and not head.at_end(now):
            head = head.toggled(now)
        elif key in ("faster", "slower"):
            head = getattr(head, key)(now)
        elif key in ("left", "right"):
            head = head.moved(10 if key == "right" else -10, now)
        if key in ("faster", "slower", "space"):
            assert head.at(now) == seen
        assert head.begin <= head.at(now) <= head.end
