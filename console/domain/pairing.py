"""The pairs of a board from its plan, its pod and logcopy's report. Pure.

The pod says which containers live and how often they restarted; the report says what they do.
A report from before a restart says nothing about the attempt after it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from console.domain.board import BoardSnapshot, PairBoard, PairStatus, RouteCell, RouteState
from console.domain.board import SubmissionStatus as Status
from console.domain.facts import ContainerFacts, ContainerState
from console.domain.progress import EndedAttempt, FinishedRoute, PairProgress
from console.domain.submission import PairPlan

_OUT_OF_MEMORY = "OOMKilled"
_SIGKILL = 9
_REPETITION = re.compile(r"(.+)_rep(\d{1,9})")
_STOPPED = (Status.CANCELLED, Status.SUSPENDED, Status.DELETED)
_SETTLED = (PairStatus.DONE, PairStatus.STOPPED, PairStatus.FAILED)


def pair_boards(board: BoardSnapshot, now: datetime) -> tuple[PairBoard, ...]:
    """One board a launched pair; none before the plan is known."""
    plan = board.job.plan if board.job else None
    if plan is None:
        return board.pairs
    reports = {each.pair: each for each in board.report.pairs} if board.report else {}
    before = {each.number: each for each in board.pairs}
    routes = dict(board.routes.routes) if board.routes else {}
    return tuple(
        _pair(
            board,
            pair,
            routes.get(pair.number),
            plan.repetitions,
            reports.get(pair.number),
            before.get(pair.number),
            now,
        )
        for pair in plan.pairs
    )


def _pair(
    board: BoardSnapshot,
    plan: PairPlan,
    routes: tuple[str, ...] | None,
    repetitions: int,
    report: PairProgress | None,
    before: PairBoard | None,
    now: datetime,
) -> PairBoard:
    simulator, agent = _half(board, plan.simulator), _half(board, plan.agent)
    attempt = _attempt(simulator, agent, report)
    fresh = report if report and report.attempt >= attempt else None
    ended = _with_kubelet(report.ended if report else (), before, (simulator, agent))
    status = _status(board, simulator, agent, fresh, ended)
    blocked = board.blockage.text if board.blockage and status is PairStatus.BLOCKED else ""
    route = fresh.route if fresh and status is PairStatus.DRIVING else ""
    records = {(r.route_id, r.repetition): r for r in board.records if r.pair == plan.number}
    return PairBoard(
        number=plan.number,
        gpu=plan.gpu,
        carla_port=plan.carla_port,
        traffic_manager_port=plan.traffic_manager_port,
        routes_subset=plan.routes_subset,
        status=status,
        attempt=attempt,
        cells=_cells(routes or plan.routes, repetitions, records, route),
        route=route,
        simulator=simulator,
        agent=agent,
        simulator_line=before.simulator_line if before else "",
        agent_line=before.agent_line if before else "",
        ended=ended,
        since=before.since if before and before.status is status and before.since else now,
        blocked=blocked,
    )


def _with_kubelet(
    ended: tuple[EndedAttempt, ...],
    before: PairBoard | None,
    halves: tuple[ContainerFacts | None, ...],
) -> tuple[EndedAttempt, ...]:
    """Ends without a word get the kubelet's, and killed workloads its `OOMKilled`: its last word
    belongs to the half's latest end, and what was known of earlier ones stays known."""
    known = {(e.attempt, e.half): e.kubelet for e in before.ended} if before else {}
    said = {half.name.partition("-")[0]: half.previous for half in halves if half}
    latest = {each.half: each.attempt for each in sorted(ended, key=lambda e: e.attempt)}
    told = []
    for each in ended:
        word = known.get((each.attempt, each.half), "")
        last = said.get(each.half)
        if not word and last and latest[each.half] == each.attempt:
            word = last.reason if last.reason not in ("", "Error") else f"exit {last.exit_code}"
        wanted = each.reason == "vanished" or (each.signal == _SIGKILL and word == _OUT_OF_MEMORY)
        told.append(replace(each, kubelet=word) if wanted else each)
    return tuple(told)


def _half(board: BoardSnapshot, name: str) -> ContainerFacts | None:
    return board.pod.container(name) if board.pod else None


def _attempt(
    simulator: ContainerFacts | None, agent: ContainerFacts | None, report: PairProgress | None
) -> int:
    """At least one more than either half's restarts, as soon as a half has started."""
    halves = [half for half in (simulator, agent) if half and _started(half)]
    counted = max((half.restart_count + 1 for half in halves), default=0)
    return max(counted, report.attempt if report else 0)


def _started(half: ContainerFacts) -> bool:
    return half.state is not ContainerState.WAITING or half.previous is not None


def _status(
    board: BoardSnapshot,
    simulator: ContainerFacts | None,
    agent: ContainerFacts | None,
    report: PairProgress | None,
    ended: tuple[EndedAttempt, ...],
) -> PairStatus:
    alive = _alive(simulator, agent, report, ended)
    if alive in _SETTLED:
        return alive
    if board.status in _STOPPED:
        return PairStatus.STOPPED
    if board.status in (Status.FAILED, Status.FAILING):
        return PairStatus.FAILED
    names = [half.name for half in (simulator, agent) if half]
    return PairStatus.BLOCKED if _blocked(board, alive, names) else alive


def _blocked(board: BoardSnapshot, alive: PairStatus, halves: list[str]) -> bool:
    """It waits for what keeps the whole pod from starting, or a half of it cannot start."""
    if board.blockage is None:
        return False
    return alive is PairStatus.WAITING or any(n in board.blockage.containers for n in halves)


def _alive(
    simulator: ContainerFacts | None,
    agent: ContainerFacts | None,
    report: PairProgress | None,
    ended: tuple[EndedAttempt, ...],
) -> PairStatus:
    """What the two containers show by themselves."""
    halves = [half for half in (simulator, agent) if half]
    if not any(_started(half) for half in halves):
        return PairStatus.WAITING
    if all(_finished(half) for half in halves) or (agent and _finished(agent)):
        cancelled = any(each.reason in ("cancelled", "terminated") for each in ended)
        return PairStatus.STOPPED if cancelled else PairStatus.DONE
    if any(half.reason == "CrashLoopBackOff" for half in halves):
        return PairStatus.BACKING_OFF
    if any(half.state is not ContainerState.RUNNING for half in halves):
        return PairStatus.RESETTING
    return _phase(report)


def _finished(half: ContainerFacts) -> bool:
    return half.ended is not None and half.ended.exit_code == 0


def _phase(report: PairProgress | None) -> PairStatus:
    """What logcopy read from the heartbeats of the present attempt."""
    if report is None:
        return PairStatus.BOOTING
    if "stopping" in (report.simulator, report.agent):
        return PairStatus.RESETTING
    return PairStatus.DRIVING if report.agent == "driving" else PairStatus.BOOTING


def _cells(
    routes: tuple[str, ...],
    repetitions: int,
    records: dict[tuple[str, int], FinishedRoute],
    driving: str,
) -> tuple[RouteCell, ...]:
    now = drive_of(driving)
    return tuple(
        _cell(route, repetition, records.get((route, repetition)), (route, repetition) == now)
        for route in routes
        for repetition in range(repetitions)
    )


def _cell(route: str, repetition: int, record: FinishedRoute | None, driving: bool) -> RouteCell:
    if driving:
        return RouteCell(route, repetition, RouteState.DRIVING)
    if record is None:
        return RouteCell(route, repetition, RouteState.PENDING)
    state = RouteState.COMPLETED
    if record.failed:
        state = RouteState.FAILED
    elif record.perfect:
        state = RouteState.PERFECT
    return RouteCell(route, repetition, state, record.score_composed)


def drive_of(route_id: str) -> tuple[str, int]:
    """`RouteScenario_3_rep1` -> (`RouteScenario_3`, 1); no suffix means the first repetition."""
    match = _REPETITION.fullmatch(route_id)
    return (match[1], int(match[2])) if match else (route_id, 0)
