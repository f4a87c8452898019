"""Boards and lists to show, and what they are made of: a submission of four pairs that drives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.domain.board import (
    BoardSnapshot,
    PairBoard,
    PairStatus,
    RouteCell,
    RouteState,
    SubmissionStatus,
)
from console.domain.budget import RestartBudget
from console.domain.events import StreamState
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.fleet import SubmissionRow
from console.domain.progress import EndedAttempt, FinishedRoute, MergeProblem, MergeStatus, SeenGpu

NOW = datetime.now(UTC)
CONTAINERS = [f"{half}-{n}" for n in (1, 2, 3, 4) for half in ("simulator", "agent")]


def running(name: str, restarts: int = 0) -> ContainerFacts:
    return ContainerFacts(name, ContainerState.RUNNING, restarts, started_at=NOW)


def row(name: str, status: SubmissionStatus, done: int, **more: object) -> SubmissionRow:
    facts: dict[str, object] = {
        "namespace": "leaderboard",
        "name": name,
        "uid": name,
        "leaderboard": "2.0",
        "status": status,
        "reason": "",
        "done": done,
        "total": 20,
        "restarts": 0,
        "backoff_limit": 8,
        "created_at": NOW - timedelta(minutes=12),
    }
    return SubmissionRow(**{**facts, **more})  # type: ignore[arg-type]


ROWS = (
    row("demo", SubmissionStatus.RUNNING, 12, restarts=2),
    row("team-falcon-map", SubmissionStatus.PENDING, 0, reason="pulling private-contents"),
    row(
        "baseline-nightly",
        SubmissionStatus.COMPLETE,
        20,
        driving_score=47.38,
        created_at=NOW - timedelta(hours=5),
    ),
    row(
        "transfuser-v4",
        SubmissionStatus.FAILED,
        7,
        restarts=8,
        leaderboard="1.0",
        total=100,
        reason="BackoffLimitExceeded: the restarts of all containers reached 8",
        created_at=NOW - timedelta(days=1),
    ),
    row("interfuser", SubmissionStatus.INCOMPLETE, 18, created_at=NOW - timedelta(days=3)),
)


def cells(pair: int, done: int, total: int = 5) -> tuple[RouteCell, ...]:
    out = []
    for index in range(total):
        number = (pair - 1) * 5 + index % 5
        if index < done:
            state = [RouteState.PERFECT, RouteState.COMPLETED, RouteState.FAILED][index % 3]
            out.append(RouteCell(f"RouteScenario_{number}_rep0", 0, state, 100.0 / (index + 1)))
        else:
            state = RouteState.DRIVING if index == done else RouteState.PENDING
            out.append(RouteCell(f"RouteScenario_{number}_rep0", 0, state))
    return tuple(out)


def gpu(index: int) -> SeenGpu:
    return SeenGpu(1, index, f"GPU-0000000{index}", "NVIDIA A10G", "535.104.05", str(index))


def pair(number: int, done: int | None, **more: object) -> PairBoard:
    """One that drives its next route; `done` None where nobody knows."""
    restarts, driven = 1 if number == 2 else 0, done or 0
    facts: dict[str, object] = {
        "number": number,
        "gpu_asked": number - 1,
        "simulator_gpu": gpu(number - 1),
        "agent_gpu": gpu(number - 1),
        "carla_port": 1900 + 100 * number,
        "traffic_manager_port": 1910 + 100 * number,
        "routes_subset": f"{5 * number - 5}-{5 * number - 1}",
        "status": PairStatus.DRIVING,
        "attempt": 1 + restarts,
        "cells": cells(number, driven),
        "route": f"RouteScenario_{5 * number - 5 + driven}_rep0",
        "simulator": running(f"simulator-{number}", restarts),
        "agent": running(f"agent-{number}", restarts),
        "simulator_line": f"[CARLA] tick {1200 + number} server fps 20.0",
        "agent_line": "=== [Agent] -- Wallclock = 2026-11-22 16:01:12 -- Ratio = 0.42x",
        "since": NOW - timedelta(seconds=42),
        "since_exact": True,
        "done": done,
    }
    made: dict[str, object] = {**facts, **more}
    made.setdefault("total", len(made["cells"]))  # type: ignore[arg-type]
    return PairBoard(**made)  # type: ignore[arg-type]


CRASH = (
    EndedAttempt(2, 1, "simulator", "crashed", 139, 11, "RouteScenario_6_rep0", NOW),
    EndedAttempt(2, 1, "agent", "lost-partner", 1, None, "RouteScenario_6_rep0", NOW),
)


def record(number: int, index: int) -> FinishedRoute:
    failed = index % 7 == 3
    status = "Failed - Agent timed out" if failed else "Perfect" if index % 2 else "Completed"
    hits = () if index % 2 else (("collisions_vehicle", ("hit a car at x=12.1",)),)
    return FinishedRoute(
        number,
        f"RouteScenario_{index}_rep0",
        0,
        status,
        48.2 if failed else 100.0 if index % 2 else 60.0,
        60.0 if failed else 100.0,
        1.0 if index % 2 else 0.6,
        hits,
        1432.5,
        210.0,
        500.0,
    )


def _job() -> JobFacts:
    return JobFacts(
        "demo",
        "leaderboard",
        "u1",
        NOW - timedelta(minutes=12),
        8,
        conditions=(JobCondition("SuccessCriteriaMet", False),),
        active=1,
        leaderboard="2.0",
    )


def _pod() -> PodFacts:
    ended = ContainerExit(0, "Completed", NOW)
    containers = (
        ContainerFacts("private-contents", ContainerState.TERMINATED, ended=ended, init=True),
        *(running(name, 1 if name.endswith("-2") else 0) for name in CONTAINERS),
        running("logcopy"),
    )
    return PodFacts("demo-x7k2p", "leaderboard", "p1", "demo", "Running", containers)


HAPPENED = (
    ("Normal", "SuccessfulCreate", "Created pod: demo-x7k2p", "Job/demo"),
    (
        "Normal",
        "Pulled",
        'Successfully pulled image "console.local/leaderboard:2.0"',
        "Pod/demo-x7k2p private-contents",
    ),
    ("Normal", "Started", "Started container simulator-1", "Pod/demo-x7k2p simulator-1"),
    (
        "Warning",
        "BackOff",
        "Back-off restarting failed container simulator-2",
        "Pod/demo-x7k2p simulator-2",
    ),
)


def _events() -> tuple[ClusterEvent, ...]:
    return tuple(
        ClusterEvent(
            f"e{n}", kind, reason, message, n + 1, NOW - timedelta(seconds=300 - 60 * n), about
        )
        for n, (kind, reason, message, about) in enumerate(HAPPENED)
    )


def board(**more: object) -> BoardSnapshot:
    facts: dict[str, object] = {
        "namespace": "leaderboard",
        "name": "demo",
        "status": SubmissionStatus.RUNNING,
        "leaderboard": "2.0",
        "job": _job(),
        "pod": _pod(),
        "pairs": (pair(1, 3), pair(2, 2, ended=CRASH), pair(3, 4), pair(4, 3)),
        "logcopy": running("logcopy"),
        "logcopy_line": "merged 12 of 20 records",
        "budget": RestartBudget.of(8, {"simulator-2": 1, "agent-2": 1}),
        "merge_status": MergeStatus.RUNNING,
        "done": 12,
        "total": 20,
        "records": tuple(record(1 + n // 5, n) for n in range(12)),
        "events": _events(),
        "streams": (("simulator-1", StreamState.LIVE, ""), ("agent-1", StreamState.LIVE, "")),
        "problems": (MergeProblem("missing", 2, "RouteScenario_7_rep0 has no record yet"),),
        "live": True,
        "updated_at": NOW,
    }
    return BoardSnapshot(**{**facts, **more})  # type: ignore[arg-type]
