"""Kueue: whether what is put into a queue of it is ever admitted."""

from __future__ import annotations

import logging

from console.domain.queues import QueuesOffered
from console.errors import ConsoleError, Forbidden, InvalidInput, NotFound
from console.operations.services import Services

KUEUE = "kueue.x-k8s.io"
"""Its API's group."""
log = logging.getLogger(__name__)


async def offered(services: Services, namespace: str) -> QueuesOffered:
    """Those that a launch there may name. Who may not look at them is offered none, in silence."""
    try:
        found = await services.cluster.queues(namespace)
    except NotFound:
        return QueuesOffered(kueue=False)
    except ConsoleError as error:
        log.info("Which queues of Kueue %s has is not known: %s", namespace, error)
        return QueuesOffered()
    stopped = (f"{each.name} admits nothing now: {each.trouble}." for each in found if each.trouble)
    return QueuesOffered(tuple(each.name for each in found), True, tuple(stopped))


async def demand_queue(services: Services, namespace: str, name: str) -> str:
    """As `trouble_of`, for a launch: who may not look at queues may launch into one."""
    try:
        return await trouble_of(services, namespace, name)
    except Forbidden as error:
        return f"whether there is a queue {name} is not known: {error.what}"


async def trouble_of(services: Services, namespace: str, name: str) -> str:
    """Why that queue admits nothing at present; empty where it does.

    Raises InvalidInput where nobody would ever admit what waits in it.
    """
    if not await services.cluster.serves(KUEUE):
        raise InvalidInput(
            "This cluster has no Kueue: what waits in its queue would wait for ever.",
            fix="Use no queue (--no-queue); --at-most N lets N of a file run at a time without it.",
        )
    try:
        queue = await services.cluster.queue(namespace, name)
    except NotFound as error:
        raise InvalidInput(
            f"Namespace {namespace} has no queue {name}: what waits in it would wait for ever.",
            fix=f"Name one that there is (kubectl get localqueues -n {namespace}), or use none "
            "(--no-queue).",
        ) from error
    return f"the queue {name} admits nothing now: {queue.trouble}" if queue.trouble else ""
