"""The payloads of logcopy's progress lines, made from a merge report and the status files. Pure."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from console.results import coverage
from console.results.plan import PairRoutes, Plan
from console.results.quoting import printable
from console.results.report import UNTIL_THROUGH, MergeReport, Problem
from console.workers import announcing, pair_words, protocol
from console.workers.gpu_faults import gpu_faults
from console.workers.shared_failures import shared_failures
from console.workers.status_files import Gpu, HalfEnd, HalfStatus, PairsStatus

_PROBLEMS = 30


def plan_payload(plan: Plan) -> dict[str, Any]:
    """What was launched. Routes are left out (empty lists) where they would not fit a line, and
    where they are a guess because there is no routes file."""
    payload = _plan_payload(plan, told=plan.certain)
    return payload if _fits("plan", payload) else _plan_payload(plan, told=False)


def _plan_payload(plan: Plan, *, told: bool) -> dict[str, Any]:
    return {
        "v": 1,
        "leaderboard": plan.leaderboard.name,
        "repetitions": plan.repetitions,
        "file_routes": plan.file_routes,
        "pairs": [
            {"pair": pair.pair, "routes": list(pair.routes) if told else []} for pair in plan.pairs
        ],
    }


def snapshot_payload(
    plan: Plan,
    report: MergeReport,
    status: PairsStatus,
    word: str,
    now: float,
    *,
    part: bool = False,
) -> dict[str, Any]:
    """The state of everything in one payload that fits a line. `word`: the submission's status.

    While a pair still drives, what it has not driven yet is no problem. Of a `part` of a submission
    nobody can say here what the whole leaves out.
    """
    problems = [
        *shared_failures(report, status),
        *gpu_faults(status),
        *_given_up(plan, status),
        *([] if part else _left_out(plan, report)),
    ]
    problems += [
        problem
        for problem in report.problems
        if word != "running" or not _expected(problem, status)
    ]
    payload: dict[str, Any] = {
        "v": 1,
        "t": round(now, 3),
        "status": word,
        "done": report.done,
        "total": report.total if plan.certain else None,
        "problems": [_problem(problem) for problem in problems[:_PROBLEMS]],
        "pairs": [_pair(plan, pair, report, status) for pair in plan.pairs],
    }
    more = {
        announcing.GPU_USE: _gpu_use(plan, status),
        announcing.MEMORY: _memory(plan, status),
        protocol.SENSORS: report.document["sensors"],
    }
    return _fitting({**payload, **{key: told for key, told in more.items() if told}})


def _gpu_use(plan: Plan, status: PairsStatus) -> list[dict[str, Any]]:
    """Of each pair whose simulator runs and has looked."""
    halves = [(pair.pair, status.half(pair.pair, "simulator")) for pair in plan.pairs]
    return [half.gpu_use.told(pair) for pair, half in halves if half.gpu_use and not half.at_rest]


def _memory(plan: Plan, status: PairsStatus) -> list[dict[str, Any]]:
    """Of each pair whose server runs and was looked at."""
    halves = [(pair.pair, status.half(pair.pair, "simulator")) for pair in plan.pairs]
    return [half.memory.told(pair) for pair, half in halves if half.memory and not half.at_rest]


def _expected(problem: Problem, status: PairsStatus) -> bool:
    driving = not status.half(problem.pair, "agent").done
    return problem.kind in UNTIL_THROUGH and driving


def _left_out(plan: Plan, report: MergeReport) -> list[Problem]:
    told = coverage.sentence(plan.routes, plan.file_routes, complete=report.complete)
    return [Problem(coverage.KIND, 0, told)] if told else []


def _given_up(plan: Plan, status: PairsStatus) -> list[Problem]:
    return [
        Problem(
            pair_words.GIVEN_UP,
            pair.pair,
            f"{drive.route} was given up after {drive.attempts} attempts and counts as failed",
        )
        for pair in plan.pairs
        for drive in status.half(pair.pair, "agent").given_up
    ]


def _problem(problem: Problem) -> dict[str, Any]:
    return {"kind": problem.kind, "pair": problem.pair, "text": printable(problem.text)}


def _pair(plan: Plan, pair: PairRoutes, report: MergeReport, status: PairsStatus) -> dict[str, Any]:
    simulator, agent = (status.half(pair.pair, role) for role in pair_words.ROLES)
    ended = sorted(_ends(simulator, agent), key=lambda end: (end.attempt, end.t, end.half))
    numbers = next(part for part in report.pairs if part.pair == pair.pair)
    return {
        "pair": pair.pair,
        "attempt": max(simulator.attempt, agent.attempt),
        "simulator": _phase(simulator),
        "agent": _phase(agent),
        "done": numbers.done,
        "total": numbers.total if plan.certain else None,
        "route": current_drive(plan, pair, report) if _phase(agent) == pair_words.DRIVING else None,
        "ended": [asdict(end) for end in ended],
        "gpus": {"simulator": _seen(simulator.gpu), "agent": _seen(agent.gpu)},
    }


def _seen(gpu: Gpu | None) -> dict[str, Any] | None:
    return asdict(gpu) if gpu else None


def _ends(simulator: HalfStatus, agent: HalfStatus) -> list[HalfEnd]:
    """Both halves' ends; the server knows no route, so it gets that of its agent's attempt."""
    routes = {end.attempt: end.route for end in agent.ended}
    told = [
        end if end.route else replace(end, route=routes.get(end.attempt)) for end in simulator.ended
    ]
    return told + list(agent.ended)


def _phase(half: HalfStatus) -> str:
    """A heartbeat's phase, or `done`, `ended` (between attempts), `pending` (nothing heard)."""
    if half.done:
        return "done"
    if half.attempt and half.at_rest:
        return "ended"
    return half.phase or "pending"


def current_drive(plan: Plan, pair: PairRoutes, report: MergeReport) -> str | None:
    """The first drive of the pair without a finished record."""
    finished = {record.key for record in report.records}
    for route, repetition in plan.keys(pair):
        if (route, repetition) not in finished:
            return f"{route}_rep{repetition}"
    return None


def _fitting(payload: dict[str, Any]) -> dict[str, Any]:
    """Leave out how busy GPUs are, what servers hold, the sensors, the least recent ends, then the
    last problems, until the line is short enough."""
    for spared in (announcing.GPU_USE, announcing.MEMORY, protocol.SENSORS):
        if not _fits("snapshot", payload):
            payload.pop(spared, None)
    while not _fits("snapshot", payload):
        fullest = max(payload["pairs"], key=lambda pair: len(pair["ended"]))
        if fullest["ended"]:
            fullest["ended"] = fullest["ended"][1:]
        elif payload["problems"]:
            payload["problems"] = payload["problems"][:-1]
        else:
            break
    return payload


def _fits(kind: str, payload: dict[str, Any]) -> bool:
    try:
        protocol.format_line("n" * 64, 10**12, kind, payload)
    except protocol.TooLong:
        return False
    return True
