"""What the monitor says of a pair that failed, and of times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.boards import board, pair
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from fakes.sweeps import sweep

from console.domain.board import PairBoard, PairStatus, RouteState, SubmissionStatus
from console.domain.progress import EndedAttempt, MergeProblem
from console.presentation import pairs
from console.presentation.tones import CELL_MARKS, PAIR_MARKS, Tone

AT = datetime(2026, 11, 28, 14, 3, 12, tzinfo=UTC)
DEATH = EndedAttempt(3, 1, "agent", "crashed", 1, None, "RouteScenario_12_rep0", AT)
ECHO = EndedAttempt(3, 2, "agent", "terminated", 143, None, "-", AT)


def failed(number: int = 3) -> PairBoard:
    return pair(
        number,
        2,
        status=PairStatus.FAILED,
        route="",
        ended=(DEATH, ECHO),
        first_death=DEATH,
        since=AT,
        since_exact=True,
        began=AT - timedelta(seconds=130),
    )


def told(shown: PairBoard, now: datetime) -> str:
    return "".join(part for part, _ in pairs.status(shown, now))


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40), (200, 60)], (80, 24)))
async def test_a_failed_pair_says_the_cause_and_not_its_echo_and_has_the_focus(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    backend.shown_board = board(
        status=SubmissionStatus.FAILED, pairs=(pair(1, 3), pair(2, 2), failed(), pair(4, 3))
    )
    async with opened(backend, size) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "agent crashed first (exit 1) on", "14:03:12 after 2m10s")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-3")


async def test_the_focus_stays_where_it_was_put_by_hand(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "RouteScenario_7_rep0")
        await pilot.press("2")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-2")
        backend.shown_board = board(pairs=(pair(1, 3), pair(2, 2), failed(), pair(4, 3)))
        await shows(pilot, "failed")
        assert app.focused is not None
        assert app.focused.id == "pair-2"


@pytest.mark.parametrize("size", sweep([(80, 24), (200, 60)], (80, 24)))
async def test_a_failure_of_every_pair_is_said_on_its_tiles(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    shared = MergeProblem("shared-failure", 0, "Pairs 1, 2, 3 and 4 failed alike within 60 s: x")
    every = tuple(failed(number) for number in (1, 2, 3, 4))
    backend.shown_board = board(pairs=every, problems=(shared,))
    async with opened(backend, size) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: seen(app).count("alike in every pair") == 4)


def test_an_ended_state_does_not_count_up() -> None:
    later = [told(failed(), AT + timedelta(hours=hours)) for hours in (0, 7)]
    assert later == ["‼ failed 14:03:12 after 2m10s"] * 2


def test_a_state_that_was_not_seen_to_begin_is_at_least_that_old() -> None:
    now = AT + timedelta(seconds=31)
    assert told(pair(1, 1, since=AT, since_exact=False), now) == "● driving ≥31s"
    exact = pair(1, 1, since=AT, since_exact=True, last_sign=now - timedelta(seconds=2))
    assert told(exact, now) == "● driving 31s, heard 2s ago"
    unseen = pair(1, 1, status=PairStatus.FAILED, since=AT, since_exact=False)
    assert told(unseen, now) == "‼ failed by 14:03:12"


def test_a_dead_pair_and_a_low_score_differ_in_glyph_and_tone() -> None:
    dead, low = PAIR_MARKS[PairStatus.FAILED], CELL_MARKS[RouteState.FAILED]
    assert dead[0] != low[0]
    assert dead[1] is Tone.ALARM
    assert low[1] is Tone.CELL_FAIL
