"""A run followed without a screen is told in sentences, each piece of news once."""

from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairBoard, PairStatus, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.progress import EndedAttempt, MergeProblem
from console.presentation.narrative import narrate

EMPTY = BoardSnapshot("ns", "run")
PAIR = PairBoard(2, 1, 2100, 2110, "5-9", PairStatus.DRIVING, attempt=1)
RUNNING = replace(EMPTY, status=SubmissionStatus.RUNNING, pairs=(PAIR,), total=20)


def test_nothing_new_is_no_news() -> None:
    assert narrate(RUNNING, RUNNING) == ()


def test_a_new_status_is_told_with_its_reason() -> None:
    pending = replace(EMPTY, status=SubmissionStatus.PENDING, reason="no node matches")
    assert narrate(EMPTY, pending) == ("submission pending: no node matches",)


def test_a_crash_names_pair_half_signal_and_route_and_only_the_half_that_failed_first() -> None:
    ended = (
        EndedAttempt(2, 1, "simulator", "crashed", signal=11),
        EndedAttempt(2, 1, "agent", "lost-partner", route="RouteScenario_7_rep0"),
    )
    crashed = replace(PAIR, status=PairStatus.RESETTING, ended=ended)
    news = narrate(RUNNING, replace(RUNNING, pairs=(crashed,)))
    assert news == (
        "pair 2 attempt 1: simulator crashed (SIGSEGV) at RouteScenario_7_rep0",
        "pair 2 resetting, attempt 1",
    )


def test_spent_restarts_are_told_with_what_is_left() -> None:
    spent = replace(RUNNING, budget=RestartBudget(8, (("agent-2", 1), ("simulator-2", 1))))
    before = replace(RUNNING, budget=RestartBudget(8))
    assert narrate(before, spent) == ("restarts 2/8 used: pair 2 ×2; 2 more resumes can work",)


def test_one_resume_that_is_left_is_told_as_the_screens_tell_it() -> None:
    spent = replace(RUNNING, budget=RestartBudget(8, (("agent-2", 3), ("simulator-2", 2))))
    (told,) = narrate(RUNNING, spent)
    assert told.endswith("; 1 more resume can work")


def test_finished_routes_are_counted() -> None:
    assert narrate(RUNNING, replace(RUNNING, done=12)) == ("routes 12/20",)


def test_lost_and_regained_connections_are_told() -> None:
    lost = replace(RUNNING, live=False, stale_why="connection refused")
    assert narrate(RUNNING, lost) == ("not live: connection refused",)
    assert narrate(lost, RUNNING) == ("connected",)


def test_a_given_up_route_and_a_shared_failure_are_told_and_passing_troubles_are_not() -> None:
    problems = (
        MergeProblem("shared-failure", 0, "pairs 1 and 2: no sensors"),
        MergeProblem("given-up", 2, "RouteScenario_7_rep0 was given up"),
        MergeProblem("torn", 3, "the result file is cut"),
    )
    assert narrate(RUNNING, replace(RUNNING, problems=problems)) == (
        "pairs 1 and 2: no sensors",
        "pair 2: RouteScenario_7_rep0 was given up",
    )
