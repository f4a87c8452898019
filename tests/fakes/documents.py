"""Complete merged documents: of two pairs with two routes each, and of a usual submission."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.results import layout
from console.results.drives import Drives
from console.results.leaderboard import named
from console.results.partial_document import left_behind
from console.workers import protocol

AT = datetime(2026, 11, 22, tzinfo=UTC)


def plan_for(version: str) -> SubmissionPlan:
    pairs = (PairPlan.usual(1), PairPlan.usual(2))
    repetitions = 2 if version == "1.0" else 1
    images = Images("l", "s", "a", "p")
    drives = Drives.of(named(version), "0-1;2-3", repetitions)
    return SubmissionPlan("demo", "x", drives, 8, pairs, "n0nce", images)


def record(
    version: str, route: int, repetition: int, index: int, score: float = 80.0
) -> dict[str, Any]:
    first = version == "1.0"
    names = layout.INFRACTIONS_V1 if first else layout.INFRACTIONS_V2
    told = {
        "index": index,
        "route_id": f"RouteScenario_{route}" + ("" if first else f"_rep{repetition}"),
        "status": named(version).words.status_of(complete=score >= 100, infractions={})[0],
        "infractions": {name: [] for name in names},
        "scores": {"score_route": score, "score_penalty": 1.0, "score_composed": score},
        "meta": {"route_length": 1000.0, "duration_game": 60.0, "duration_system": 90.0},
    }
    return told if first else {**told, "num_infractions": 0}


def document(version: str, first: float = 70.0) -> dict[str, Any]:
    plan = plan_for(version)
    drives = [(route, k) for route in range(4) for k in range(plan.drives.repetitions)]
    records = [record(version, route, k, i, first + i) for i, (route, k) in enumerate(drives)]
    return left_behind(named(version), records, len(records), ["carla_camera"])


def whole_document(score: float = 80.0) -> dict[str, Any]:
    """Of a usual submission for 2.0: twenty routes, once each."""
    records = [record("2.0", route, 0, route, score) for route in range(20)]
    return left_behind(named("2.0"), records, len(records), ["carla_camera"])


def merged_lines(text: str, sequence: int = 1, nonce: str = "n0nce") -> list[str]:
    """How logcopy publishes it."""
    return [
        protocol.format_line(nonce, sequence + number, "merged", part)
        for number, part in enumerate(protocol.merged_parts(text))
    ]
