"""That of several machines one sends a submission's results to EvalAI, which keeps nobody apart.

The claim stands on the Job, where all who record it see it, and the cluster says who of two was
first. It is renewed, and lost by time. Where there is no Job any more, or a login that may not
change it, nobody can be kept apart, and that is said once; while the cluster only does not answer,
a recorder waits. Whose claim was seen last keeps its time, whatever becomes of the Job.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from console.errors import Conflict, ConsoleError, Forbidden, NotFound
from console.operations.ports.cluster import JsonObject, Kind
from console.operations.ports.object_place import PlaceWriter
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.operations.storing import writer_claims
from console.operations.storing.writer_claims import Bringing, WriterClaim

ANNOTATION = "leaderboard.carla.org/sent-by"
_TRIES = 3
log = logging.getLogger(__name__)


class SoleSender:
    """Of one recorder, or one command. `writer`: who we are; it may read a file."""

    def __init__(self, services: Services, writer: Callable[[], PlaceWriter]) -> None:
        self._services, self._writer = services, writer
        self._held: dict[str, WriterClaim] = {}
        """By the Job's uid: what need not be looked at before half of its time has gone."""
        self._others: dict[str, WriterClaim] = {}
        """The same: who else was seen to have it last."""
        self._told = False

    async def another(
        self, job: Recording, *, asked: bool = False, final: bool = False
    ) -> WriterClaim | None:
        """Whose it is to send; None where it is ours, or where nobody can be kept apart. `asked`:
        by hand, whoever had sent it to its end; `final`: nothing may be sent twice, so the Job is
        asked anew: a machine whose clock goes wrong may have taken it. Raises ConsoleError where
        nobody can tell just now, unless somebody asks by hand."""
        held = self._held.get(job.uid)
        if not final and held is not None and not held.renewed_late(self._services.clock()):
            return None
        by = Bringing(await asyncio.to_thread(self._writer), self._services.clock, asked=asked)
        try:
            other = await self._claimed(job, by)
        except (NotFound, Forbidden) as error:
            return self._unclaimed(job, by, error)
        except ConsoleError as error:
            if not asked:
                raise
            return self._unclaimed(job, by, error)
        if other is not None:
            self._others[job.uid] = other
        else:
            self._others.pop(job.uid, None)
        return other

    def _unclaimed(self, job: Recording, by: Bringing, error: ConsoleError) -> WriterClaim | None:
        """Who was seen to have it may be sending the final result this very moment."""
        if (other := writer_claims.another(self._others.get(job.uid), by, job.uid)) is not None:
            return other
        if not self._told:
            self._told = True
            why = " ".join(part for part in (error.what, error.why) if part)
            log.warning("Another machine may send results to EvalAI too: %s", why)
        return None

    async def give_back(self, job: Recording, *, over: bool) -> None:
        """`over`: EvalAI has its final result. What the cluster does not take is lost by time."""
        held = self._held.pop(job.uid, None)
        self._others.pop(job.uid, None)
        if held is None:
            return
        try:
            version, there = await self._there(job)
            if there == held:
                told = writer_claims.given_back(held, self._services.clock(), over=over)
                await self._put(job, version, told)
        except ConsoleError as error:
            log.info("The Job %s does not say that its results were sent: %s", job.name, error)

    async def _claimed(self, job: Recording, by: Bringing) -> WriterClaim | None:
        for _ in range(_TRIES):
            version, there = await self._there(job)
            other = writer_claims.another(there, by, job.uid)
            if other is not None:
                self._held.pop(job.uid, None)
                return other
            held = self._held.get(job.uid)
            if there is not None and there == held and not there.renewed_late(by.clock()):
                return None
            mine = writer_claims.made(by, job.uid)
            try:
                await self._put(job, version, mine)
            except Conflict:
                continue  # it has changed meanwhile, by whomever
            self._held[job.uid] = mine
            return None
        raise Conflict(f"The Job {job.name} changes all the time.")

    async def _there(self, job: Recording) -> tuple[str, WriterClaim | None]:
        found = await self._services.cluster.read(Kind.JOB, job.namespace, job.name)
        meta: JsonObject = found["metadata"]
        if meta.get("uid") != job.uid:
            raise NotFound(f"The Job {job.name} is another one.")
        told = (meta.get("annotations") or {}).get(ANNOTATION, "")
        return str(meta.get("resourceVersion", "")), writer_claims.from_content(told.encode())

    async def _put(self, job: Recording, version: str, claim: WriterClaim) -> None:
        told = {ANNOTATION: writer_claims.as_bytes(claim).decode()}
        patch = {"metadata": {"resourceVersion": version, "annotations": told}}
        await self._services.cluster.patch_job(job.namespace, job.name, patch)
