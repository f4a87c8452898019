"""Kueue: whether a cluster has it, so that what is put into a queue of it is ever admitted."""

from __future__ import annotations

from console.errors import InvalidInput
from console.operations.services import Services

KUEUE = "kueue.x-k8s.io"
"""Its API's group."""


async def demand_kueue(services: Services) -> None:
    """Raises InvalidInput where nobody would admit what waits in a queue of Kueue."""
    if not await services.cluster.serves(KUEUE):
        raise InvalidInput(
            "This cluster has no Kueue: what waits in its queue would wait for ever.",
            fix="Leave out --queue; --at-most N lets N of a file run at a time without it.",
        )
