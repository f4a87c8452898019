"""Kueue's word on Jobs that wait in its queues: why, and in which place. Asks only while one waits.

Its visibility server counts the places; its Workloads say why, and are read for the first in line
alone, since each repeats its Job's template. What the account may not read, or an older Kueue does
not serve, is not known, in silence. Knows no screens, and not what a reason means.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from console.cluster import wire
from console.cluster.decoding import decoded
from console.cluster.failures import Asked
from console.cluster.request import Carrier, Request
from console.domain.events import Event, JobSeen, JobVanished
from console.domain.facts import Admission, JobFacts, KueueQueue
from console.domain.turns import is_kueues
from console.errors import ConsoleError
from console.struct_library import decoder_of, msgspec

GROUP = "kueue.x-k8s.io"
PLACES = "visibility.kueue.x-k8s.io"
PAUSE = 5.0
"""Seconds between two looks, while one waits."""
MOST_ASKED = 50
"""So many, the first in line, are told why."""
_OWNER = "kueue.x-k8s.io/job-uid"
"""A label of a Workload."""
_group = decoder_of(wire.ApiGroup)
_workloads: msgspec.json.Decoder[wire.Page[wire.Workload]] = decoder_of(wire.Page[wire.Workload])
_places = decoder_of(wire.PendingWorkloads)
_queue = decoder_of(wire.LocalQueue)
_all_queues: msgspec.json.Decoder[wire.Page[wire.LocalQueue]] = decoder_of(
    wire.Page[wire.LocalQueue]
)
log = logging.getLogger(__name__)

ByUid = Mapping[str, Admission]
Told = tuple[str, str, Event]


class Queues:
    """The queues of one cluster, as far as the account may read of them."""

    def __init__(self, transport: Carrier) -> None:
        self._transport = transport
        self._versions: dict[str, str] = {}

    async def with_admission(self, jobs: tuple[JobFacts, ...]) -> tuple[JobFacts, ...]:
        """The same, each that waits in a queue of Kueue with its word."""
        if not any(map(is_kueues, jobs)):
            return jobs
        told = await self.told(jobs)
        return tuple(
            replace(job, admission=told[job.uid]) if job.uid in told else job for job in jobs
        )

    async def told(self, jobs: Iterable[JobFacts]) -> ByUid:
        """What Kueue says of those that wait, by the Job's uid; of the others nothing."""
        waiting = [job for job in jobs if is_kueues(job)]
        places: dict[str, int] = {}
        # A question a queue and not a Job: hundreds wait in a few.
        for namespace, queue in sorted({(job.namespace, job.queue) for job in waiting}):
            places |= await self._places(namespace, queue)
        # A Job without a place is asked about first: it may be one that is never admitted.
        first = sorted(waiting, key=lambda job: places.get(job.uid, 0))[:MOST_ASKED]
        words: dict[str, Admission] = {}
        for namespace in sorted({job.namespace for job in first}):
            uids = [job.uid for job in first if job.namespace == namespace]
            words |= await self._words(namespace, uids)
        return {
            job.uid: replace(words.get(job.uid, Admission()), place=places.get(job.uid))
            for job in waiting
            if job.uid in words or job.uid in places
        }

    async def queue(self, namespace: str, name: str) -> KueueQueue:
        """The LocalQueue. Raises NotFound where there is none, or no Kueue."""
        asked = Asked("get", "localqueues", namespace, name)
        found = decoded(_queue, await self._get(GROUP, f"localqueues/{name}", asked))
        return _as_queue(name, found)

    async def queues(self, namespace: str) -> tuple[KueueQueue, ...]:
        """All of the namespace, by name. Raises NotFound where there is no Kueue."""
        asked = Asked("list", "localqueues", namespace)
        found = decoded(_all_queues, await self._get(GROUP, "localqueues", asked)).items or ()
        told = (_as_queue(each.metadata.name, each) for each in found)
        return tuple(sorted(told, key=lambda each: each.name))

    async def _places(self, namespace: str, queue: str) -> dict[str, int]:
        """From 1, among all that wait for the queue's quota, whoever's they are."""
        asked = Asked("get", "localqueues/pendingworkloads", namespace, queue)
        try:
            raw = await self._get(PLACES, f"localqueues/{queue}/pendingworkloads", asked)
            found = decoded(_places, raw).items or ()
        except ConsoleError as error:
            log.info("Places in %s are not known: %s", queue, error)
            return {}
        return {
            owner.uid: each.position_in_cluster_queue + 1
            for each in found
            for owner in each.metadata.owner_references
        }

    async def _words(self, namespace: str, uids: list[str]) -> dict[str, Admission]:
        asked = Asked("list", "workloads", namespace)
        chosen = {"labelSelector": f"{_OWNER} in ({','.join(uids)})"}
        try:
            found = decoded(_workloads, await self._get(GROUP, "workloads", asked, chosen))
        except ConsoleError as error:
            log.info("Why Kueue lets Jobs wait in %s is not known: %s", namespace, error)
            return {}
        return {
            (each.metadata.labels or {}).get(_OWNER, ""): _admission(each)
            for each in found.items or ()
        }

    async def _get(
        self, group: str, path: str, asked: Asked, params: Mapping[str, str] | None = None
    ) -> bytes:
        """In the version of that group which the server prefers."""
        # Kueue moved from v1beta1 on; which one there is stays so while the server runs.
        if group not in self._versions:
            whole = f"/apis/{group}"
            request = Request("GET", whole, Asked("get", whole))
            told = decoded(_group, (await self._transport.send(request)).body)
            self._versions[group] = told.preferred_version.version
        base = f"/apis/{group}/{self._versions[group]}/namespaces/{asked.namespace}"
        request = Request("GET", f"{base}/{path}", asked, params)
        return (await self._transport.send(request)).body


def _as_queue(name: str, seen: wire.LocalQueue) -> KueueQueue:
    active = next((each for each in seen.status.conditions if each.type == "Active"), None)
    stopped = active is not None and active.status == "False"
    return KueueQueue(name, active.message or active.reason if active and stopped else "")


def _admission(seen: wire.Workload) -> Admission:
    told = {each.type: each for each in seen.status.conditions}
    reserved, evicted = told.get("QuotaReserved"), told.get("Evicted")
    waits = reserved is not None and reserved.status == "False"
    return Admission(
        why=reserved.message if reserved and waits else "",
        inadmissible=bool(reserved and waits and reserved.reason == "Inadmissible"),
        taken_back=evicted.message if evicted and evicted.status == "True" else "",
        active=seen.spec.active,
    )


class InQueues:
    """The Jobs of a watch that wait in Kueue's queues, told again as its word on them changes."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues
        self._jobs: dict[tuple[str, str], JobFacts] = {}
        self._told: ByUid = {}
        self._some = asyncio.Event()

    def learn(self, namespace: str, name: str, event: Event) -> Told:
        """The same, with what is known already of a Job that waits."""
        if isinstance(event, JobSeen) and is_kueues(event.job):
            job = replace(event.job, admission=self._told.get(event.job.uid))
            # Remembered as told, so that a look tells only what differs from it.
            self._jobs[namespace, name] = job
            self._some.set()
            return namespace, name, JobSeen(event.at, job)
        if isinstance(event, JobSeen | JobVanished):
            self._jobs.pop((namespace, name), None)
        return namespace, name, event

    async def looks(self) -> AsyncIterator[ByUid]:
        """One after another, while any waits. Never ends by itself."""
        while True:
            if not self._jobs:
                self._some.clear()
            await self._some.wait()
            yield await self._queues.told(tuple(self._jobs.values()))
            await asyncio.sleep(PAUSE)

    def renewed(self, told: ByUid) -> list[Told]:
        """Those of which a look says something else than before."""
        self._told, at = told, datetime.now(UTC)
        changed = {
            key: replace(job, admission=told.get(job.uid))
            for key, job in self._jobs.items()
            if job.admission != told.get(job.uid)
        }
        self._jobs.update(changed)
        return [(*key, JobSeen(at, job)) for key, job in changed.items()]
