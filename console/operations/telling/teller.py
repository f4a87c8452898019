"""The loop of whoever tells others of submissions: which there are, whose right it is, what is due.

Takes what the fleets show; what is on no list any more is in the ledger, so that nothing is
forgotten when a Job is deleted or a recorder starts again. One that fails holds up no other. What
is sent is its heirs' business.
"""

from __future__ import annotations

import asyncio
import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable
from datetime import timedelta
from typing import Generic, TypeVar

from console.domain.facts import JobFacts
from console.domain.spans import FIRST
from console.errors import ConsoleError
from console.operations.ports.ledger import Ledger, LedgerEntry, Wished
from console.operations.ports.publications import PublicationsFailed
from console.operations.services import Services
from console.operations.telling.failing import Failing
from console.operations.telling.seen_here import Fleets, ListedSubmissions

LOOK_SECONDS = 1.0
TAKE_UP_EVERY = timedelta(minutes=1)

Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry", bound=LedgerEntry)  # type: ignore[type-arg]  # its key is the teller's
Wish = TypeVar("Wish", bound=Wished)  # type: ignore[type-arg]


class Teller(ABC, Generic[Key, Entry, Wish]):
    """`run` until cancelled; everything belongs to its event loop."""

    def __init__(self, services: Services, ledger: Ledger[Key, Entry, Wish]) -> None:
        self._services, self._kept = services, ledger
        self._open: dict[Key, Entry] = {}
        """Those of this cluster that this process may send."""
        self._at_work: dict[Key, asyncio.Task[None]] = {}
        self._rows: dict[int, object] = {}
        """By fleet: the rows that were looked through."""
        self._taken_up = (frozenset[str | None](), FIRST)
        """For which namespaces the ledger was looked through, and when."""
        self._failing = Failing(services.clock)

    @property
    def busy(self) -> bool:
        """Something goes on by itself: whoever ends now leaves it to the next recorder."""
        return any(each.busy for each in self._open.values())

    async def run(self, fleets: Callable[[], Iterable[ListedSubmissions]]) -> None:
        """Until cancelled; what is being sent then is taken up by the next one."""
        try:
            while True:
                await self.step(tuple(fleets()))
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            tasks = list(self._at_work.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # Last: while something is being sent the right to it must not be somebody else's.
            for key in self._open:
                self._kept.release(key)

    async def step(self, fleets: Fleets) -> None:
        """Begin what is due, and wait for none of it."""
        await self._careful(self._heed)
        await self._take_up(fleets)
        await self._look_through(fleets)
        for key in list(self._open):
            if key not in self._at_work and not self._failing.rests(key):
                task = asyncio.create_task(self._advance(key, fleets))
                self._at_work[key] = task
                task.add_done_callback(functools.partial(self._ended, key))

    async def settle(self) -> None:
        """Until what was begun has come to its end."""
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    def _ended(self, key: Key, task: asyncio.Task[None]) -> None:
        self._at_work.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failing.failed(key, f"{self._doing(key)} failed: {error!r:.200}", error)

    # --- which there are

    async def _careful(self, work: Callable[..., None], *what: object) -> bool:
        """A disk that fails is told once, and tried again."""
        try:
            await asyncio.to_thread(work, *what)
        except ConsoleError as error:
            self._failing.failed(None, str(error))
            return False
        self._failing.went_well(None)
        return True

    def _heed(self) -> None:
        """What somebody has asked for by hand, of those that this process sends."""
        for name, wish in self._kept.wishes():
            known = self._open.get(wish.key)
            if known is None:
                stored = self._kept.read(wish.key)
                if stored is None or stored.closed:
                    self._kept.answered(name)
            elif wish.key not in self._at_work:
                again = self._again(known, wish)
                # Before the wish is taken away: a kill in between repeats it, and loses nothing.
                self._kept.put(again)
                self._open[wish.key] = again
                self._failing.went_well(wish.key)
                self._kept.answered(name)

    async def _take_up(self, fleets: Fleets) -> None:
        """What others left open, now and then: one that has gone since may be followed by us, and
        a command may have asked for one again. What a damaged file kept back is looked at too."""
        spaces, now = frozenset(fleet.namespace for fleet in fleets), self._services.clock()
        taken, at = self._taken_up
        due = spaces and (spaces != taken or now - at >= TAKE_UP_EVERY)
        if due and await self._careful(self._take_up_in, spaces):
            self._taken_up = (spaces, now)
            self._rows.clear()

    def _take_up_in(self, spaces: frozenset[str | None]) -> None:
        cluster = self._services.cluster.description.context
        seen = [
            known
            for known in self._kept.all()
            if known.recording.cluster == cluster
            and not spaces.isdisjoint((None, known.recording.namespace))
        ]
        self._taken(seen)
        for known in seen:
            if not known.closed and known.key not in self._at_work:
                self._alone(known.key, self._own, known)

    async def _look_through(self, fleets: Fleets) -> None:
        for fleet in fleets:
            rows = fleet.snapshot.rows
            # A list that is not live may lack a Job, or have one that has long ended.
            if not fleet.snapshot.live or self._rows.get(id(fleet)) is rows:
                continue
            jobs = [fleet.listed_board(row.namespace, row.name).job for row in rows]
            if await self._careful(self._adopt, [job for job in jobs if job is not None]):
                self._rows[id(fleet)] = rows

    def _alone(self, key: Key, work: Callable[..., None], *what: object) -> None:
        """A file that fails keeps back its own submission only."""
        try:
            work(*what)
        except PublicationsFailed as error:
            self._failing.failed(key, str(error))

    def _keep(self, known: Entry) -> None:
        """As it stands after a step."""
        if known.closed:
            self._open.pop(known.key, None)
            self._kept.release(known.key)
        else:
            self._open[known.key] = known

    # --- what its heirs know

    @abstractmethod
    def _adopt(self, jobs: Iterable[JobFacts]) -> None:
        """Those of these Jobs of which others are to be told. In a thread."""

    @abstractmethod
    def _own(self, known: Entry) -> None:
        """Open it, if the right to send it is to be had. In a thread."""

    @abstractmethod
    def _again(self, known: Entry, wish: Wish) -> Entry:
        """As it is tried anew."""

    @abstractmethod
    async def _advance(self, key: Key, fleets: Fleets) -> None:
        """An open one, a step further."""

    @abstractmethod
    def _doing(self, key: Key) -> str:
        """What is done for it, for people."""

    def _taken(self, seen: list[Entry]) -> None:  # most have nothing to do with it
        """All of this cluster, open and closed."""
