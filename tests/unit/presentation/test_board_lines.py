"""The board around its pairs: headline, budget, logcopy, problems and events, for any terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import CRASH, NOW, board, pair, running
from fakes.shown import all_said, said, toned

from console.domain.blockage import Blockage, BlockKind
from console.domain.board import PairStatus, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.facts import (
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
)
from console.domain.pod_records import LostPod
from console.domain.progress import MergedResult, MergeProblem, MergeStatus
from console.presentation import boards
from console.presentation.tones import Tone, text, width_of


def job(**more: object) -> JobFacts:
    return JobFacts("demo", "leaderboard", "u1", NOW, 8, **more)  # type: ignore[arg-type]


# the headline


def test_the_headline_has_status_name_and_version_left_and_progress_and_age_right() -> None:
    told = said(boards.headline(board(), 100, NOW))
    assert told.startswith("● Running  demo  Leaderboard 2.0 ")
    assert told.endswith("12/20  12m")
    assert len(told) == 100


@pytest.mark.parametrize(("queued", "told"), [(0, "took 5m"), (2, "took 3m")])
def test_of_one_that_has_ended_the_headline_tells_how_long_it_took(queued: int, told: str) -> None:
    begun, over = (NOW + timedelta(minutes=each) for each in (queued, 5))
    complete = JobCondition("Complete", "True", since=over)
    ended = job(started_at=begun, completed_at=over, conditions=(complete,))
    shown = board(status=SubmissionStatus.COMPLETE, job=ended)
    for later in (5, 500):
        line = said(boards.headline(shown, 100, NOW + timedelta(minutes=later)))
        assert line.rstrip().endswith(told)


def test_the_reason_stands_in_the_headline_where_it_fits() -> None:
    shown = board(status=SubmissionStatus.PENDING, reason="pulling images")
    assert "Leaderboard 2.0  pulling images " in said(boards.headline(shown, 100, NOW))
    assert boards.reason(shown, 100, NOW) == []


def test_a_reason_that_does_not_fit_stands_beneath_and_nowhere_twice() -> None:
    shown = board(reason="the images of three containers cannot be pulled from the registry")
    assert "images of three" not in said(boards.headline(shown, 80, NOW))
    assert all_said(boards.reason(shown, 80, NOW)) == shown.reason


def test_a_long_reason_takes_two_lines_and_says_that_more_is_missing() -> None:
    told = boards.reason(board(reason="the node is gone and " * 20), 60, NOW)
    assert len(told) == 2
    assert said(told[1]).endswith("…")
    assert max(width_of(line) for line in told) <= 60


def test_a_terminal_without_room_gets_no_lines_of_reason() -> None:
    assert boards.reason(board(reason="the node is gone"), 10, NOW) == []


@pytest.mark.parametrize(
    ("status", "tone"),
    [(SubmissionStatus.INCOMPLETE, Tone.WARN), (SubmissionStatus.FAILED, Tone.TEXT)],
)
def test_a_reason_is_a_warning_where_its_status_is_one(
    status: SubmissionStatus, tone: Tone
) -> None:
    shown = board(status=status, reason="routes are missing")
    assert toned(boards.headline(shown, 120, NOW), tone).count("routes are missing") == 1


@pytest.mark.parametrize(
    ("eligible", "score", "words", "tone"),
    [
        (True, 62.344, "driving score 62.34", Tone.OK),
        (False, 62.344, "driving score 62.34, not eligible", Tone.WARN),
        (True, 0.0, "driving score 0.00", Tone.OK),
        (True, None, "driving score ?", Tone.OK),
    ],
)
def test_a_complete_submission_shows_its_score_where_another_tells_why(
    eligible: bool, score: float | None, words: str, tone: Tone
) -> None:
    merged = MergedResult("0", "{}", True, "", "Finished", eligible, driving_score=score)
    shown = board(status=SubmissionStatus.COMPLETE, reason="", merged=merged)
    assert words in toned(boards.headline(shown, 120, NOW), tone)
    assert toned(boards.reason(shown, 60, NOW)[0], tone) == words


def test_a_result_that_is_not_final_has_no_score_in_the_headline() -> None:
    partial = MergedResult("0", "{}", driving_score=62.3)
    for status in (SubmissionStatus.COMPLETE, SubmissionStatus.INCOMPLETE):
        told = said(boards.headline(board(status=status, reason="", merged=partial), 120, NOW))
        assert "score" not in told


def test_the_age_of_a_job_that_nobody_has_seen_is_a_dash() -> None:
    assert said(boards.headline(board(job=None), 100, NOW)).endswith("12/20  -")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_headline_is_wider_than_the_terminal(width: int) -> None:
    shown = board(reason="a reason that is rather long and tells a lot of what has happened")
    assert width_of(boards.headline(shown, width, NOW)) <= width


# the budget


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (RestartBudget(8), "3 more resumes can work"),
        (RestartBudget.of(8, {"agent-1": 4}), "1 more resume can work"),
        (RestartBudget.of(8, {"agent-1": 6}), "no resume is left: the next failure ends"),
        (RestartBudget.of(8, {"agent-1": 8}), "spent: the Job ends"),
        (RestartBudget.unknown(8), "nobody can tell how many more resumes can work"),
        (RestartBudget.unknown(8, 8), "spent: the Job ends"),
        (RestartBudget.unknown(None), "nobody can tell"),
    ],
)
def test_the_forecast_says_what_the_rest_is_good_for(budget: RestartBudget, words: str) -> None:
    assert boards.forecast(budget).startswith(words)


def test_the_gauge_is_as_long_as_the_limit_and_filled_by_what_is_used() -> None:
    told = said(boards.budget_line(board(), 100))
    assert told.startswith("restarts ▰▰▱▱▱▱▱▱ 2/8 used")


@pytest.mark.parametrize(("width", "length"), [(80, 12), (120, 40)])
def test_the_gauge_of_a_large_limit_is_cut_to_the_terminal(width: int, length: int) -> None:
    told = said(boards.budget_line(board(budget=RestartBudget.of(400, {"agent-1": 100})), width))
    assert told.count("▰") + told.count("▱") == length
    assert told.count("▰") == length // 4


def test_more_than_the_limit_does_not_overflow_the_gauge() -> None:
    told = said(boards.budget_line(board(budget=RestartBudget.of(4, {"agent-1": 9})), 100))
    assert told.startswith("restarts ▰▰▰▰ 9/4 used")


@pytest.mark.parametrize("limit", [0, None])
def test_without_a_limit_there_is_no_gauge(limit: int | None) -> None:
    told = said(boards.budget_line(board(budget=RestartBudget.unknown(limit)), 100))
    assert "▱" not in told


def test_a_spent_budget_is_toned_as_a_failure() -> None:
    line = boards.budget_line(board(budget=RestartBudget.of(2, {"agent-1": 2})), 100)
    assert toned(line, Tone.FAIL) == "▰▰spent: the Job ends"


def test_while_it_is_blocked_no_forecast_is_made() -> None:
    blocked = board(blockage=Blockage(BlockKind.IMAGE, "no image", "push it"))
    told = said(boards.budget_words(blocked))
    assert told.endswith("; no restart helps while it is blocked")
    assert "resumes can work" not in told


def test_pods_that_failed_as_a_whole_are_counted_beside_the_restarts() -> None:
    assert "; failed pods 1/8" in said(boards.budget_words(board(job=job(failed=1))))
    assert "failed pods" not in said(boards.budget_words(board()))


def test_what_can_be_done_stands_beside_the_budget_or_beneath_it() -> None:
    budget = text("restarts 2/8")
    (beside,) = boards.budget_rows(budget, "R resumes", 40)
    assert said(beside) == "restarts 2/8" + " " * 19 + "R resumes"
    beneath = boards.budget_rows(budget, "R goes on from here: 12 of 20 routes stay", 30)
    assert said(beneath[0]) == "restarts 2/8"
    assert toned(beneath[1], Tone.ACCENT).startswith("R goes on from here")


# logcopy and the merge


def test_logcopy_tells_its_state_the_merge_and_its_last_words() -> None:
    told = boards.logcopy(board(problems=()), 80, 2)
    assert said(told[0]).split() == ["logcopy", "●", "running", "merge", "running"]
    assert said(told[1]) == "│ merged 12 of 20 records"


def test_logcopys_restarts_are_told() -> None:
    assert "↻3" in said(boards.logcopy(board(logcopy=running("logcopy", 3)), 80, 2)[0])


def test_problems_are_counted_where_there_is_no_room_for_each() -> None:
    found = tuple(MergeProblem("missing", n, "no record") for n in (1, 2, 3))
    told = boards.logcopy(board(problems=found), 80, 3)
    assert len(told) == 3
    assert said(told[0]).endswith("3 problems (e)")
    assert said(boards.logcopy(board(problems=found[:1]), 80, 3)[0]).endswith("1 problem (e)")


def test_what_keeps_logcopy_from_being_heard_stands_where_its_words_would() -> None:
    gone = board(
        logcopy_line="",
        records=(),
        pod=None,
        job=job(conditions=(JobCondition("Failed", True),)),
    )
    assert "its pod is gone" in said(boards.logcopy(gone, 80, 2)[-1])


@pytest.mark.parametrize(
    ("facts", "words", "tone"),
    [
        ({"merge_status": MergeStatus.INCOMPLETE}, "incomplete", Tone.TEXT),
        (
            {"merge_status": MergeStatus.COMPLETE},
            "said to be complete, not verified here",
            Tone.WARN,
        ),
        (
            {
                "merge_status": MergeStatus.COMPLETE,
                "merged": MergedResult("0", "{}", True, "", "Finished", True),
            },
            "complete, Finished, eligible",
            Tone.OK,
        ),
        (
            {
                "merge_status": MergeStatus.COMPLETE,
                "merged": MergedResult("0", "{}", True, "", "Rejected", False),
            },
            "complete, Rejected, not eligible",
            Tone.WARN,
        ),
    ],
)
def test_the_merge_is_complete_only_where_this_console_found_the_same(
    facts: dict[str, object], words: str, tone: Tone
) -> None:
    line = boards.logcopy(board(**facts), 100, 2)[0]
    assert toned(line, tone).strip().startswith(words)


def test_a_merge_of_which_nobody_has_heard_is_unknown_and_not_nothing() -> None:
    assert "merge ?" in said(boards.logcopy(board(merge_status=None), 80, 2)[0])
    fresh = board(merge_status=None, pod=None, events=(), job=job())
    assert "merge nothing merged yet" in said(boards.logcopy(fresh, 80, 2)[0])


def test_an_image_of_logcopy_that_cannot_be_pulled_is_a_warning() -> None:
    waiting = ContainerFacts("logcopy", ContainerState.WAITING, reason="ErrImagePull")
    assert toned(boards.logcopy(board(logcopy=waiting), 80, 2)[0], Tone.WARN).startswith("◌ Err")


# what several pairs share


@pytest.mark.parametrize(
    ("told", "pair_number", "words"),
    [
        ("Pairs 1, 2, 3 and 4 failed alike: crash", 2, "alike in every pair"),
        ("Pairs 1 and 3 failed alike: crash", 3, "alike in pairs 1, 3"),
        ("Pairs 1 and 3 failed alike: crash", 2, ""),
        ("Pairs 1, 2: the agent's sensors are not allowed", 1, "alike in pairs 1, 2"),
        ("something else", 1, ""),
    ],
)
def test_a_pair_says_with_whom_it_shares_its_failure(
    told: str, pair_number: int, words: str
) -> None:
    shown = board(problems=(MergeProblem("shared-failure", 0, told),))
    assert boards.alike(shown, pair_number) == words


def test_of_two_shared_failures_the_one_with_more_pairs_is_named() -> None:
    found = (
        MergeProblem("shared-failure", 0, "Pairs 1 and 2 failed alike: a"),
        MergeProblem("shared-failure", 0, "Pairs 1, 2 and 3 failed alike: b"),
    )
    assert boards.alike(board(problems=found), 1) == "alike in pairs 1, 2, 3"


def test_the_same_words_of_another_kind_of_problem_are_not_taken() -> None:
    found = (MergeProblem("missing", 0, "Pairs 1 and 2 failed alike: a"),)
    assert boards.alike(board(problems=found), 1) == ""


def test_shared_failures_are_told_before_others_which_keep_their_order() -> None:
    found = [
        MergeProblem("missing", 3, "a"),
        MergeProblem("stale", 1, "b"),
        MergeProblem("shared-failure", 0, "c"),
    ]
    assert all_said(boards.problem_lines(found)).splitlines() == [
        "! result shared-failure: c",
        "! pair 3 missing: a",
        "! pair 1 stale: b",
    ]


# the events screen


def test_where_it_stands_and_what_can_be_done_are_the_first_lines() -> None:
    shown = board(status=SubmissionStatus.BLOCKED, reason="no image")
    told = all_said(boards.whole_reason(shown, "c cancels it")).splitlines()
    assert told[:2] == ["⊗ Blocked  no image", "c cancels it"]


def test_one_that_needs_no_word_gets_none() -> None:
    assert boards.whole_reason(board(), "") == []


def test_each_attempt_that_ended_is_told_under_its_pair() -> None:
    told = all_said(boards.troubles(board(problems=()))).splitlines()
    assert told[0] == "ATTEMPTS THAT ENDED"
    assert told[1].startswith("pair 2  attempt 1: simulator crashed first (SIGSEGV)")


def test_pods_that_were_lost_stand_before_the_attempts() -> None:
    lost = LostPod("demo-x", "k", "evicted", 8, 2)
    told = all_said(boards.troubles(board(lost=(lost,)))).splitlines()
    assert told.index("PODS THAT WERE LOST") < told.index("ATTEMPTS THAT ENDED")


def test_without_trouble_there_is_no_title() -> None:
    quiet = board(pairs=(pair(1, 2),), problems=())
    assert boards.troubles(quiet) == []


def test_a_pair_that_ended_twice_is_told_twice() -> None:
    again = tuple(type(each)(each.pair, 2, each.half, each.reason) for each in CRASH)
    shown = board(pairs=(pair(2, 2, ended=(*CRASH, *again), status=PairStatus.FAILED),))
    assert all_said(boards.troubles(shown)).count("pair 2  attempt") == 2
