"""The third pair of a submission: what of its runs is known, and what a timeline makes of that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from fakes.boards import board, pair

from console.diagnosis.lanes import Lane
from console.diagnosis.timeline import PairTimeline, timeline_of
from console.domain.board import BoardSnapshot, PairBoard, PairStatus
from console.domain.facts import ContainerFacts, ContainerState, JobFacts, PodFacts
from console.domain.landmarks import Landmark, LandmarkKind
from console.domain.pod_times import PairReports, PodTimes, Run
from console.domain.progress import EndedAttempt

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
NOW = START + timedelta(seconds=300)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def run(begin: float, end: float | None = None) -> Run:
    return Run(at(begin), None if end is None else at(end))


def runs_now(half: str, begin: float, restarts: int = 0) -> ContainerFacts:
    name = f"{half}-3"
    return ContainerFacts(name, ContainerState.RUNNING, restarts, started_at=at(begin))


def dead(half: str, reason: str, second: float, attempt: int = 1, **more: Any) -> EndedAttempt:
    return EndedAttempt(3, attempt, half, reason, at=at(second), **more)


def third(**more: Any) -> PairBoard:
    """A pair of which nothing but its number is known."""
    nothing: dict[str, Any] = {
        "simulator": None,
        "agent": None,
        "route": "",
        "since": None,
        "since_exact": False,
        "status": PairStatus.BOOTING,
        "cells": (),
        "attempt": None,
    }
    return pair(3, None, **{**nothing, **more})


def lived(
    shown: PairBoard,
    *,
    simulator: Iterable[Run] = (),
    agent: Iterable[Run] = (),
    restarts: int | None = None,
    reports: Iterable[PairReports] = (),
    ended_at: datetime | None = None,
    **more: Any,
) -> BoardSnapshot:
    """A board of one pod with these runs of pair 3; `restarts` None: all of them were seen."""
    halves = {"simulator-3": tuple(simulator), "agent-3": tuple(agent)}
    counts = tuple(
        (name, max(len(own) - 1, 0) if restarts is None else restarts)
        for name, own in halves.items()
    )
    pod = PodTimes("p1", at(10), ended_at, tuple(halves.items()), counts, tuple(reports))
    facts: dict[str, Any] = {
        "pairs": (shown,),
        "pod_times": (pod,),
        "events": (),
        "job": JobFacts("demo", "leaderboard", "u1", START, 8),
        "pod": PodFacts("demo-x", "leaderboard", "p1", "demo", "Running"),
    }
    return board(**{**facts, **more})


def spans(lane: Lane) -> list[tuple[str, int, int]]:
    """Kind, first and last second."""
    return [
        (
            f"{each.kind.value} {each.route}".strip(),
            round((each.since - START).total_seconds()),
            round((each.until - START).total_seconds()),
        )
        for each in lane.spans
    ]


def told(shown: BoardSnapshot, landmarks: Iterable[Landmark] = ()) -> PairTimeline:
    return timeline_of(shown, shown.pairs[0], landmarks, NOW)


def agents(shown: BoardSnapshot, landmarks: Iterable[Landmark] = ()) -> list[tuple[str, int, int]]:
    return spans(told(shown, landmarks).lanes[1])


def route(second: float, name: str, *, begins: bool = True, number: int = 3) -> Landmark:
    return Landmark(at(second), LandmarkKind.ROUTE, number, "", route=name, begins=begins)
