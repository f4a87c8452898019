"""`-o json` of a pair, its events and its node: null for what nobody knows."""

from __future__ import annotations

from fakes.boards import CRASH, NOW, board, cells, gpu, pair, running
from told_documents import AT, told

from console.cli import documents
from console.domain.board import PairStatus
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
)
from console.domain.preflight.checklist import NodeFinding, NodeVerdict, Topic
from console.domain.progress import GpuUse, SeenGpu
from console.operations.submitting.preflight import Outcome


def first_pair(**more: object) -> documents.Document:
    done = more.pop("done", 2)
    shown = pair(1, done, **more)  # type: ignore[arg-type]
    (document,) = told(pairs=(shown,))["pairs"]
    return dict(document)


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
