"""`-o json`: stable names, plain values, and null for what nobody knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fakes.screens import CRASH, NOW, board, cells, gpu, pair, row, running

from console.cli import documents
from console.domain.blockage import Blockage, BlockKind
from console.domain.board import PairStatus, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.events import StreamState
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
)
from console.domain.pod_records import LostPod
from console.domain.preflight.checklist import NodeFinding, NodeVerdict, Topic
from console.domain.progress import (
    EndedAttempt,
    GpuUse,
    MergedResult,
    MergeProblem,
    MergeStatus,
    SeenGpu,
)
from console.operations.ports.recorder import Recording
from console.operations.submitting.preflight import Outcome
from console.operations.watching.lookup import Found, Known

AT = datetime(2026, 11, 22, 16, 1, 12, 345678, tzinfo=UTC)


def told(**more: object) -> documents.Document:
    return documents.board_document(board(**more))


def first_pair(**more: object) -> documents.Document:
    done = more.pop("done", 2)
    shown = pair(1, done, **more)  # type: ignore[arg-type]
    (document,) = told(pairs=(shown,))["pairs"]
    return dict(document)


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


# a pair


def test_a_pair_tells_its_place_and_its_progress() -> None:
    document = first_pair()
    shown = {name: document[name] for name in ("pair", "gpu", "carlaPort", "status", "attempt")}
    assert shown == {"pair": 1, "gpu": 0, "carlaPort": 2000, "status": "driving", "attempt": 1}
    assert document["trafficManagerPort"] == 2010
    assert document["routesSubset"] == "0-4"
    assert document["routes"] == {"done": 2, "total": 5}


def test_each_cell_tells_its_route_state_and_score() -> None:
    document = first_pair(cells=cells(1, 1, 2))
    assert document["cells"] == [
        {
            "route": "RouteScenario_0_rep0",
            "repetition": 0,
            "state": "perfect",
            "score": 100.0,
        },
        {
            "route": "RouteScenario_1_rep0",
            "repetition": 0,
            "state": "driving",
            "score": None,
        },
    ]


def test_what_nobody_knows_of_a_pair_is_null() -> None:
    document = first_pair(
        done=None,
        status=PairStatus.UNKNOWN,
        attempt=None,
        gpu_asked=None,
        simulator=None,
        agent=None,
        simulator_gpu=None,
        agent_gpu=None,
        cells=(),
        total=None,
    )
    unknown = {name for name, value in document.items() if value is None}
    asked = {"gpu", "gpuAsked", "gpuUse", "serverMemory"}
    assert unknown == asked | {"attempt", "restarts", "simulator", "agent", "ended"}
    assert document["routes"] == {"done": None, "total": None}
    assert document["gpus"] == {"simulator": None, "agent": None}
    assert document["restartsAtLeast"] == 0


def test_how_busy_a_gpu_was_is_told_with_its_moment_and_what_was_not_told_is_null() -> None:
    use = GpuUse(AT, 87, None, None, 64, 151, 0)
    assert first_pair(gpu_use=use)["gpuUse"] == {
        "at": "2026-11-22T16:01:12Z",
        "percent": 87,
        "memoryUsedMiB": None,
        "memoryTotalMiB": None,
        "celsius": 64,
        "watts": 151,
        "idleSeconds": 0,
    }


def test_what_a_half_said_of_its_gpu_is_told_whole() -> None:
    document = first_pair(simulator_gpu=SeenGpu(0, told="void"), agent_gpu=gpu(3))
    assert document["gpus"]["simulator"]["count"] == 0
    assert document["gpus"]["simulator"]["uuid"] is None
    assert document["gpus"]["agent"]["name"] == "NVIDIA A10G"


def test_restarts_of_a_pair_without_a_pod_are_null_with_their_bound() -> None:
    document = first_pair(simulator=None, agent=None, proven_restarts=(("agent-1", 2),))
    assert (document["restarts"], document["restartsAtLeast"]) == (None, 2)


def test_ended_attempts_tell_who_why_and_where() -> None:
    document = first_pair(ended=CRASH[:1])
    (ended,) = document["ended"]
    at = ended.pop("at")
    assert at == documents.moment(NOW)
    assert ended == {
        "attempt": 1,
        "half": "simulator",
        "reason": "crashed",
        "exitCode": 139,
        "signal": 11,
        "route": "RouteScenario_6_rep0",
    }


def test_no_ended_attempt_is_null_where_logcopy_was_not_heard() -> None:
    assert first_pair(ended=())["ended"] is None


def test_a_container_tells_its_last_exit_also_of_the_run_before() -> None:
    again = ContainerFacts(
        "agent-1",
        ContainerState.RUNNING,
        1,
        ready=True,
        previous=ContainerExit(137, "OOMKilled", NOW),
    )
    assert first_pair(agent=again)["agent"] == {
        "name": "agent-1",
        "state": "running",
        "reason": "",
        "restarts": 1,
        "ready": True,
        "lastExit": {"code": 137, "reason": "OOMKilled"},
    }


def test_a_container_that_never_ended_has_no_last_exit() -> None:
    assert first_pair(agent=running("agent-1"))["agent"]["lastExit"] is None


# events, conditions, a preflight


def test_an_event_tells_its_count_and_when_it_was_last_seen() -> None:
    event = ClusterEvent("e", "Warning", "BackOff", "again", 4, AT, "Pod/demo-x agent-1")
    assert documents.event_document(event) == {
        "type": "Warning",
        "reason": "BackOff",
        "about": "Pod/demo-x agent-1",
        "message": "again",
        "count": 4,
        "lastSeen": "2026-11-22T16:01:12Z",
    }


def test_conditions_of_the_job_are_told_with_their_reasons() -> None:
    condition = JobCondition("Failed", True, "BackoffLimitExceeded", "too many", AT)
    job = JobFacts("demo", "leaderboard", "u1", NOW, 8, conditions=(condition,))
    assert documents.conditions_document(board(job=job)) == [
        {
            "type": "Failed",
            "status": True,
            "reason": "BackoffLimitExceeded",
            "message": "too many",
            "since": "2026-11-22T16:01:12Z",
        }
    ]
    assert documents.conditions_document(board(job=None)) == []


def test_the_events_document_names_the_pair_of_each_ended_attempt() -> None:
    document = documents.happenings_document(board())
    assert [(each["pair"], each["half"]) for each in document["ended"]] == [
        (2, "simulator"),
        (2, "agent"),
    ]
    assert len(document["events"]) == 4
    assert document["live"] is True


def test_ended_attempts_that_nobody_could_tell_are_null_in_the_events_too() -> None:
    assert documents.happenings_document(board(pairs=()))["ended"] is None


def test_a_finding_without_a_remedy_has_null_for_it() -> None:
    found = (
        NodeFinding(Topic.GPUS, NodeVerdict.FAILS, "sees no GPU", "ask for one"),
        NodeFinding(Topic.CLOCK, NodeVerdict.OK, "is right"),
    )
    document = documents.preflight_document(Outcome("preflight-1", found))
    assert document["job"] == "preflight-1"
    assert document["fails"] is True
    assert [each["fix"] for each in document["findings"]] == ["ask for one", None]
    assert [each["topic"] for each in document["findings"]] == ["GPUs", "clock"]
