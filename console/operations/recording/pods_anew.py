"""The pods of one Job as they are after the moment at which somebody asks: one list for many.

All logs of a submission open at once, and each asks. A list that was begun before the question may
be older than what it is about; so whoever asks while one is under way waits for the next, which is
for all who have asked until it begins. A slow cluster is asked the less for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from console.domain.facts import PodFacts
from console.errors import ConsoleError
from console.operations.ports.cluster import ClusterPort


class PodsAnew:
    """Shared by the readers of one Job's logs."""

    def __init__(self, cluster: ClusterPort, namespace: str, job: str) -> None:
        self._cluster, self._namespace, self._job = cluster, namespace, job
        self._turn = asyncio.Lock()
        self._begun = self._answered = 0
        self._answer: Sequence[PodFacts] | ConsoleError = ()

    async def listed(self) -> Sequence[PodFacts]:
        """By a list that begins no sooner than this call. Raises ConsoleError."""
        mine = self._begun + 1
        async with self._turn:
            # Whoever had the turn may have been stopped before there was an answer.
            if self._answered < mine:
                self._begun += 1
                self._answer = await self._asked()
                self._answered = self._begun
            answer = self._answer
        if isinstance(answer, ConsoleError):
            raise answer
        return answer

    async def _asked(self) -> Sequence[PodFacts] | ConsoleError:
        try:
            return await self._cluster.pods(self._namespace, self._job)
        except ConsoleError as error:
            return error
