"""What befell a submission in lines: each event alone, or in short."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, board
from fakes.shown import said, toned

from console.domain.facts import ClusterEvent, JobCondition, JobFacts
from console.presentation.happenings import are_shortened, happenings, in_short
from console.presentation.tones import Tone


def job_with(conditions: tuple[JobCondition, ...]) -> JobFacts:
    return JobFacts("demo", "leaderboard", "u1", NOW, 8, conditions=conditions)


def test_events_and_conditions_stand_in_the_order_of_their_times() -> None:
    early = JobCondition("Suspended", True, "JobSuspended", "", NOW - timedelta(hours=1))
    late = JobCondition("Failed", True, "BackoffLimitExceeded", "too many", NOW)
    told = happenings(board(job=job_with(conditions=(late, early))), NOW)
    assert "Suspended" in said(told[0])
    assert "BackoffLimitExceeded" in said(told[-1])


def test_what_has_no_time_stands_first_instead_of_last() -> None:
    undated = ClusterEvent("e", "Normal", "Scheduled", "to node-1", 1, None, "Pod/demo-x")
    told = happenings(board(events=(*board().events, undated)), NOW)
    assert said(told[0]).startswith("     - Scheduled ")


def test_a_condition_that_is_not_true_has_not_happened() -> None:
    assert happenings(board(events=()), NOW) == []


@pytest.mark.parametrize(
    ("kind", "tone"), [("Failed", Tone.FAIL), ("FailureTarget", Tone.FAIL), ("Complete", Tone.OK)]
)
def test_a_condition_is_toned_by_what_it_means(kind: str, tone: Tone) -> None:
    shown = board(events=(), job=job_with(conditions=(JobCondition(kind, True, since=NOW),)))
    (line,) = happenings(shown, NOW)
    assert toned(line, tone) == f"Job {kind} "


def test_a_warning_of_the_cluster_is_one_and_a_single_event_has_no_count() -> None:
    shown = board(job=None, events=(ClusterEvent("e", "Warning", "Evicted", "x", 1, NOW, "Pod/x"),))
    (line,) = happenings(shown, NOW)
    assert toned(line, Tone.WARN) == "Evicted "


POD = "Pod/demo-x7k2p"


def event(
    reason: str, half: str, seconds: int, count: int = 1, kind: str = "Normal"
) -> ClusterEvent:
    """So many seconds ago."""
    at = NOW - timedelta(seconds=seconds)
    about = f"{POD} {half}".rstrip()
    return ClusterEvent(f"{reason}{half}{seconds}", kind, reason, f"{reason} it", count, at, about)


START = tuple(
    event(reason, half, 300 - 10 * place - step)
    for place, half in enumerate(("simulator-1", "agent-1"))
    for step, reason in enumerate(("Pulled", "Created", "Started"))
)
BACK_OFF = event("BackOff", "agent-1", 200, 4, "Warning")


def short(*events: ClusterEvent) -> list[str]:
    return [said(line).strip() for line in in_short(board(job=None, events=events), NOW)]


def test_the_start_of_a_pods_containers_is_one_line_with_what_it_stands_for() -> None:
    assert short(*START) == [
        f"4m48s Pulled, Created, Started {POD}  2 containers, 6 events within 12s"
    ]


def test_what_matters_stands_alone_between_the_routine_before_and_after_it() -> None:
    again = event("Started", "agent-1", 100, 2), event("Created", "agent-1", 101, 2)
    assert short(*START, BACK_OFF, *again) == [
        f"4m48s Pulled, Created, Started {POD}  2 containers, 6 events within 12s",
        f"3m20s BackOff ×4 {POD} agent-1  BackOff it",
        f"100s Created, Started {POD} agent-1  4 events within 1s",
    ]


def test_that_a_job_made_a_pod_for_each_pair_is_one_line_and_that_it_ended_some_another() -> None:
    pods = [
        ClusterEvent(
            f"{word}{index}", "Normal", reason, f"{word} pod: demo-{index}-x", 1, NOW, "Job/demo"
        )
        for reason, word in (("SuccessfulCreate", "Created"), ("SuccessfulDelete", "Deleted"))
        for index in range(3)
    ]
    told = [said(line).strip() for line in in_short(board(job=None, events=tuple(pods)), NOW)]
    assert [line.partition(" ")[2] for line in told] == [
        "SuccessfulCreate Job/demo  Created pod: demo-0-x and 2 more",
        "SuccessfulDelete Job/demo  Deleted pod: demo-0-x and 2 more",
    ]


def test_one_event_alone_is_told_with_all_its_words_and_a_warning_is_no_routine() -> None:
    assert short(START[0]) == [f"5m Pulled {POD} simulator-1  Pulled it"]
    warned = event("Created", "agent-1", 90, kind="Warning")
    assert len(short(START[0], warned)) == 2
    other = ClusterEvent("o", "Normal", "Started", "", 1, START[0].last_seen, "Pod/demo-other x")
    assert len(short(START[0], other)) == 2


def test_the_short_form_counts_every_event_once() -> None:
    shown = board(job=None, events=(*START, BACK_OFF))
    assert len(happenings(shown, NOW)) == 7
    assert are_shortened(shown)
    assert not are_shortened(board(job=None, events=(BACK_OFF,)))


def test_the_newest_lines_are_the_last_of_all() -> None:
    shown = board(events=(*START, BACK_OFF))
    every = in_short(shown, NOW)
    assert in_short(shown, NOW, newest=1) == every[-1:]
    assert in_short(shown, NOW, newest=len(every) + 1) == every
