"""A stop is offered while there is something left to save, and no longer than something speaks for it."""

from __future__ import annotations

import pytest
from fakes.folded_boards import (
    JOB,
    at,
    board_of,
    condition,
    driving,
    finished,
    pod,
    report,
)
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.calls import Occasion, calls_of
from console.domain.events import JobSeen, PodSeen, ProgressReported
from console.domain.fleet import Need, PairProblem
from console.domain.progress import EndedAttempt, MergeProblem, PairProgress
from console.domain.stop_offers import Ground, stop_offer
from console.operations.outcome.row import row_of
from console.presentation.stop_words import offered

NO_AGENT = "Failed - Agent couldn't be set up"
ONE_WAVE = "pairs 1 and 2 failed alike within 60 s: the server crashed by signal 11"
SENSORS = "pairs 1 and 2: the agent's sensors are not allowed on this track"


def running(*events, job=JOB) -> BoardSnapshot:
    return board_of(JobSeen(at(0), JOB), PodSeen(at(1), pod()), *events, JobSeen(at(60), job))


def told(text: str, *pairs: PairProgress) -> ProgressReported:
    found = report(55, *pairs)
    problems = (MergeProblem("shared-failure", 0, text),)
    return replace(found, report=replace(found.report, problems=problems))


def crashed(pair: int, attempts: int, route: int, then: int | None = None) -> PairProgress:
    """`then`: the route that it drives now, if it is another one."""
    name = f"RouteScenario_{route}_rep0"
    ends = [
        EndedAttempt(pair, n, "simulator", "crashed", 139, 11, name) for n in range(1, attempts + 1)
    ]
    now = name if then is None else f"RouteScenario_{then}_rep0"
    return driving(pair, attempts + 1, now, tuple(ends))


def words(board: BoardSnapshot) -> str:
    offer = stop_offer(board)
    return offer.text if offer else ""


def test_the_first_drive_without_its_agent_is_told_at_once_of_one_pair_too() -> None:
    board = running(
        report(30, driving(3, 1, "RouteScenario_11_rep0")), finished(3, 10, NO_AGENT, 0)
    )
    assert words(board) == (
        "pair 3: the agent could not be set up at RouteScenario_10; "
        "every route can end so, with 0 points"
    )
    row = row_of(board)
    assert (row.pair_problems, row.need) == (((3, PairProblem.NO_AGENT),), Need.FAILING)
    [call] = calls_of(row, board, at(60))
    assert call.occasion is Occasion.REPEATS
    assert call.text.endswith("; a stop keeps 1/20 drives and cuts off 1")


def test_a_later_drive_with_its_agent_takes_that_back_and_another_pair_s_softens_it() -> None:
    failed = finished(3, 10, NO_AGENT, 0)
    going = report(30, driving(3, 1, "RouteScenario_11_rep0"))
    assert words(running(going, failed, finished(3, 11))) == ""
    assert words(running(going, failed, finished(1, 0))).endswith("; another drive had its agent")


def test_pairs_without_an_agent_are_one_offer() -> None:
    going = report(30, *(driving(n, 1, "RouteScenario_1_rep0") for n in (1, 2, 3)))
    failed = [finished(n, 5 * n - 5, NO_AGENT, 0) for n in (1, 2, 3)]
    assert words(running(going, *failed)).startswith(
        "pairs 1, 2 and 3: the agent could not be set up;"
    )


def test_pairs_that_crashed_in_one_wave_offer_a_stop_until_one_has_got_past_it() -> None:
    wave = told(ONE_WAVE, crashed(1, 1, 0), crashed(2, 1, 5))
    board = running(wave)
    offer = stop_offer(board)
    assert offer
    assert (offer.ground, offer.pairs, offer.text) == (Ground.ONE_WAVE, (1, 2), ONE_WAVE)
    assert row_of(board).need is Need.HELD_UP
    assert Occasion.REPEATS in [each.occasion for each in calls_of(row_of(board), board, at(60))]
    past = told(ONE_WAVE, crashed(1, 1, 0, then=1), crashed(2, 1, 5))
    assert stop_offer(running(finished(1, 0), past)) is None


def test_what_the_agent_is_offers_a_stop_whatever_a_pair_does_meanwhile() -> None:
    board = running(told(f"{SENSORS}; every route of every pair will end like this"))
    assert words(board) == SENSORS
    assert row_of(board).pair_problems == (
        (1, PairProblem.FAILS_ALIKE),
        (2, PairProblem.FAILS_ALIKE),
    )


def test_one_route_that_ends_a_pair_twice_offers_a_stop_until_it_is_given_up() -> None:
    assert words(running(report(30, crashed(2, 1, 7)))) == ""
    twice = report(30, crashed(2, 2, 7))
    assert words(running(twice)) == "pair 2 failed 2 times at RouteScenario_7_rep0"
    given_up = finished(2, 7, "Failed - Simulation crashed", 0)
    assert words(running(given_up, report(55, crashed(2, 2, 7, then=8)))) == ""


def test_what_is_over_has_nothing_to_stop() -> None:
    failed = finished(3, 10, NO_AGENT, 0)
    over = replace(JOB, conditions=(condition("Failed", "BackoffLimitExceeded"),))
    assert stop_offer(running(failed, job=over)) is None


@pytest.mark.parametrize(("pairs", "cut"), [((), ""), ((1,), ", 1 under way is lost")])
def test_the_offer_says_what_stops_it_and_what_that_leaves(
    pairs: tuple[int, ...], cut: str
) -> None:
    going = tuple(driving(n, 1, "RouteScenario_0_rep0") for n in pairs)
    board = running(told(SENSORS, *going))
    assert offered(board, "ctrl+k") == f"{SENSORS}: ctrl+k stops it (0/20 drives stay{cut})"
    assert offered(running(), "ctrl+k") == ""
