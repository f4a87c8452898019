"""What has become of each row's results: the user's ledgers, read beside the list.

Of thousands of submissions few change there between two looks; a row never waits for a file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from console.domain.board import BoardSnapshot
from console.domain.publication import Published
from console.errors import ConsoleError
from console.operations.outcome.publication_marks import MarksByJob
from console.operations.ports.publications import Publication
from console.operations.services import Services

if TYPE_CHECKING:
    from console.operations.ports.deliveries import Delivery

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0


class PublishedMarks:
    """For one list: `of` answers at once with what is known by then, `run` gets to know it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: Mapping[str, Publication | Delivery] | None = None
        """None before the first look, and while the ledger cannot be read."""
        self._marks = MarksByJob()

    def of(self, board: BoardSnapshot) -> Published | None:
        """None where nobody knows. From any thread."""
        job = board.job
        if job is None or self._known is None:
            return None
        return self._marks.of(job, self._services.recording_of(job))

    async def run(
        self, boards: Callable[[], Iterable[BoardSnapshot]], changed: set[tuple[str, str]]
    ) -> None:
        """Until cancelled. `changed` is told the namespace and name of what makes another row."""
        if self._services.publications is None:
            return
        while True:
            before = self._known
            await self.read()
            if self._known is not before:
                touched = self._touched(before, boards())
                changed.update((board.namespace, board.name) for board in touched)
            await asyncio.sleep(LOOK_SECONDS)

    async def read(self) -> None:
        """As it is now; where that cannot be told nothing is known, which is said once."""
        seen = self._services.publications
        if seen is not None:
            try:
                self._take(await asyncio.to_thread(seen.look))
            except ConsoleError as error:
                if self._known is not None:
                    log.warning("What is published cannot be told: %s", error)
                self._known = None

    def _take(self, found: Mapping[str, Publication | Delivery]) -> None:
        if found is not self._known:
            self._marks, self._known = MarksByJob(found.values()), found

    def _touched(
        self, before: Mapping[str, Publication | Delivery] | None, boards: Iterable[BoardSnapshot]
    ) -> Iterable[BoardSnapshot]:
        """Those of which another thing is known than before."""
        now = self._known
        if before is None or now is None:
            return [board for board in boards if board.job is not None]
        differ = [
            each
            for name in {**before, **now}
            if (was := before.get(name)) is not (known := now.get(name))
            for each in (was, known)
            if each is not None
        ]
        places = {each.place for each in differ if isinstance(each, Publication)}
        names = {(each.recording.namespace, each.recording.name) for each in differ}
        return [
            board
            for board in boards
            if (board.namespace, board.name) in names
            or (board.job is not None and board.job.evalai in places)
        ]
