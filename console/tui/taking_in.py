"""What the intake screen asks of the use cases, through a session's own thread. Knows no screen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from console.operations.intake.desk import Accepted, IntakeDesk, WaitingMessage
    from console.operations.services import Services
    from console.tui.session import ClusterSession


async def waiting(session: ClusterSession[Any]) -> tuple[WaitingMessage, ...]:
    """See `backend`."""

    async def look(services: Services) -> tuple[WaitingMessage, ...]:
        return await (await _desk(services)).look()

    return await session.do(look)


async def take_in(session: ClusterSession[Any], which: WaitingMessage, at_most: int) -> Accepted:
    """See `backend`."""
    from console.operations.intake.by_itself import some_at_a_time
    from console.operations.intake.launching import LaunchingFor
    from console.operations.intake.set_up import demand_intake

    async def accepted(services: Services) -> Accepted:
        how = LaunchingFor()
        if at_most:
            assert services.publishing is not None
            settings = await asyncio.to_thread(demand_intake, services.publishing)
            how = some_at_a_time(settings.intake.queue, at_most)
        where = services.cluster.description
        await session.recorder.begin(session.wanted, where.namespace)
        return await (await _desk(services)).accept(which, how)

    return await session.change(f"launch of submission {which.submission}", accepted)


async def intake_doubt(session: ClusterSession[Any]) -> str:
    """See `backend`."""

    async def doubt(services: Services) -> str:
        return await (await _desk(services)).doubt()

    return await session.do(doubt)


async def refuse(session: ClusterSession[Any], which: WaitingMessage) -> str:
    """See `backend`."""

    async def refused(services: Services) -> str:
        return await (await _desk(services)).refuse(which)

    return await session.change(f"refusal of submission {which.submission}", refused)


async def _desk(services: Services) -> IntakeDesk:
    from console.operations.intake.desk import open_desk

    return await asyncio.to_thread(open_desk, services, services.cluster.description.namespace)
