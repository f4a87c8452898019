"""`-o json`: stable names, plain values, and null for what nobody knows."""

from __future__ import annotations

import json

import pytest
from fakes.boards import NOW, board, pair, row
from told_documents import AT, told

from console.cli import documents
from console.domain.blockage import Blockage, BlockKind
from console.domain.board import SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.events import StreamState
from console.domain.facts import JobFacts
from console.domain.pod_records import LostPod
from console.domain.progress import EndedAttempt, MergedResult, MergeProblem, MergeStatus
from console.operations.ports.recorder import Recording
from console.operations.watching.lookup import Found, Known


def test_times_are_rfc_3339_with_seconds_and_unknown_ones_null() -> None:
    assert documents.moment(AT) == "2026-11-22T16:01:12Z"
    assert documents.moment(None) is None


def test_every_document_can_be_written_as_json() -> None:
    for document in (told(), documents.happenings_document(board())):
        assert json.loads(json.dumps(document)) == document


# the list


def test_a_line_of_the_list_tells_each_fact_under_its_name() -> None:
    shown = row(
        "demo", SubmissionStatus.RUNNING, 12, uid="u-1", restarts=2, created_at=AT, reason="fine"
    )
    assert documents.row_document(shown) == {
        "namespace": "leaderboard",
        "name": "demo",
        "uid": "u-1",
        "leaderboard": "2.0",
        "status": "Running",
        "reason": "fine",
        "queuePlace": None,
        "blockedBy": None,
        "routes": {"done": 12, "total": 20},
        "restarts": 2,
        "restartsAtLeast": 0,
        "backoffLimit": 8,
        "createdAt": "2026-11-22T16:01:12Z",
        "team": None,
        "track": None,
        "image": None,
        "labels": {},
        "drivingScore": None,
        "entryStatus": None,
        "eligible": None,
        "published": None,
    }


def test_a_blocked_one_says_by_what_in_one_word() -> None:
    shown = row("demo", SubmissionStatus.BLOCKED, 0, blocked_by=BlockKind.IMAGE)
    assert documents.row_document(shown)["blockedBy"] == BlockKind.IMAGE.value


@pytest.mark.parametrize("name", ["restarts", "createdAt", "drivingScore", "backoffLimit"])
def test_what_a_list_does_not_know_is_null_and_there(name: str) -> None:
    shown = row(
        "demo", SubmissionStatus.RUNNING, 0, restarts=None, created_at=None, backoff_limit=None
    )
    document = documents.row_document(shown)
    assert name in document
    assert document[name] is None


# where an answer comes from


def test_a_live_answer_names_the_job_and_no_recording() -> None:
    assert documents.origin_document(Known(board())) == {"uid": "u1", "recorded": False}


def test_a_recorded_answer_names_the_recording() -> None:
    found = Found(Recording("lab", "leaderboard", "demo", "u-old"), ("this is what was recorded",))
    assert documents.origin_document(Known(board(), found)) == {"uid": "u-old", "recorded": True}


def test_an_answer_of_a_job_that_nobody_has_seen_has_no_uid() -> None:
    assert documents.origin_document(Known(board(job=None)))["uid"] is None


# the board


def test_a_board_tells_which_one_it_is_and_how_it_stands() -> None:
    document = told(status=SubmissionStatus.PENDING, reason="pulling")
    shown = {name: document[name] for name in ("namespace", "name", "status", "reason", "live")}
    assert shown == {
        "namespace": "leaderboard",
        "name": "demo",
        "status": "Pending",
        "reason": "pulling",
        "live": True,
    }


def test_a_stale_board_says_since_when() -> None:
    document = told(live=False, stale_since=AT)
    assert (document["live"], document["staleSince"]) == (False, "2026-11-22T16:01:12Z")


def test_the_pod_is_told_by_name_phase_and_node() -> None:
    document = told()
    assert (document["pod"], document["podPhase"]) == ("demo-x7k2p", "Running")


def test_without_a_pod_its_three_facts_are_null() -> None:
    document = told(pod=None)
    assert [document[name] for name in ("pod", "podPhase", "node")] == [None] * 3


def test_a_blockage_is_told_by_its_kind() -> None:
    blocked = Blockage(BlockKind.IMAGE, "the image cannot be pulled", "Push it.")
    assert told(blockage=blocked)["blockedBy"] == BlockKind.IMAGE.value
    assert told()["blockedBy"] is None


def test_routes_that_nobody_can_count_are_null() -> None:
    assert told(done=None, total=None)["routes"] == {"done": None, "total": None}
    assert told()["routes"] == {"done": 12, "total": 20}


def test_the_merge_is_told_in_logcopys_word_and_null_before_it_said_one() -> None:
    assert told(merge_status=MergeStatus.INCOMPLETE)["merge"] == "incomplete"
    assert told(merge_status=None)["merge"] is None


def test_whether_the_result_counts_is_null_until_there_is_one() -> None:
    assert (told()["entryStatus"], told()["eligible"]) == (None, None)
    merged = MergedResult("0", "{}", True, "", "Finished", False, "why")
    document = told(merged=merged)
    assert (document["entryStatus"], document["eligible"]) == ("Finished", False)


def test_the_budget_tells_what_is_used_and_what_is_left() -> None:
    assert told()["budget"] == {
        "limit": 8,
        "used": 2,
        "atLeast": 2,
        "resumesLeft": 2,
        "exhausted": False,
        "podsFailed": 0,
        "byContainer": {"simulator-2": 1, "agent-2": 1},
    }


def test_a_budget_without_a_pod_to_count_it_is_null_with_its_bound() -> None:
    budget = told(budget=RestartBudget.unknown(8, 3))["budget"]
    unknown = {name for name, value in budget.items() if value is None}
    assert unknown == {"used", "resumesLeft", "exhausted", "byContainer"}
    assert budget["atLeast"] == 3


def test_failed_pods_are_null_where_nobody_has_seen_the_job() -> None:
    assert told(job=None)["budget"]["podsFailed"] is None


def test_streams_tell_their_state_and_what_is_missing() -> None:
    streams = (("agent-1", StreamState.LOST, "2 minutes are missing"),)
    assert told(streams=streams)["streams"] == [
        {"container": "agent-1", "state": "lost", "gap": "2 minutes are missing"}
    ]


def test_no_problem_is_an_empty_list_only_where_logcopy_was_heard() -> None:
    never = JobFacts("demo", "leaderboard", "u1", NOW, 8)
    assert told(problems=())["problems"] is None
    assert told(problems=(), pod=None, events=(), job=never)["problems"] == []


def test_a_problem_of_the_whole_result_has_pair_0() -> None:
    found = (MergeProblem("missing", 0, "no plan"),)
    assert told(problems=found)["problems"] == [{"kind": "missing", "pair": 0, "text": "no plan"}]


def test_a_lost_pod_tells_what_went_with_it_and_null_for_what_nobody_counted() -> None:
    lost = LostPod("demo-x", "key", "evicted", None, 2)
    assert told(lost=(lost,))["lostPods"] == [
        {"name": "demo-x", "reason": "evicted", "finished": None, "restarts": 2}
    ]


def test_an_outlook_is_there_only_where_a_resume_would_meet_the_same() -> None:
    assert told()["resumeOutlook"] is None
    twice = tuple(
        EndedAttempt(1, n, "simulator", "crashed", 139, 11, "RouteScenario_1_rep0") for n in (1, 2)
    )
    stuck = pair(1, 0, ended=twice)
    found = told(status=SubmissionStatus.FAILED, pairs=(stuck,))["resumeOutlook"]
    assert found == {
        "certain": False,
        "reason": "one route ended the pair again and again",
        "evidence": "pair 1 failed 2 times at RouteScenario_1_rep0",
    }
