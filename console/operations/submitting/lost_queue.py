"""A cancelled Job whose queue of Kueue is gone: taken out of it, so that it comes to its end.

What no queue has admitted stays suspended, and a suspended Job never ends. Where the queue is there
Kueue lets it go by itself: it has no pod to make.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from console.domain.facts import JobFacts
from console.errors import ConsoleError, NotFound
from console.operations.ports.cluster import ClusterPort
from console.operations.services import Services
from console.specs.turns import LET_GO, out_of_queue

log = logging.getLogger(__name__)
PAUSE = 1.0
"""Seconds until Kueue has seen that the Job asks for nothing: a queue of that name that is made
again would keep room for it."""
Sleep = Callable[[float], Awaitable[None]]


async def leave_lost_queue(
    services: Services, job: JobFacts, sleep: Sleep = asyncio.sleep
) -> JobFacts:
    """As the Job stands after that. What fails is no failure of the cancel."""
    try:
        if job.queue and await _is_gone(services, job):
            return await _left(services.cluster, job, sleep)
    except ConsoleError as error:
        log.warning("The Job %s may stay suspended: %s", job.name, error)
    return job


async def _is_gone(services: Services, job: JobFacts) -> bool:
    try:
        await services.cluster.queue(job.namespace, job.queue)
    except NotFound:
        return True
    return False


async def _left(cluster: ClusterPort, job: JobFacts, sleep: Sleep) -> JobFacts:
    await sleep(PAUSE)
    job = await cluster.job(job.namespace, job.name)
    return await _taken_out(cluster, job) if job.suspended else job


async def _taken_out(cluster: ClusterPort, job: JobFacts) -> JobFacts:
    """In one step Kueue allows neither: what runs stays in its queue."""
    where = (job.namespace, job.name)
    try:
        await cluster.patch_job(*where, out_of_queue(job.queue))
    except ConsoleError as error:
        log.info("%s goes into the default queue instead: %s", job.name, error)
        return await cluster.patch_job(*where, out_of_queue(job.queue, into_default=True))
    return await cluster.patch_job(*where, LET_GO)
