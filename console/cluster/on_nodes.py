"""Which submission an event of a node is about: the pods on each node, and since when. Pure.

What comes before its pod is known waits for it; everything that is kept has a bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from console.domain.events import Event, PodSeen, PodVanished
from console.domain.facts import ClusterEvent
from console.domain.node_events import Stay, befallen, is_telling, stay_of

MOST_PLACED = 20_000
"""Pods, ended ones included, whose nodes are listened to; the oldest goes."""
MOST_RECENT = 500
"""Events of nodes that wait for pods which are seen on them later."""

Key = tuple[str, str]


class OnNodes:
    """Feed it pods and the events of nodes; it gives the one to the others' submissions."""

    def __init__(self) -> None:
        self._stays: dict[str, tuple[Key, Stay]] = {}
        """By the pod's uid."""
        self._by_node: dict[str, dict[str, None]] = defaultdict(dict)
        self._living: set[str] = set()
        self._recent: dict[str, tuple[str, ClusterEvent]] = {}

    @property
    def any_lives(self) -> bool:
        """Some pod is on a node now."""
        return bool(self._living)

    def learn(self, job: Key, event: Event) -> Iterator[ClusterEvent]:
        """A pod that has come or gone; what befell its node since it is there, if that is new."""
        if isinstance(event, PodVanished):
            self._ended(event.uid, event.at)
        elif isinstance(event, PodSeen) and (stay := stay_of(event.pod, event.at)) is not None:
            uid = event.pod.uid
            if uid not in self._stays:
                self._begun(uid, job, stay)
                recent = [each for node, each in self._recent.values() if node == stay.node]
                yield from filter(None, (befallen(each, stay) for each in recent))
            if stay.until is not None:
                self._ended(uid, stay.until)

    def told(self, node: str, event: ClusterEvent) -> Iterator[tuple[Key, ClusterEvent]]:
        """To whom an event of that node is told, and as what."""
        if not is_telling(event):
            return
        again = self._recent.pop(event.uid, None) is not None
        self._recent[event.uid] = node, event
        if len(self._recent) > MOST_RECENT:
            del self._recent[next(iter(self._recent))]
        found: dict[Key, ClusterEvent] = {}
        for uid in self._by_node.get(node, ()):
            job, stay = self._stays[uid]
            own = befallen(event, stay)
            # What is counted up after a pod's end was told to it before.
            if own is event or (own is not None and not again):
                found[job] = own
        yield from found.items()

    def _begun(self, uid: str, job: Key, stay: Stay) -> None:
        if len(self._stays) >= MOST_PLACED:
            self._forget(next(iter(self._stays)))
        self._stays[uid] = job, stay
        # In the order of their coming, which a set would not keep.
        self._by_node[stay.node][uid] = None
        if stay.until is None:
            self._living.add(uid)

    def _ended(self, uid: str, at: datetime) -> None:
        self._living.discard(uid)
        job, stay = self._stays.get(uid, (("", ""), None))
        if stay is not None and stay.until is None:
            self._stays[uid] = job, replace(stay, until=at)

    def _forget(self, uid: str) -> None:
        _, stay = self._stays.pop(uid)
        self._living.discard(uid)
        del self._by_node[stay.node][uid]
        if not self._by_node[stay.node]:
            del self._by_node[stay.node]
