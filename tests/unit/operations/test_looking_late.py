"""A console that looks when the pod is gone knows what the recording tells, and invents nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from console.domain.board import BoardSnapshot, PairStatus
from console.operations.outcome.row import row_of
from console.operations.ports.cluster import Kind
from console.operations.recording.session import last_line
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from console.specs.validation import Judged

LIMIT = "BackoffLimitExceeded"
VERDICT = {"FailureTarget": "2026-11-22T10:09:00Z", "Failed": "2026-11-22T10:09:30Z"}
FACTS = ("status", "attempt", "done", "restarts", "since", "since_exact", "first_death", "ended")


async def failed(services: Services, cluster: Any, pod_of: Any, name: str = "demo") -> Follower:
    """Watched from the beginning to the end, in which the pod vanishes."""
    follower = Follower(services, "races", name)
    watching = asyncio.create_task(follower.run())
    pod = pod_of(simulator_2=("crashed", 4), agent_2=("running", 4), logcopy=("running", 0))
    cluster.put(pod)
    async with asyncio.timeout(8):
        while follower.board.pod is None:
            follower.changed.clear()
            await follower.changed.wait()
    job = await cluster.read(Kind.JOB, "races", name)
    verdict = [
        {"type": kind, "status": "True", "reason": LIMIT, "lastTransitionTime": VERDICT[kind]}
        for kind in VERDICT
    ]
    cluster.put({**job, "status": {"failed": 1, "conditions": verdict}})
    cluster.drop(Kind.POD, "races", "demo-abcde")
    async with asyncio.timeout(30):
        await watching
    return follower


def facts(board: BoardSnapshot) -> list[dict[str, Any]]:
    return [{name: getattr(pair, name) for name in FACTS} for pair in board.pairs]


def test_the_time_of_a_log_line_is_read_with_its_nine_digits() -> None:
    told = last_line(b"2026-11-22T10:00:03.123456789Z tick\n", progress=True)
    assert told == ("tick", datetime(2026, 11, 22, 10, 0, 3, 123456, tzinfo=UTC))
    assert last_line(b"nonsense tick\n", progress=True) == ("tick", None)


async def test_late_and_early_differ_in_no_fact(
    services, cluster, composed, pod_of, tmp_path
) -> None:
    """On the same machine the recording tells; on another one what is not known is unknown."""
    await launch(services, Judged(composed).valid)
    early = (await failed(services, cluster, pod_of)).board
    assert (early.budget.used, early.pairs[1].restarts) == (8, 8)
    same = await board_once(services, "races", "demo")
    assert (same.budget, facts(same)) == (early.budget, facts(early))
    assert same.pairs[1].simulator == early.pairs[1].simulator
    again = Follower(services, "races", "demo")
    await again.run()
    assert (again.board.budget, facts(again.board)) == (early.budget, facts(early))
    elsewhere = Services(services.cluster, Recorder(tmp_path / "elsewhere"), services.clock)
    late = await board_once(elsewhere, "races", "demo")
    assert (late.budget.used, late.budget.tally) == (None, "≥8/8")
    assert {pair.status for pair in late.pairs} == {PairStatus.UNKNOWN}
    assert (row_of(late).restarts, row_of(early).restarts) == (None, 8)
