"""What an operator is told before a cancel or a delete: what is lost, what stays, how to go on."""

from __future__ import annotations

import pytest
from fakes.boards import NOW, board, pair

from console.domain.board import PairStatus, SubmissionStatus
from console.domain.facts import JobCondition, JobFacts
from console.domain.progress import MergedResult
from console.operations.ports.cluster import ClusterDescription
from console.operations.submitting.ending import Kept, cancelling, consequences

WHERE = ClusterDescription("lab", "https://lab", "leaderboard")
FINAL = MergedResult("0", "{}", True, "", "Finished", True)
LOGS = ("simulator-1", "agent-1", "logcopy")


def told(verb: str = "cancel", kept: Kept = Kept(), **facts: object) -> str:  # noqa: B008
    return " ".join(consequences(board(**facts), verb, WHERE, kept))  # type: ignore[arg-type]


def test_the_routes_that_are_driven_now_are_named_as_lost() -> None:
    pairs = (pair(1, 2), pair(2, 2, status=PairStatus.DONE))
    assert "Being driven now, and lost: RouteScenario_2_rep0 (pair 1)." in told(pairs=pairs)


def test_a_drive_whose_route_nobody_knows_is_lost_too() -> None:
    assert "lost: a route (pair 1)." in told(pairs=(pair(1, 2, route=""),))


def test_where_nothing_drives_nothing_is_lost() -> None:
    assert "Being driven now" not in told(pairs=())


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "12 of 20 drives are finished; no other will be."),
        ({"total": None}, "12 of ? drives are finished"),
    ],
)
def test_what_is_finished_is_counted(facts: dict[str, object], words: str) -> None:
    assert words in told(**facts)


def test_what_nobody_could_hear_is_not_counted_as_none() -> None:
    job = JobFacts("demo", "leaderboard", "u1", NOW, 8, conditions=(JobCondition("Failed", True),))
    unheard = told(records=(), pod=None, job=job, done=None)
    assert "How many of 20 drives are finished is not known: its pod is gone" in unheard


def test_how_another_one_goes_on_is_told_as_a_command() -> None:
    assert "go on from there: carla-console resume demo" in told("cancel")
    assert "go on from what is recorded here: carla-console resume demo" in told("delete")


def test_where_nothing_has_finished_no_going_on_is_promised() -> None:
    assert "go on from" not in told("cancel", done=0, records=())
    assert "go on from" in told("cancel", done=None, records=())


def test_of_an_ended_one_a_delete_says_only_what_goes() -> None:
    words = told("delete", status=SubmissionStatus.FAILED)
    assert words.startswith("The Job, its pod and their logs go; ")
    assert told("cancel", status=SubmissionStatus.FAILED) == ""


@pytest.mark.parametrize(
    ("kept", "merged", "words"),
    [
        (Kept(), None, "nothing of its logs and results is recorded here."),
        (Kept(), FINAL, "recorded here; the final result is lost."),
        (Kept(LOGS, 3), None, "the recorded logs stay here."),
        (
            Kept(LOGS[2:], 3),
            None,
            "the recorded logs of logcopy stay here.",
        ),
        (Kept(LOGS, 3, final=True), FINAL, "the recorded logs and the final result stay here."),
        (Kept(final=True), FINAL, "the final result stays here."),
        (
            Kept(LOGS, 3),
            FINAL,
            "the recorded logs stay here; the final result is not recorded and is lost.",
        ),
        (Kept(LOGS, 0), None, "the recorded logs of simulator-1, agent-1, logcopy stay here."),
    ],
)
def test_a_delete_promises_just_what_is_on_this_disk(
    kept: Kept, merged: MergedResult | None, words: str
) -> None:
    assert told("delete", kept, merged=merged).endswith(words)


def test_a_cancel_ends_the_job_at_once_and_keeps_its_own_deadline_for_a_resume() -> None:
    patch = cancelling(NOW.replace(microsecond=0), 3600)
    assert patch["spec"] == {"suspend": False, "parallelism": 0, "activeDeadlineSeconds": 1}
    assert "3600" in patch["metadata"]["annotations"].values()


def test_a_job_without_a_deadline_gets_none_to_remember() -> None:
    assert len(cancelling(NOW)["metadata"]["annotations"]) == 1
