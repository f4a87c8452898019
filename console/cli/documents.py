"""The JSON shapes of `-o json`: stable names, plain types, RFC 3339 times. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from console.diagnosis.outlook import outlook
from console.domain.board import BoardSnapshot, PairBoard
from console.domain.evidence import logcopy_heard
from console.domain.facts import ClusterEvent, ContainerFacts
from console.domain.fleet import SubmissionRow
from console.domain.gpu_time import GpuTime, hours
from console.domain.joined_pods import merging
from console.domain.pod_records import LostPod
from console.domain.progress import EndedAttempt, GpuUse, MemoryUse, SeenGpu
from console.domain.publication import Published
from console.domain.stop_offers import stop_offer
from console.domain.turns import place_in_line
from console.operations.watching.lookup import Known

if TYPE_CHECKING:
    from console.domain.prices import GpuPrice
    from console.operations.submitting.preflight import Outcome

Document = dict[str, Any]


def gpu_document(gpu: GpuTime) -> dict[str, float | None]:
    """GPU hours as JSON, null for what nobody can tell."""
    return {
        "used": hours(gpu.used),
        "driving": hours(gpu.driving),
        "routes": hours(gpu.routes),
        "worldLoad": hours(gpu.loading),
        "agentSetUp": hours(gpu.set_up),
        "wasted": hours(gpu.wasted),
        "boot": hours(gpu.boot),
        "repeatedDrives": hours(gpu.repeated),
        "backOff": hours(gpu.back_off),
        "idle": hours(gpu.idle),
    }


def cost_document(gpu: GpuTime, price: GpuPrice | None) -> Document | None:
    """Null without a price."""
    if price is None:
        return None
    used, wasted = price.of(gpu.used), price.of(gpu.wasted)
    return {"used": used, "wasted": wasted, "unit": price.unit or None}


def moment(at: datetime | None) -> str | None:
    """RFC 3339 with seconds, None where unknown."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def origin_document(told: Known) -> Document:
    """Which submission of that name it is, and whether the cluster told it or a recording."""
    return {"uid": told.uid, "recorded": told.recorded}


def row_document(row: SubmissionRow) -> Document:
    """One line of the list."""
    return {
        "namespace": row.namespace,
        "name": row.name,
        "uid": row.uid,
        "leaderboard": row.leaderboard,
        "status": None if row.verdict_open else row.status.value,
        "reason": row.reason,
        "queuePlace": row.place or None,
        "blockedBy": row.blocked_by.value if row.blocked_by else None,
        "routes": {"done": row.done, "total": row.total},
        "restarts": row.restarts,
        "restartsAtLeast": row.restarts_at_least,
        "backoffLimit": row.backoff_limit,
        "createdAt": moment(row.created_at),
        "team": row.team,
        "track": row.track or None,
        "image": row.image or None,
        "labels": dict(row.labels),
        "drivingScore": row.driving_score,
        "entryStatus": row.entry_status,
        "eligible": row.eligible,
        "published": _published(row.published),
    }


def _published(told: Published | None) -> Document | None:
    """Null where nobody knows."""
    if told is None:
        return None
    return {"state": told.state.value, "at": moment(told.at), "what": told.words or None}


def _container(container: ContainerFacts | None) -> Document | None:
    if container is None:
        return None
    ended = container.ended or container.previous
    return {
        "name": container.name,
        "state": container.state.value,
        "reason": container.reason,
        "restarts": container.restart_count,
        "ready": container.ready,
        "lastExit": ended and {"code": ended.exit_code, "reason": ended.reason},
    }


def ended_document(attempt: EndedAttempt) -> Document:
    """Why one half of a pair ended."""
    return {
        "attempt": attempt.attempt,
        "half": attempt.half,
        "reason": attempt.reason,
        "exitCode": attempt.exit_code,
        "signal": attempt.signal,
        "route": attempt.route,
        "at": moment(attempt.at),
    }


def _pair(pair: PairBoard, *, heard: bool) -> Document:
    return {
        "pair": pair.number,
        "gpu": pair.gpu,
        "gpuAsked": pair.gpu_asked,
        "gpus": {"simulator": _gpu(pair.simulator_gpu), "agent": _gpu(pair.agent_gpu)},
        "gpuUse": _gpu_use(pair.gpu_use),
        "serverMemory": _memory(pair.memory),
        "carlaPort": pair.carla_port,
        "trafficManagerPort": pair.traffic_manager_port,
        "routesSubset": pair.routes_subset,
        "status": pair.status.value,
        "attempt": pair.attempt,
        "route": pair.route,
        "routes": {"done": pair.done, "total": pair.total},
        "cells": [
            {
                "route": cell.route_id,
                "repetition": cell.repetition,
                "state": cell.state.value,
                "score": cell.score,
            }
            for cell in pair.cells
        ],
        "restarts": pair.restarts,
        "restartsAtLeast": pair.restarts_at_least,
        "simulator": _container(pair.simulator),
        "agent": _container(pair.agent),
        "ended": [ended_document(each) for each in pair.ended] if pair.ended or heard else None,
        **_own_pod(pair),
    }


def _own_pod(pair: PairBoard) -> Document:
    """Of a pair that has one; nothing where all pairs share it."""
    if pair.failed_pods is None and not pair.pod:
        return {}
    told = {"name": pair.pod or None, "node": pair.node or None}
    return {"ownPod": {**told, "failed": pair.failed_pods, "allowed": pair.pods_allowed}}


def _gpu(seen: SeenGpu | None) -> Document | None:
    """What a half said of its GPU, null before it did; null in it is what it could not tell."""
    return asdict(seen) if seen else None


def _gpu_use(use: GpuUse | None) -> Document | None:
    """The last look at how busy it was, null where nobody could look."""
    if use is None:
        return None
    return {
        "at": moment(use.at),
        "percent": use.util,
        "memoryUsedMiB": use.used,
        "memoryTotalMiB": use.total,
        "celsius": use.temp,
        "watts": use.power,
        "idleSeconds": use.idle,
    }


def _memory(held: MemoryUse | None) -> Document | None:
    """The last look at what its server holds, null before there was one."""
    if held is None:
        return None
    return {"at": moment(held.at), "usedMiB": held.used, "atFirstMiB": held.first}


def _outlook(board: BoardSnapshot) -> Document | None:
    if (found := outlook(board)) is None:
        return None
    return {
        "certain": found.certain,
        "reason": found.reason,
        "evidence": found.evidence,
    }


def _lost(pod: LostPod) -> Document:
    return {
        "name": pod.name,
        "reason": pod.why,
        "finished": pod.finished,
        "restarts": pod.restarts,
        **({"kept": True} if pod.kept else {}),
    }


def _problems(board: BoardSnapshot) -> list[Document] | None:
    """Null where nobody can tell whether there are any."""
    if not board.problems and not logcopy_heard(board):
        return None
    from console.presentation.result_documents import problem_document  # late: few forms need it

    return [problem_document(problem) for problem in board.problems]


def event_document(event: ClusterEvent) -> Document:
    """One event of the cluster."""
    return {
        "type": event.type,
        "reason": event.reason,
        "about": event.about,
        "message": event.message,
        "count": event.count,
        "lastSeen": moment(event.last_seen),
    }


def conditions_document(board: BoardSnapshot) -> list[Document]:
    """The Job's."""
    if board.job is None:
        return []
    return [
        {
            "type": condition.type,
            "status": condition.status,
            "reason": condition.reason,
            "message": condition.message,
            "since": moment(condition.since),
        }
        for condition in board.job.conditions
    ]


def _budget(board: BoardSnapshot) -> Document:
    """What no pod is left to tell is null; `atLeast` is what is proven all the same."""
    budget = board.budget
    return {
        "limit": budget.limit,
        "used": budget.used,
        "atLeast": budget.least,
        "resumesLeft": budget.resumes_left,
        "exhausted": budget.exhausted,
        "podsFailed": board.job.failed if board.job else None,
        "byContainer": dict(budget.spent) if budget.counted else None,
        **({"ofEachPair": True, "failedPairs": list(budget.failed)} if budget.by_pair else {}),
    }


def _stop_offer(board: BoardSnapshot) -> Document | None:
    offer = stop_offer(board)
    if offer is None:
        return None
    return {"ground": offer.ground.value, "pairs": list(offer.pairs), "reason": offer.text}


def board_document(board: BoardSnapshot) -> Document:
    """Everything the monitor shows of one submission."""
    return {
        "namespace": board.namespace,
        "name": board.name,
        "status": board.status.value,
        "reason": board.reason,
        "queuePlace": place_in_line(board.job) or None,
        "blockedBy": board.blocked_by.value if board.blocked_by else None,
        "leaderboard": board.leaderboard,
        "live": board.live,
        "staleSince": moment(board.stale_since),
        "pod": board.pod.name if board.pod else None,
        "podPhase": board.pod.phase if board.pod else None,
        "node": board.pod.node if board.pod else None,
        "layout": board.job.plan.layout.value if board.job and board.job.plan else None,
        "resumeOutlook": _outlook(board),
        "stopOffer": _stop_offer(board),
        "lostPods": [_lost(pod) for pod in board.lost],
        "foreignContainers": [_container(each) for each in board.foreign],
        "routes": {"done": board.finished, "total": board.total},
        "merge": board.merge_status.value if board.merge_status else None,
        "entryStatus": board.merged.entry_status if board.merged else None,
        "eligible": board.merged.eligible if board.merged else None,
        "budget": _budget(board),
        "pairs": [_pair(pair, heard=logcopy_heard(board)) for pair in board.pairs],
        "logcopy": _container(board.logcopy),
        "logcopies": [_container(each) for each in merging(board.pod)] if board.pod else None,
        "streams": [
            {"container": container, "state": state.value, "gap": gap}
            for container, state, gap in board.streams
        ],
        "problems": _problems(board),
        "conditions": conditions_document(board),
        "events": [event_document(event) for event in board.events],
    }


def happenings_document(board: BoardSnapshot) -> Document:
    """What the events screen shows."""
    ended = [{"pair": p.number, **ended_document(e)} for p in board.pairs for e in p.ended]
    return {
        "namespace": board.namespace,
        "name": board.name,
        "status": board.status.value,
        "live": board.live,
        "ended": ended if ended or logcopy_heard(board) else None,
        "problems": _problems(board),
        "conditions": conditions_document(board),
        "events": [event_document(event) for event in board.events],
        "actions": [
            {
                "at": moment(each.at),
                "action": each.verb.value,
                "by": each.by,
                "login": each.login or None,
                "detail": each.detail or None,
            }
            for each in board.actions
        ],
    }


def preflight_document(outcome: Outcome) -> Document:
    """The checklist of a node."""
    found = [
        {
            "topic": each.topic.value,
            "verdict": each.verdict.value,
            "text": each.text,
            "fix": each.fix or None,
        }
        for each in outcome.findings
    ]
    return {"job": outcome.job, "fails": outcome.fails, "findings": found}
