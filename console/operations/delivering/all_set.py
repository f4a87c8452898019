"""One submission to one of the places and tables that are set, for whoever watches meanwhile."""

from __future__ import annotations

import asyncio

from console.domain.publication import Published
from console.operations.delivering.by_hand import deliver_now
from console.operations.delivering.errands import Errands
from console.operations.outcome.publication_marks import mark_of_delivery
from console.operations.ports.deliveries import DeliveryLedger, DeliveryTargets, Target
from console.operations.services import Services
from console.operations.watching.lookup import Wanted, known


async def bring_what_is_known(
    services: Services, targets: DeliveryTargets, ledger: DeliveryLedger, wanted: Wanted, to: Target
) -> Published:
    """As a recorder would, in a thread of its own; how it stands there then."""
    told = await known(services, wanted)
    errands = Errands(services, targets)
    work = deliver_now(services, errands, ledger, told.board, *to)
    return mark_of_delivery(await asyncio.to_thread(asyncio.run, work))
