"""The pairs of a board from its plan, its pod and logcopy's report. Pure.

The pod says which containers live and how often they restarted; the report says what they do.
A report from before a restart says nothing about the attempt after it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from console.domain.beginnings import began, beginning
from console.domain.board import (
    AT_WORK,
    FINISHED,
    BoardSnapshot,
    PairBoard,
    PairStatus,
    RouteCell,
    RouteState,
)
from console.domain.deaths import ends_of, first_death
from console.domain.evidence import drives_known, not_created, pods_failed
from console.domain.facts import ContainerFacts, attempt_of
from console.domain.joined_pods import part_of
from console.domain.launched_routes import launched_routes
from console.domain.pair_standing import PairFacts, started, status_of
from console.domain.progress import FinishedRoute, MergeStatus, PairProgress
from console.domain.submission import PairPlan
from console.domain.ticks import Tick

_REPETITION = re.compile(r"(.+)_rep(\d{1,9})")


class _Completeness(NamedTuple):
    """Whether a pair's routes have been told, and whether what is known of its drives is all."""

    routes: bool
    drives: bool


def pair_boards(board: BoardSnapshot) -> tuple[PairBoard, ...]:
    """One board a launched pair; none before the plan is known."""
    plan = board.job.plan if board.job else None
    if plan is None:
        return board.pairs
    reports = {each.pair: each for each in board.report.pairs} if board.report else {}
    before = {each.number: each for each in board.pairs}
    routes, every = launched_routes(plan, board.routes), drives_known(board)
    return tuple(
        _pair(
            board,
            pair,
            subset,
            _drives(board, pair, routes[pair.number], plan.drives.repetitions, known=every),
            reports.get(pair.number),
            before.get(pair.number),
            _Completeness(routes[pair.number] is not None, every),
        )
        for pair, subset in zip(plan.pairs, plan.drives.subsets, strict=True)
    )


def _pair(
    board: BoardSnapshot,
    plan: PairPlan,
    subset: str,
    drives: tuple[RouteCell, ...],
    report: PairProgress | None,
    before: PairBoard | None,
    known: _Completeness,
) -> PairBoard:
    pair = _facts(board, plan, report, before)
    status = _status(board, plan, pair)
    blocked = _why_blocked(board, plan) if status is PairStatus.BLOCKED else ""
    route = report.route if report and pair.fresh and status is PairStatus.DRIVING else ""
    cells = _with_present(drives, route)
    since, exact = beginning(board, pair, status, route, before)
    heard = (report.at or board.report.at) if board.report and report else None
    return PairBoard(
        **_halves(plan, pair, report, before),
        routes_subset=subset,
        status=status,
        cells=cells,
        route=route,
        since=since,
        since_exact=exact,
        began=began(pair, before),
        tick=_tick(before, pair.attempt, route),
        paced=before.paced if before and _is_same_drive(before, pair.attempt, route) else (),
        stage=before.stage if before and before.attempt == pair.attempt else None,
        heard=heard,
        done=_done(cells, report, routes_known=known.routes) if known.drives else None,
        total=len(cells) if known.routes else report.total if report else None,
        blocked=blocked,
        proven_restarts=_proven_restarts(board, plan),
        **_own_pod(board, plan.number),
    )


def _status(board: BoardSnapshot, plan: PairPlan, pair: PairFacts) -> PairStatus:
    """Where each pair has a pod of its own, the Job says of each how it ended."""
    blockage, indexes = board.blockage, board.job.indexes if board.job else None
    if indexes is not None and plan.number - 1 in indexes.failed:
        return PairStatus.FAILED
    # What blocks one pod blocks its pair; the other pairs, in pods of their own, drive.
    if board.parts and blockage and blockage.containers:
        own = {plan.simulator, plan.agent} & {*blockage.containers}
        blockage = blockage if own else None
    status = status_of(pair, board.status, blockage)
    if status is PairStatus.BOOTING and board.job and board.job.plan and board.job.plan.upstream:
        status = PairStatus.RUNNING  # by nothing that is read here does it differ from driving
    completed = indexes is not None and plan.number - 1 in indexes.completed
    unseen = status in (PairStatus.WAITING, PairStatus.UNKNOWN, *AT_WORK)
    return PairStatus.DONE if completed and unseen else status


def _own_pod(board: BoardSnapshot, number: int) -> dict[str, Any]:
    indexes = board.job.indexes if board.job else None
    if indexes is None:
        return {}
    part = part_of(board.parts, number - 1)
    failed = pods_failed(part, indexes) if part else 0 if not board.parts else None
    told: dict[str, Any] = {"failed_pods": failed, "pods_allowed": indexes.limit}
    if indexes.restarts:
        told = {}  # its halves count their own
    return told | ({"pod": part.name, "node": part.node} if part else {})


def _tick(before: PairBoard | None, attempt: int | None, route: str) -> Tick | None:
    """Of another route or attempt it tells nothing of this one."""
    return before.tick if before and _is_same_drive(before, attempt, route) else None


def _is_same_drive(before: PairBoard, attempt: int | None, route: str) -> bool:
    return (before.attempt, before.route) == (attempt, route)


def _halves(
    plan: PairPlan, pair: PairFacts, report: PairProgress | None, before: PairBoard | None
) -> dict[str, Any]:
    """The fields of what the Job asks for, and of what is known of its halves."""
    return {
        "number": plan.number,
        "gpu_asked": plan.gpu,
        "carla_port": plan.carla_port,
        "traffic_manager_port": plan.traffic_manager_port,
        "attempt": pair.attempt,
        "simulator": pair.simulator,
        "agent": pair.agent,
        "simulator_line": before.simulator_line if before else "",
        "agent_line": before.agent_line if before else "",
        "ended": pair.ended,
        "first_death": first_death(pair.ended),
        "last_sign": before.last_sign if before else None,
        "agent_sign": before.agent_sign if before else None,
        "limits": plan.limits,
        "not_created": pair.not_created,
        "simulator_gpu": report.simulator_gpu if report else None,
        "agent_gpu": report.agent_gpu if report else None,
        "gpu_use": report.gpu_use if report and pair.fresh else None,
        "memory": report.memory if report and pair.fresh else None,
    }


def _why_blocked(board: BoardSnapshot, plan: PairPlan) -> str:
    return board.blockage.of((plan.simulator, plan.agent)).text if board.blockage else ""


def _proven_restarts(board: BoardSnapshot, plan: PairPlan) -> tuple[tuple[str, int], ...]:
    if not board.budget.spent:
        return ()
    halves = (plan.simulator, plan.agent)
    return tuple((name, count) for name, count in board.budget.spent if name in halves)


def _facts(
    board: BoardSnapshot, plan: PairPlan, report: PairProgress | None, before: PairBoard | None
) -> PairFacts:
    names = (plan.simulator, plan.agent)
    simulator, agent = (_half(board, name) for name in names)
    halves = tuple(half for half in (simulator, agent) if half)
    absent = not halves and all(not_created(board, name) for name in names)
    # A final report outlives the pod: what it says of a pair needs no container to be seen.
    final = board.report is not None and board.report.status is not MergeStatus.RUNNING
    attempt = _attempt(halves, report)
    seen = bool(halves or absent or (report and final))
    return PairFacts(
        simulator=simulator,
        agent=agent,
        report=report,
        fresh=report is not None and report.attempt >= attempt,
        final=final,
        ended=ends_of(report, before, halves),
        not_created=absent,
        attempt=attempt if seen else None,
        halves=halves,
    )


def _half(board: BoardSnapshot, name: str) -> ContainerFacts | None:
    return board.pod.container(name) if board.pod else None


def _attempt(halves: tuple[ContainerFacts, ...], report: PairProgress | None) -> int:
    """At least one more than either half's restarts, as soon as a half has started."""
    # logcopy reports some seconds late; a restart that the cluster has counted is an attempt
    # already.
    # One that goes on beside its agent may be started again within its attempt.
    # A half that has not started yet has made no attempt, whatever the other half counts.
    counted = [attempt_of(e.restart_count) for e in halves if started(e) and not e.sidecar]
    return max([report.attempt if report else 0, *counted])


def _done(cells: tuple[RouteCell, ...], report: PairProgress | None, *, routes_known: bool) -> int:
    """How many are finished, where what is known of them is all there is to know."""
    # The record of a drive and the count in a report come by two lines of a log, in either order.
    seen = sum(cell.state in FINISHED for cell in cells)
    told = report.done if report else 0
    return max(seen, min(told, len(cells)) if routes_known else told)


def _drives(
    board: BoardSnapshot,
    plan: PairPlan,
    routes: tuple[str, ...] | None,
    repetitions: int,
    *,
    known: bool,
) -> tuple[RouteCell, ...]:
    """A cell a drive. What has no record is open while no report tells of more finished ones.

    While nobody knows the routes there are cells for the finished drives only.
    """
    records = {(r.route_id, r.repetition): r for r in board.records if r.pair == plan.number}
    reports = board.report.pairs if board.report else ()
    told = next((each.done for each in reports if each.pair == plan.number), 0)
    # A report that tells of more finished drives than there are records means that records are on
    # their way: what has none may be finished too.
    rest = RouteState.PENDING if known and told <= len(records) else RouteState.UNKNOWN
    if routes is None:
        return tuple(_cell(*drive, record, rest) for drive, record in records.items())
    if not records:
        return _open_cells(routes, repetitions, rest)
    return tuple(
        _cell(route, repetition, records.get((route, repetition)), rest)
        for route in routes
        for repetition in range(repetitions)
    )


@lru_cache(maxsize=256)
def _open_cells(
    routes: tuple[str, ...], repetitions: int, state: RouteState
) -> tuple[RouteCell, ...]:
    """Of a pair without a record: a long list has thousands of a few plans."""
    return tuple(
        RouteCell(route, repetition, state) for route in routes for repetition in range(repetitions)
    )


def _with_present(cells: tuple[RouteCell, ...], driving: str) -> tuple[RouteCell, ...]:
    if not driving:
        return cells
    now = drive_of(driving)
    return tuple(
        RouteCell(cell.route_id, cell.repetition, RouteState.DRIVING)
        if (cell.route_id, cell.repetition) == now
        else cell
        for cell in cells
    )


def _cell(route: str, repetition: int, record: FinishedRoute | None, rest: RouteState) -> RouteCell:
    if record is None:
        return RouteCell(route, repetition, rest)
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
