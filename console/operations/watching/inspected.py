"""The inspection of what was looked up, if there is anything to inspect."""

from __future__ import annotations

import asyncio

from console.operations.inspecting.inspection import Inspection, inspect
from console.operations.inspecting.inspector import Inspector, failures_of
from console.operations.ports.recorder import LogView
from console.operations.services import Services
from console.operations.watching.follower import Follower
from console.operations.watching.logs_at_hand import logs_at_hand
from console.operations.watching.lookup import Known


async def inspected(services: Services, told: Known) -> Inspection | None:
    """None where nothing of it failed: no log is read then, neither here nor of a node."""
    if not failures_of(told.board):
        return None
    logs = await logs_at_hand(services, told)
    return await asyncio.to_thread(inspect, told.board, logs.of, services.clock())


def follower_inspector(services: Services, follower: Follower) -> Inspector:
    """Of a submission that is followed: it reads what is recorded of it meanwhile."""

    def log(container: str) -> LogView | None:
        job = follower.board.job
        return services.recorder.log(services.recording_of(job), container) if job else None

    return Inspector(log, services.clock)
