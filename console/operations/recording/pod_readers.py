"""The readers of one submission's containers: one each, for as long as its pod may say something.

Fed with the states of pods as a watch tells them. Refuses to know where the lines go, and which
pods are of the submission.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from console.domain.facts import ContainerFacts, PodFacts
from console.operations.recording.reader import ContainerReader

POD_OVER = ("Succeeded", "Failed")
Start = Callable[[str, str, Coroutine[Any, Any, None]], asyncio.Task[None]]
"""Begins the work, which is for that container and has that name."""


def _never(facts: ContainerFacts) -> bool:
    """Only the end of its pod is the end of a container."""
    return False


class PodReaders:
    """`make` gives the reader of a container that has none yet."""

    def __init__(
        self,
        make: Callable[[PodFacts, ContainerFacts], ContainerReader],
        start: Start,
        done: Callable[[ContainerFacts], bool] = _never,
    ) -> None:
        """`done`: whether a container has had its last run although its pod goes on."""
        self._make, self._start, self._done = make, start, done
        self._gone: set[str] = set()
        self._readers: dict[tuple[str, str], ContainerReader] = {}

    def feed(self, pod: PodFacts) -> None:
        """A reader for each container of the pod, told the newest facts."""
        over = pod.phase in POD_OVER or pod.uid in self._gone
        for facts in pod.containers:
            key = (pod.uid, facts.name)
            known = self._readers.get(key)
            reader = known or self._make(pod, facts)
            reader.update(facts, over=over or self._done(facts))
            if known is None:
                self._readers[key] = reader
                self._start(facts.name, f"log {facts.name} of {pod.name}", reader.run())

    def gone(self, uid: str) -> None:
        """The cluster no longer has that pod."""
        self._gone.add(uid)
        for (pod, _), reader in self._readers.items():
            if pod == uid:
                reader.update(None, over=True)

    def facts(self, uid: str, container: str) -> ContainerFacts | None:
        """What that container's reader knows of it, which may be more than the watch has told."""
        reader = self._readers.get((uid, container))
        return reader.facts if reader else None
