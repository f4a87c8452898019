"""Letting a Job run that somebody has suspended, and saying beforehand what it drives again."""

from __future__ import annotations

import json

from console.domain.board import BoardSnapshot
from console.domain.facts import JobFacts
from console.domain.lost_pods import drives_kept
from console.domain.submission import Layout
from console.domain.upstream_refusals import refuse_upstreams
from console.errors import Conflict
from console.operations.ports.cluster import ClusterDescription
from console.operations.services import Services
from console.operations.shell_commands import kubectl
from console.specs.turns import LET_GO


def by_kubectl(where: ClusterDescription, namespace: str, name: str) -> str:
    """The same as a command of kubectl."""
    patch = ("patch", "job", name, "--type=merge", "-p", json.dumps(LET_GO, separators=(",", ":")))
    return kubectl(where, *patch, namespace=namespace)


async def let_run_on(services: Services, namespace: str, name: str) -> JobFacts:
    """Raises Conflict where it is not suspended, or waits for its turn."""
    job = await services.cluster.job(namespace, name)
    refuse_upstreams(job, "resume")
    if not job.suspended or job.cancelled or job.queued or job.queue:
        waits = "It waits for its turn." if job.suspended else "Its Job is not suspended."
        raise Conflict(f"{name} is not suspended by somebody.", why=waits)
    return await services.cluster.patch_job(namespace, name, LET_GO)


def what_it_costs(board: BoardSnapshot) -> tuple[str, ...]:
    """In sentences, before it is done."""
    plan, kept = board.job.plan if board.job else None, drives_kept(board) or board.finished or 0
    total = board.total or "all its"
    if plan is not None and plan.layout is Layout.POD_PER_PAIR:
        return ("Each pair goes on in a new pod, from what the cluster keeps of it.",)
    if not kept:
        return (f"Its pod begins anew, with {total} drives: none had finished.",)
    finished = "1 drive that had" if kept == 1 else f"{kept} drives that had"
    return (
        f"A suspended Job loses its pod: the new one drives {total} drives from the begin, and the "
        f"{finished} finished once more.",
        "Cancelled and then resumed, another one goes on behind them.",
    )
