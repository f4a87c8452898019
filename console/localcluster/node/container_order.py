"""The order in which the containers of a pod start and stop. Knows no volumes and no status.

Init containers start one after the other: a step when the one before it has ended well, a sidecar
runs on beside the rest. Then the containers of the pod start together. When they have ended, or
were stopped, the sidecars are stopped from the last one up, each when the one after it has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from console.localcluster.node.container_life import ContainerLife
from console.localcluster.node.processes import RunningContainer

START_GAP_SECONDS = 0.05

_Sidecars = list[tuple[ContainerLife, "asyncio.Task[None]"]]


class ContainerOrder:
    """All containers of a pod in one sandbox."""

    def __init__(
        self, lives: Sequence[ContainerLife], grace_seconds: float, all_begun: Callable[[], None]
    ) -> None:
        """`all_begun` is called once the containers of the pod have been started together."""
        self._lives = lives
        self._grace = grace_seconds
        self._all_begun = all_begun
        self._stopping = asyncio.Event()
        self.starting = False
        """The containers of the pod are being started together."""

    async def run(self) -> None:
        """Returns when every container has ended for good."""
        async with asyncio.TaskGroup() as group:
            sidecars: _Sidecars = []
            if await self._run_inits(group, sidecars):
                await self._run_mains()
            await self._end(sidecars)

    def running(self, container: str) -> RunningContainer | None:
        """The present run of a container; None where there is none."""
        found = (life.running for life in self._lives if life.record.name == container)
        return next(found, None)

    def stop(self) -> None:
        """No further start; SIGTERM to all at once but the sidecars, which follow in their turn."""
        self._stopping.set()
        for life in self._lives:
            if life.record.is_sidecar:
                life.hold()
            else:
                life.stop()

    def kill(self) -> None:
        """SIGKILL to everything, and no further start."""
        self._stopping.set()
        for life in self._lives:
            life.kill()

    async def _run_inits(self, group: asyncio.TaskGroup, sidecars: _Sidecars) -> bool:
        """One init container after the other; False when the pod cannot go on."""
        for life in self._lives:
            if self._stopping.is_set():
                return False
            if life.record.is_sidecar:
                sidecars.append((life, group.create_task(life.run())))
                await self._has_begun(life)
            elif life.record.is_step:
                await life.run()
                if life.record.exit_code != 0:
                    return False
        return not self._stopping.is_set()

    async def _has_begun(self, sidecar: ContainerLife) -> None:
        waits = [asyncio.create_task(each.wait()) for each in (sidecar.began, self._stopping)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _run_mains(self) -> None:
        """All containers in the order of the spec, none waiting for another to be ready."""
        async with asyncio.TaskGroup() as group:
            self.starting = True
            for life in self._lives:
                if not life.record.is_init:
                    group.create_task(life.run())
                    await life.attempted.wait()
                    await self._pause(START_GAP_SECONDS)
            self.starting = False
            self._all_begun()

    async def _end(self, sidecars: _Sidecars) -> None:
        for life, _ in sidecars:
            life.hold()
        timer = asyncio.get_running_loop().call_later(self._grace, _kill_all, sidecars)
        for life, task in reversed(sidecars):
            life.stop()
            await task
        timer.cancel()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


def _kill_all(sidecars: _Sidecars) -> None:
    for life, _ in sidecars:
        life.kill()
