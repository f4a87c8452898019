"""A submission on the fake cluster whose logcopy speaks as it drives, in the time of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fakes.cluster import FakeCluster
from fakes.documents import record
from fakes.evalai_model import BEGIN
from fakes.following import line

from console.operations.ports.cluster import Kind
from console.workers import protocol


class LoopClock:
    """The time of the loop, which nobody waits for."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()

    @property
    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self._loop.time() - self._begun)

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        self._loop.call_later(seconds, work)


class RunningJob:
    """`races/demo`, and what becomes of it."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster
        self.log = cluster.logs["pod-1", "logcopy", 0]
        self._seconds = 0

    def tells(self, *texts: str) -> None:
        for text in texts:
            self._seconds += 1
            self.log.lines.append(line(self._seconds % 60, text))

    def drives(self, *routes: int) -> None:
        for route in routes:
            payload = protocol.record_payload(1 + route // 5, record("2.0", route, 0, route % 5))
            self.tells(protocol.format_line("n0nce", 10 + route, "record", payload))

    async def ends(self, pod: dict[str, Any], condition: str, reason: str = "") -> None:
        self.log.ended = True
        self._cluster.put(pod)
        stored = await self._cluster.read(Kind.JOB, "races", "demo")
        told = {"type": condition, "status": "True", "reason": reason}
        self._cluster.put({**stored, "status": {"conditions": [told]}})
