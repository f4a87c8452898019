"""How long the drives of one submission took, by what logcopy told of them. Pure.

From one finished drive to the next of the same run of an agent, so with the loading of its world;
the first one from when the evaluator began. A drive that an attempt's end cut off is none, and what
cannot be told apart is left out. What a record says of itself is the team's to write.
What takes less than nothing, or longer than the submission was seen, is nobody's time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.pod_times import PairReports, Run, of_pair
from console.domain.submission import SubmissionPlan
from console.results import statuses

_CUT_OFF = (
    *(statuses.SIMULATION_CRASHED, statuses.AGENT_CRASHED),
    *(statuses.SENSORS_INVALID, statuses.NOT_SET_UP),
)
"""Statuses of records whose time tells nothing of their route's."""

_CLOCKS_DIFFER = 60.0
"""Seconds between a node's clock and the API server's."""


class DriveTimes(msgspec.Struct, frozen=True, gc=False):
    """What one submission has to tell of how long its routes take."""

    routes_of: str
    """Which routes those are: the ids of two that differ in this are not the same routes."""
    drives: tuple[tuple[str, float], ...] = ()
    """Route, without its repetition, and seconds."""
    boots: tuple[float, ...] = ()
    """Seconds from an agent's start until its evaluator began."""
    ended_at: datetime | None = None
    """Of the submission; None while it goes on."""


def routes_of(board: BoardSnapshot) -> str:
    """Those that a submission drives; empty where nobody told them."""
    plan = board.job.plan if board.job else None
    return "" if plan is None else routes_of_plan(plan)


def routes_of_plan(plan: SubmissionPlan) -> str:
    """By version, image of the private contents and file; empty where the plan tells no file."""
    if not plan.routes_file:
        return ""
    return f"{plan.drives.leaderboard.name} {plan.images.leaderboard} {plan.routes_file}"


def drive_times(board: BoardSnapshot) -> DriveTimes:
    """Of all its pods."""
    drives, boots = [], []
    cut_off = _cut_off(board)
    for pair in board.pairs:
        for pod in of_pair(board.pod_times, pair.number):
            reports = pod.reports_of(pair.number)
            begins = _begins(pod.runs_of(f"agent-{pair.number}") or (), reports)
            boots += [(began - started).total_seconds() for started, began in begins]
            if reports is not None and pair.total == len(pair.cells):
                told = _finished(reports.counts, begins)
                cells = {place: cell for place, cell in enumerate(pair.cells) if place in told}
                drives += [
                    (cell.route_id, told[place])
                    for place, cell in cells.items()
                    if (pair.number, cell.route_id, cell.repetition) not in cut_off
                ]
    ended, most = board.job.ended_at if board.job else None, _seen_for(board)
    return DriveTimes(
        routes_of(board),
        tuple(each for each in drives if 0 <= each[1] <= most),
        tuple(each for each in boots if 0 <= each <= most),
        ended,
    )


class NewestDriveTimes:
    """Of one submission, asked some times a second: made anew only where its board is another."""

    def __init__(self) -> None:
        self._made: tuple[BoardSnapshot, DriveTimes] | None = None

    def of(self, board: BoardSnapshot) -> DriveTimes:
        if self._made is None or self._made[0] is not board:
            self._made = board, drive_times(board)
        return self._made[1]


def _seen_for(board: BoardSnapshot) -> float:
    """Seconds, by the cluster's own times of its Job; by the newest word where that goes on."""
    job = board.job
    until = (job.ended_at if job else None) or board.updated_at
    if job is None or job.created_at is None or until is None:
        return 0.0
    return (until - job.created_at).total_seconds() + _CLOCKS_DIFFER


def _cut_off(board: BoardSnapshot) -> set[tuple[int, str, int]]:
    """Drives that something ended before they were driven."""
    return {
        (each.pair, each.route_id, each.repetition)
        for each in board.records
        if each.status in _CUT_OFF
    }


def _begins(runs: Iterable[Run], reports: PairReports | None) -> list[tuple[datetime, datetime]]:
    """The start of each run of an agent that came so far, and when its evaluator began."""
    own, told = list(runs), []
    nexts: list[datetime | None] = [*(run.started_at for run in own[1:]), None]
    for run, after in zip(own, nexts if own else [], strict=True):
        drove = (at for _, at in reports.drove) if reports else ()
        began = min(
            (at for at in drove if run.started_at <= at and (after is None or at < after)),
            default=None,
        )
        if began is not None:
            told.append((run.started_at, began))
    return told


def _finished(
    counts: tuple[tuple[int, datetime], ...], begins: list[tuple[datetime, datetime]]
) -> dict[int, float]:
    """By its place among the drives of the pair, what each took: the last time that it was driven.

    Where several were told at once, nobody knows which took how long. What is told between the
    start of a run and its evaluator's begin was decided, and not driven.
    """
    told: dict[int, float] = {}
    for (before, last), (done, at) in pairwise(counts):
        for undone in [place for place in told if place >= min(before, done)]:
            del told[undone]
        run = max((each for each in begins if each[0] <= at), default=None)
        if done == before + 1 and run is not None and run[1] <= at:
            told[before] = (at - max(last, run[1])).total_seconds()
    return told
