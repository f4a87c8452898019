"""What is known here of the submissions of a queue: the Jobs in sight, and what is recorded.

Two intakes of one queue may launch in two namespaces, where no Job's name keeps the second one
off. So the Jobs of all namespaces count where the login may see them, and each launch looks again
between its Job and its start. What another cluster launches EvalAI alone may tell: `told_running`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from console.domain.facts import EvalAiPlace, JobFacts
from console.domain.spans import FIRST
from console.errors import Conflict, Forbidden, NotFound
from console.operations.intake.told_running import mark_of
from console.operations.ports.cluster import MOST_NAMESPACES
from console.operations.services import Services

OWN_ALONE = (
    "This login does not see the Jobs of other namespaces: let nobody take in from this queue for"
    " another namespace, or one submission may be launched twice."
)


class InSight(msgspec.Struct, frozen=True):
    """Of one submission, when it is decided what becomes of its message."""

    namespace: str
    """To launch in."""
    jobs: Sequence[JobFacts]
    """All in sight; those of other namespaces too, where they are."""
    recorded: str = ""
    """The name under which one of before is recorded that the cluster may have forgotten."""
    busy: str = ""
    """Where else results of it are published from right now."""
    called: str = ""
    """What a person calls its Job."""
    mark: str = ""
    """By which EvalAI knows launches of this cluster."""
    whole: bool = False
    """No Job of this cluster is out of sight."""

    @property
    def here(self) -> list[JobFacts]:
        """Those of the namespace to launch in."""
        return [each for each in self.jobs if each.namespace == self.namespace]

    def name(self, job: JobFacts) -> str:
        """What a reader finds it by."""
        if job.namespace == self.namespace:
            return job.name
        return f"{job.name} in namespace {job.namespace}"


class Sight:
    """Of one namespace. `whole`: whether those of the others are seen; None before a look."""

    def __init__(self, services: Services, namespace: str) -> None:
        self._cluster, self.namespace = services.cluster, namespace
        machine = services.recorder.owner().rpartition("@")[2]
        self.mark = mark_of(services.cluster.description, machine)
        self.whole: bool | None = None
        self._there = self._may = False

    async def demand_launches(self) -> None:
        """As `demand_namespace`, and that this login may launch there."""
        await self.demand_namespace()
        self._may = self._may or await self._cluster.allowed("create", "jobs", self.namespace)
        if not self._may:
            raise Forbidden(
                f"Nothing is taken in for namespace {self.namespace}: this login may create no Jobs"
                " there.",
                fix="Ask for a role with verb 'create' on 'jobs', or name another one: -n.",
            )

    async def demand_namespace(self) -> None:
        """Before a message is taken, which hides it from others: that Jobs can be looked at in a
        namespace that is there. Raises NotFound, Forbidden."""
        if self._there:
            return
        try:
            names = await self._cluster.namespaces()
        except Forbidden:
            names = ()
        if self.namespace not in names and 0 < len(names) < MOST_NAMESPACES:
            raise NotFound(
                f"Nothing is taken in for namespace {self.namespace}: the cluster has none of that"
                " name.",
                fix="Name one that it has with -n, or create it first.",
            )
        await self.jobs()
        self._there = True

    async def jobs(self) -> tuple[JobFacts, ...]:
        """All that the login may list. Raises ConsoleError."""
        if self.whole is not False:
            try:
                found = await self._cluster.jobs(None)
            except Forbidden:
                self.whole = False
            else:
                self.whole = True
                return found
        return await self._cluster.jobs(self.namespace)

    async def demand_alone(self, place: EvalAiPlace, uid: str) -> None:
        """Before the Job of that uid is started. Raises Conflict where another one was faster.

        Of two that look at the same time both see both; a server's times have whole seconds, so
        of the same second both give way, and the message comes back.
        """
        mine = [each for each in await self.jobs() if each.evalai == place and not each.over]
        own = next((each for each in mine if each.uid == uid), None)
        if own is None:
            raise Conflict(f"The Job of submission {place.submission} is gone again.")
        for each in mine:
            if each is not own and _made(each) <= _made(own):
                where = f"{each.namespace}/{each.name}"
                raise Conflict(f"Somebody launches submission {place.submission} as {where}.")


def _made(job: JobFacts) -> datetime:
    return job.created_at or FIRST


Recorded = Callable[[EvalAiPlace], tuple[str, str]]
"""`recorded` and `busy` of that place. Reads a file."""


def nothing_recorded(place: EvalAiPlace) -> tuple[str, str]:
    """Where no ledger is."""
    return "", ""


async def known_of(sight: Sight, place: EvalAiPlace, recorded: Recorded) -> InSight:
    """As it is now. Raises ConsoleError."""
    jobs = await sight.jobs()
    name, busy = await asyncio.to_thread(recorded, place)
    whole = bool(sight.whole)
    return InSight(sight.namespace, jobs, name, busy, mark=sight.mark, whole=whole)
