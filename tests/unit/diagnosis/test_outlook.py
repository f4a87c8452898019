"""Whether a resume can help is told from what ended the submission, before any invitation to it."""

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

from console.diagnosis.outlook import outlook
from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, PodSeen, PodVanished
from console.domain.folding import fold
from console.domain.lost_pods import drives_kept
from console.domain.progress import EndedAttempt, MergeProblem
from console.presentation.resume_points import hint
from console.tui.resume_offers import why_not
from tests.unit.domain.test_blocking import stuck
from tests.unit.domain.test_lost_pods import BEFORE, EVICTED, SECOND, record, told

FAILED = replace(JOB, conditions=(condition("Failed", "BackoffLimitExceeded"),))
CANCELLED = replace(JOB, suspended=True, cancelled=True)


def over(*events, job=FAILED) -> BoardSnapshot:
    return board_of(JobSeen(at(0), JOB), PodSeen(at(1), pod()), *events, JobSeen(at(90), job))


def ends(*told: EndedAttempt) -> BoardSnapshot:
    return over(report(30, driving(2, len(told) + 1, "RouteScenario_6_rep0", told)))


def crash(attempt: int, route: str, reason="crashed") -> EndedAttempt:
    return EndedAttempt(2, attempt, "agent", reason, 1, None, route)


def test_invalid_sensors_and_a_set_up_that_fails_come_again_for_certain() -> None:
    by_supervisor = outlook(ends(crash(1, "", "invalid-setup")))
    by_record = outlook(over(finished(1, 0, "Failed - Agent couldn't be set up", 0.0)))
    assert by_supervisor
    assert by_record
    assert by_supervisor.certain
    assert by_record.certain
    assert by_record.text.startswith(
        "A resume will end like this again: the agent cannot be set up"
    )
    assert "RouteScenario_0: Failed - Agent couldn't be set up" in by_record.evidence


def test_a_pair_without_its_gpu_may_be_without_it_again() -> None:
    told = outlook(ends(crash(1, "", "wrong-gpu")))
    assert told
    assert not told.certain
    assert "A resume may end like this: the pairs ask for their GPUs in the same way" in told.text


def test_what_logcopy_says_of_several_pairs_counts_too() -> None:
    text = "pairs 1 and 2: the agent cannot be set up; every route of every pair will end like this"
    told = report(30, driving(1, 1, ""))
    told = replace(
        told, report=replace(told.report, problems=(MergeProblem("shared-failure", 0, text),))
    )
    found = outlook(over(told))
    assert found
    assert found.certain
    assert found.reason == "pairs 1 and 2: the agent cannot be set up"


def test_an_evaluator_that_cannot_be_loaded_will_not_load_in_a_resume() -> None:
    found = outlook(ends(crash(1, "", "not-loaded")))
    assert found
    assert found.certain
    assert "the evaluator cannot be loaded" in found.reason


@pytest.mark.parametrize(
    ("routes", "speaks"),
    [
        (("RouteScenario_5_rep0", "RouteScenario_5_rep0"), True),
        (("RouteScenario_5_rep0",), False),
        (("RouteScenario_5_rep0", "RouteScenario_6_rep0"), False),
        (("", ""), False),
    ],
)
def test_the_same_route_every_time_is_told_as_likely_only(routes, speaks: bool) -> None:
    found = outlook(ends(*(crash(n, route) for n, route in enumerate(routes, 1))))
    assert (found is not None) is speaks
    if found:
        assert not found.certain
        assert found.text == (
            "A resume may end like this: one route ended the pair again and again "
            "(pair 2 failed 2 times at RouteScenario_5_rep0)."
        )


def test_what_had_blocked_it_is_told_though_it_was_cancelled_since() -> None:
    facts = stuck("ImagePullBackOff", "x: not found")
    board = board_of(
        JobSeen(at(0), JOB), PodSeen(at(2), pod("Pending", containers=facts)),
        JobSeen(at(9), CANCELLED), PodVanished(at(10), "pod-1"),
    )  # fmt: skip
    found = outlook(board)
    assert found
    assert not found.certain
    assert (found.evidence, "its image cannot be pulled" in found.reason) == ("image", True)


def test_of_a_crash_by_chance_or_of_one_that_goes_on_nothing_is_said() -> None:
    assert outlook(over()) is None
    assert outlook(over(job=CANCELLED)) is None
    assert (
        outlook(
            board_of(JobSeen(at(0), JOB), PodSeen(at(1), pod(containers=stuck("ErrImagePull"))))
        )
        is None
    )


def test_the_outlook_stands_before_the_invitation_to_resume() -> None:
    board = over(
        finished(1, 0), finished(1, 1, "Failed - Agent's sensors were invalid", 0.0),
    )  # fmt: skip
    told = hint(board, "", "R")
    assert told.index("A resume will end like this again") < told.index("R goes on")


def test_what_a_lost_pod_had_finished_can_be_gone_on_from() -> None:
    """The second pod had nothing yet: the recording of the first is what stays."""
    board = board_of(
        *BEFORE, PodSeen(at(55), EVICTED), PodSeen(at(61), SECOND), told(62, SECOND),
        JobSeen(at(70), CANCELLED), PodVanished(at(71), SECOND.uid),
    )  # fmt: skip
    assert drives_kept(board) == 4
    assert why_not(board) == ""
    assert "4 of 20 routes stay" in hint(board, "", "R")
    both = fold(board, record(1, 0, SECOND))
    assert drives_kept(both) == 4
