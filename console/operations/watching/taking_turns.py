"""Starting what waits for its turn, with the user's own rights: by a recorder, or a waited launch.

Which one is due is decided by `console.domain.turns`, from facts of one moment. A start holds only
for the Job as it was when its facts were read: whoever is late, or second, changes nothing. So any
number may do this at the same time, and each may die between any two steps.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from console.domain.facts import JobFacts
from console.domain.turns import due
from console.errors import Conflict, ConsoleError, Forbidden, NotFound
from console.operations.ports.cluster import Kind
from console.operations.services import Services
from console.specs.turns import QUEUED_ANNOTATION, turn_begins

log = logging.getLogger(__name__)

AGAIN_SECONDS = 10.0
"""Until a start that failed is tried again."""


class TakingTurns:
    """Call `step` with what there is, as often as it changes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._may: dict[str, bool] = {}
        """Namespace -> whether Jobs of it may be changed by this user."""
        self._not_before: dict[str, float] = {}
        """uid of a Job that could not be started -> when it is tried again."""

    async def step(self, jobs: Iterable[JobFacts]) -> tuple[JobFacts, ...]:
        """Start what is due; `jobs`: all that take turns, of one moment. Those that were started.

        Raises nothing: what hinders a start is logged, and it is tried again.
        """
        started = []
        # One after the other: a limit that is reached by the first start must hold for the second.
        for job in due(jobs):
            may = self._is_tried(job) and await self._allowed(job.namespace)
            if may and await self._start(job):
                started.append(job)
        return tuple(started)

    def _is_tried(self, job: JobFacts) -> bool:
        return self._services.clock().timestamp() >= self._not_before.get(job.uid, 0.0)

    async def _allowed(self, namespace: str) -> bool:
        """A team's recorder only reads: it asks once, and lets others start them."""
        if namespace not in self._may:
            try:
                self._may[namespace] = await self._services.cluster.allowed(
                    "patch", "jobs", namespace
                )
            except ConsoleError as error:
                log.warning("Whether Jobs of %s may be started is not known: %s", namespace, error)
                return False
            if not self._may[namespace]:
                log.warning("What waits in %s is started by others: we may not.", namespace)
        return self._may[namespace]

    async def _start(self, job: JobFacts) -> bool:
        cluster = self._services.cluster
        try:
            # Read anew: the watch's facts are a moment old, and the patch needs the version of just
            # that state.
            stored = await cluster.read(Kind.JOB, job.namespace, job.name)
            meta = stored["metadata"]
            if meta.get("uid") != job.uid or QUEUED_ANNOTATION not in meta.get("annotations", {}):
                return False
            version = str(meta.get("resourceVersion", ""))
            await cluster.patch_job(job.namespace, job.name, turn_begins(version))
        # Somebody else was first, or took it away: either way it is no longer ours to start.
        except (Conflict, NotFound):
            return False
        except ConsoleError as error:
            self._tell(job, error)
            return False
        self._not_before.pop(job.uid, None)
        log.info("It is the turn of %s.", job.name)
        return True

    def _tell(self, job: JobFacts, error: ConsoleError) -> None:
        if isinstance(error, Forbidden):
            # Rights can be given back while a recorder runs: they are asked about again, not
            # remembered as lost.
            self._may.pop(job.namespace, None)
        self._not_before[job.uid] = self._services.clock().timestamp() + AGAIN_SECONDS
        log.warning("%s cannot be started, though it is its turn: %s", job.name, error)
