"""Following whole namespaces with nobody looking: what the recorder process does all day.

Decides what is followed and when there is nothing left to wait for. Knows no process and no socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from console.operations.ports.recorder_process import FollowedNamespace, RecorderList
from console.operations.recording.settling import Settling
from console.operations.recording.store_watch import StoreWatch
from console.operations.services import Services
from console.operations.task_guard import TaskGuard
from console.operations.watching.calling import run_with_calls
from console.operations.watching.fleet import Fleet
from console.operations.watching.taking_turns import TakingTurns

SETTLES_AFTER = 3.0
"""Seconds from the first whole list until progress, which comes from logs, is on it too."""
_LOOK_EVERY = 0.5

Namespace = str | None


class BesideFleets(Protocol):
    """What else a recorder does all day with what its fleets show."""

    async def run(self, fleets: Callable[[], tuple[Fleet, ...]]) -> None:
        """Until cancelled; `fleets`: those that there are now."""
        ...

    @property
    def busy(self) -> bool:
        """It has something to wait for, though nothing is active."""
        ...


class Unattended:
    """`run` until idle; everything belongs to its event loop."""

    def __init__(
        self, services: Services, *, idle_seconds: float, beside: BesideFleets | None = None
    ) -> None:
        """`idle_seconds`: how long nothing must be active before `run` returns."""
        self._services, self._idle_seconds, self._beside = services, idle_seconds, beside
        self.store = StoreWatch(services)
        self._fleets: dict[Namespace, Fleet] = {}
        self._tasks: dict[Namespace, asyncio.Task[None]] = {}
        self._live_since: dict[Namespace, float] = {}
        self._guard: TaskGuard | None = None
        self._busy_at = 0.0

    async def run(self, *namespaces: Namespace) -> None:
        """Until nothing has been active for `idle_seconds`, or until cancelled."""
        loop = asyncio.get_running_loop()
        self._busy_at = loop.time()
        async with TaskGuard(lambda: None) as self._guard:
            self._guard.start("store watch", self.store.run(), lambda name, error: None)
            settling = Settling(self._services)
            self._guard.start("settling", settling.run(), lambda name, error: None)
            turns = self._take_turns(TakingTurns(self._services))
            self._guard.start("turns", turns, lambda name, error: None)
            if self._services.calls is not None:
                self._guard.start("calls", self._services.calls.run(), lambda name, error: None)
            if self._beside is not None:
                work = self._beside.run(lambda: tuple(self._fleets.values()))
                self._guard.start("publishing", work, lambda name, error: None)
            for each in namespaces:
                self.follow(each)
            while loop.time() - self._busy_at < self._idle_seconds:
                await asyncio.sleep(_LOOK_EVERY)
                self._note(loop.time())

    async def _take_turns(self, turns: TakingTurns) -> None:
        """What waits is started in its turn. While something waits a fleet is busy: we stay."""
        while True:
            for fleet in tuple(self._fleets.values()):
                await turns.step(fleet.turns)
            await asyncio.sleep(_LOOK_EVERY)

    def _note(self, now: float) -> None:
        # A recorder that ends with a call unsent would leave nobody to send it until the next
        # launch.
        if self._services.calls is not None and self._services.calls.busy:
            self._busy_at = now
        if self._beside is not None and self._beside.busy:
            self._busy_at = now
        for namespace, fleet in self._fleets.items():
            if fleet.busy:
                self._busy_at = now
            if not fleet.snapshot.live:
                self._live_since.pop(namespace, None)
            else:
                self._live_since.setdefault(namespace, now)

    def follow(self, namespace: Namespace) -> None:
        """That one too, from now on. All namespaces are one watch instead of several."""
        self._busy_at = asyncio.get_running_loop().time()
        if self._of(namespace) is not None or self._guard is None:
            return
        # All namespaces contain those that were followed one by one: two watches would record
        # twice.
        if namespace is None:
            for task in self._tasks.values():
                task.cancel()
            self._fleets.clear()
            self._tasks.clear()
            self._live_since.clear()
        fleet = Fleet(self._services, namespace, unattended=True)
        self._fleets[namespace] = fleet
        self._tasks[namespace] = self._guard.start(
            f"fleet {namespace}",
            run_with_calls(self._services, fleet),
            lambda name, error: self._ended(namespace),
        )

    def _ended(self, namespace: Namespace) -> None:
        """A fleet ends by a fault only, which is logged: who asks for it next gets a new one."""
        for each in (self._fleets, self._tasks, self._live_since):
            each.pop(namespace, None)

    def _of(self, namespace: Namespace) -> Fleet | None:
        return self._fleets.get(None) or self._fleets.get(namespace)

    def listed(self, namespace: Namespace) -> RecorderList | None:
        """The rows as of now; None where they are not followed, not live, or not settled yet."""
        fleet = self._of(namespace)
        since = self._live_since.get(None if None in self._fleets else namespace)
        now = asyncio.get_running_loop().time()
        if fleet is None or since is None or now - since < SETTLES_AFTER:
            return None
        # The snapshot is up to a fifth of a second old, and a command that has just launched asks
        # at once.
        fleet.publish()
        if not fleet.snapshot.live:
            return None
        wanted = tuple(
            row for row in fleet.snapshot.rows if namespace is None or row.namespace == namespace
        )
        keys = {(row.namespace, row.name) for row in wanted}
        return RecorderList(wanted, tuple(sorted(fleet.unheard() & keys)))

    def knows(self, namespace: str, name: str, uid: str) -> bool:
        """Whether that submission has come by the watch."""
        fleet = self._of(namespace)
        return fleet is not None and fleet.uid(namespace, name) == uid

    def followed(self) -> tuple[FollowedNamespace, ...]:
        """What is followed now, by name."""
        ordered = sorted(self._fleets.items(), key=lambda each: each[0] or "")
        return tuple(_state(namespace, fleet) for namespace, fleet in ordered)


def _state(namespace: Namespace, fleet: Fleet) -> FollowedNamespace:
    snapshot = fleet.snapshot
    return FollowedNamespace(
        namespace,
        snapshot.live,
        "" if snapshot.live else snapshot.why,
        fleet.active,
        fleet.recorded,
        fleet.unrecorded,
    )
