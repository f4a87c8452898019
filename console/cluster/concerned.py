"""Which submission a Kubernetes event is about: told by names, uids and times alone. Pure.

An event about a Job carries its uid, so that none of an earlier namesake is taken for one; an event
about a pod is known by the form of a generated name, for the pod itself may be gone, and by its
time: what was last said before the Job was made is about a namesake's. An event about a node is
told to the submissions that have a pod on it (`on_nodes`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from console.cluster import wire
from console.cluster.on_nodes import OnNodes
from console.cluster.watching import Change, Live, Lost, Seen
from console.domain.events import ClusterEventSeen, Event, JobSeen, PodSeen, PodsSeen
from console.domain.facts import ClusterEvent
from console.errors import Forbidden

GENERATED_STEM, GENERATED_SUFFIX = 58, 5
"""Characters that the API server keeps of a Job's `<name>-` and adds at random for a pod."""
MOST_EARLY = 500
"""Events of Jobs that are not known yet; a shared namespace has many that never will be."""

MOST_KNOWN = 20_000
"""Jobs whose events are told apart: more than a namespace has, deleted ones included."""

CLOCKS_DIFFER = timedelta(seconds=5)
"""By which a node's clock may be behind the server's."""
About = tuple[ClusterEvent, wire.Reference]
Key = tuple[str, str]
Told = tuple[str, str, Event]
"""Namespace and Job name, both empty for the connection as a whole."""


def stem_of(job: str) -> str:
    """How the names of that Job's pods begin."""
    return f"{job}-"[:GENERATED_STEM]


def concerns(job: str, about: wire.Reference) -> bool:
    """By name alone: whether the event may be about that Job or a pod of it."""
    if about.kind == "Job":
        return about.name == job
    return about.kind == "Pod" and about.name[:-GENERATED_SUFFIX] == stem_of(job)


def of_a_namesake(told: ClusterEvent, made: datetime | None) -> bool:
    """Whether it was last said before that Job, made then, was there."""
    return bool(told.last_seen and made and told.last_seen < made - CLOCKS_DIFFER)


class Concerned:
    """Feed it what all watches say; it gives events to their submissions."""

    def __init__(self) -> None:
        self._uids: dict[Key, str] = {}
        """Empty for a Job that is expected and was not seen."""
        self._made: dict[Key, datetime | None] = {}
        self._by_stem: dict[Key, list[str]] = defaultdict(list)
        self._early: dict[str, About] = {}
        self._refused: Forbidden | None = None
        self._on_nodes = OnNodes()

    @property
    def on_nodes(self) -> bool:
        """Some pod of a submission is on a node now."""
        return self._on_nodes.any_lives

    def expect(self, namespace: str, name: str) -> None:
        """Events of its pods are told although its Job may be gone."""
        if (namespace, name) not in self._uids:
            if len(self._uids) >= MOST_KNOWN:
                self._forget(next(iter(self._uids)))
            self._uids[namespace, name] = ""
            self._by_stem[namespace, stem_of(name)].append(name)

    def _forget(self, key: Key) -> None:
        """The Job that was learned first; its pods may still be told of long after its deletion."""
        namespace, name = key
        del self._uids[key]
        self._made.pop(key, None)
        stem = namespace, stem_of(name)
        self._by_stem[stem].remove(name)
        if not self._by_stem[stem]:
            del self._by_stem[stem]

    def learn(self, namespace: str, name: str, event: Event) -> list[Told]:
        """A Job's uid, or a pod's node; then the events of it that came before."""
        if isinstance(event, PodsSeen):
            return [told for each in event.each for told in self._of_pod(namespace, name, each)]
        if not isinstance(event, JobSeen):
            return self._of_pod(namespace, name, event)
        if event.job.uid == self._uids.get((namespace, name)):
            return []
        self.expect(namespace, name)
        self._uids[namespace, name] = event.job.uid
        self._made[namespace, name] = event.job.created_at
        # All are given out anew: those of other Jobs go back by themselves.
        early, self._early = self._early, {}
        told = [each for about in early.values() for each in self._about(about)]
        if self._refused is not None:
            told.append(_no_events(namespace, name, self._refused))
        return told

    def events(self, change: Change[About]) -> list[Told]:
        """The domain events of a change in the events' watch.

        That they may not be read is told once to each submission.
        """
        if isinstance(change, Seen):
            return list(self._about(change.item))
        if isinstance(change, Live):
            self._refused = None
        elif isinstance(change, Lost) and isinstance(change.error, Forbidden) and not self._refused:
            self._refused = change.error
            return [_no_events(*key, change.error) for key in self._uids]
        return []

    def node_events(self, change: Change[About]) -> list[Told]:
        """The same of the watch of nodes. What may not be read of them is missed in silence."""
        return list(self._about(change.item)) if isinstance(change, Seen) else []

    def _of_pod(self, namespace: str, name: str, event: Event) -> list[Told]:
        """What befell its node; nothing for a pod that an earlier namesake left behind."""
        uid = self._uids.get((namespace, name))
        if uid and isinstance(event, PodSeen) and event.pod.owner not in ("", uid):
            return []
        found = self._on_nodes.learn((namespace, name), event)
        return [(namespace, name, ClusterEventSeen(event.at, each)) for each in found]

    def _about(self, item: About) -> Iterator[Told]:
        facts, about = item
        if about.kind == "Node":
            for (namespace, name), own in self._on_nodes.told(about.name, facts):
                yield namespace, name, ClusterEventSeen(datetime.now(UTC), own)
            return
        names = [each for each in self._candidates(about) if self._is_of(each, item)]
        if not names:
            # Its Job may come by another watch in a moment.
            self._early[facts.uid] = item
            if len(self._early) > MOST_EARLY:
                self._early.pop(next(iter(self._early)))
        for namespace, name in names:
            yield namespace, name, ClusterEventSeen(datetime.now(UTC), facts)

    def _candidates(self, about: wire.Reference) -> list[Key]:
        if about.kind == "Job":
            return [(about.namespace, about.name)]
        stem = (about.namespace, about.name[:-GENERATED_SUFFIX])
        names = self._by_stem.get(stem, []) if about.kind == "Pod" else []
        return [(about.namespace, name) for name in names]

    def _is_of(self, key: Key, item: About) -> bool:
        """A Job is known by its uid where the event tells one, a pod by its name and the time."""
        facts, about = item
        uid = self._uids.get(key)
        if about.kind == "Job":
            return bool(uid) and about.uid in (uid, "")
        return uid is not None and not of_a_namesake(facts, self._made.get(key))


def _no_events(namespace: str, name: str, error: Forbidden) -> Told:
    """A line of ours among the events: that there can be no others."""
    now = datetime.now(UTC)
    line = ClusterEvent(
        uid="console-events-forbidden",
        type="Warning",
        reason="EventsForbidden",
        message=" ".join(str(error).split()),
        count=1,
        last_seen=now,
        about=f"Job/{name}",
    )
    return namespace, name, ClusterEventSeen(now, line)
