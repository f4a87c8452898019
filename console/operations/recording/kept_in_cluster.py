"""What each pair has finished, kept in the cluster for the pod that is made after its own; and how
its attempts ended, so that a route that crashes pod after pod is given up.

Only of submissions whose pairs have a pod each, and only by whoever records: that one has every
record as soon as it is told. Where the cluster does not take it, the board says so: a pair whose
pod is lost then begins anew, though nothing is lost of the result.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from console.domain.events import (
    KEPT_DRIVES,
    Event,
    ProgressReported,
    RouteFinished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import JobFacts
from console.domain.progress import EndedAttempt
from console.errors import ConsoleError, Forbidden, ReadOnly
from console.operations.backoff import Backoff
from console.operations.recording.finished_drives import partial_texts
from console.operations.recording.logcopies import SubmissionProgress
from console.operations.services import Services

log = logging.getLogger(__name__)

NAME = KEPT_DRIVES
TOGETHER = 1.0
"""Seconds for which a finished drive waits for others: they are written at once."""
TRIES = 5
LARGEST = 900_000
"""Bytes: a ConfigMap holds a mebibyte with its names and who manages what of it."""
_ANEW = "A pair whose pod is lost begins anew; its result keeps what it had finished."


class KeptDrives:
    """`due` notes whose drives are to be kept; `write` keeps them, and ends when all are."""

    def __init__(
        self,
        services: Services,
        job: JobFacts,
        progress: SubmissionProgress,
        tell: Callable[[Event], None],
    ) -> None:
        self._services, self._job, self._progress = services, job, progress
        self._tell = tell
        self._due: set[int] = set()
        self._ends: dict[int, tuple[EndedAttempt, ...]] = {}
        self._kept: dict[int, dict[str, str]] = {}
        self._too_large: set[int] = set()
        """Pairs that finished more than a ConfigMap holds."""
        self._told: tuple[StreamState, str] | None = None

    @property
    def waiting(self) -> bool:
        """Something is to be kept."""
        return bool(self._due)

    def due(self, event: Event) -> bool:
        """Whether that event is of something that is to be kept."""
        if isinstance(event, RouteFinished):
            self._due.add(event.record.pair)
            return True
        if not isinstance(event, ProgressReported):
            return False
        new = [each for each in event.report.pairs if each.ended != self._ends.get(each.pair, ())]
        self._ends |= {each.pair: each.ended for each in new}
        self._due.update(each.pair for each in new)
        return bool(new)

    async def write(self) -> None:
        """All that is due by now, and what becomes so meanwhile."""
        backoff = Backoff(longest=10.0)
        tries = 0
        while self._due:
            await asyncio.sleep(TOGETHER)
            pairs, self._due = sorted(self._due), set()
            try:
                for pair in pairs:
                    await self._keep(pair)
            except (Forbidden, ReadOnly) as error:
                return self._say(StreamState.LOST, error)
            except ConsoleError as error:
                self._due.update(pairs)
                tries += 1
                self._say(StreamState.RECONNECTING, error)
                if tries >= TRIES:
                    return None
                await asyncio.sleep(backoff.next())
            else:
                tries = 0
                backoff.reset()
                self._say_kept()
        return None

    async def _keep(self, pair: int) -> None:
        from console.operations.recording.kept_files import kept_files  # late: few have such pods
        from console.specs.kept_for_pods import kept_config_map

        files = kept_files(pair, self._partial(pair), self._ends.get(pair, ()))
        if not files or self._kept.get(pair) == files:
            return
        job = self._job
        if sum(len(text.encode()) for text in files.values()) > LARGEST:
            self._too_large.add(pair)
            return
        manifest = kept_config_map(job.name, job.namespace, job.uid, pair, files)
        await self._services.cluster.apply(manifest)
        self._kept[pair] = files

    def _partial(self, pair: int) -> str:
        """The checkpoint from which an evaluator goes on; empty while nobody knows its routes."""
        known = self._progress.finished_of(pair)
        if known is None:
            return ""
        plan, finished = known
        return partial_texts(plan, finished)[0].get(pair, "")

    def _say_kept(self) -> None:
        """All is written, but for pairs of which it cannot be: those hinder no other."""
        if not self._too_large:
            return self._say(StreamState.LIVE)
        pairs = ", ".join(map(str, sorted(self._too_large)))
        what = f"more than a ConfigMap holds was finished by pair {pairs}."
        return self._say(StreamState.LOST, ConsoleError(what))

    def _say(self, state: StreamState, error: ConsoleError | None = None) -> None:
        """Each once."""
        why = f"What pairs finish is not kept in the cluster: {error.what} {_ANEW}" if error else ""
        if error is not None:
            log.warning("%s: %s", self._job.name, error)
        before, self._told = self._told, (state, why)
        # That all goes well is worth a word only after it did not.
        if before != self._told and (why or before is not None):
            self._tell(StreamChanged(self._services.clock(), NAME, state, why))
