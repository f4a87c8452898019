"""Objects of the embedded cluster, in memory, with one global resourceVersion and their history.

Knows metadata (uid, times, generation, finalizers, deletion) and nothing of kinds, HTTP or
processes. One event loop owns a store: no method awaits, so none can be interleaved.

Objects handed out are shared and must not be changed by the receiver: copy before changing.
"""

from __future__ import annotations

import copy
import random
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter

from console.localcluster.changes import (
    Change,
    ChangeType,
    HistoryExpired,
    JsonObject,
    ObjectChanged,
    ObjectExists,
    ObjectNotFound,
    StoreError,
    timestamp,
)
from console.localcluster.deletion import grace_period, is_over, keep_identity, set_deletion
from console.localcluster.subscription import Subscription

__all__ = [
    "Change",
    "ChangeType",
    "HistoryExpired",
    "JsonObject",
    "ObjectChanged",
    "ObjectExists",
    "ObjectNotFound",
    "Store",
    "StoreError",
    "Subscription",
    "timestamp",
]

HISTORY_LENGTH = 1000
"""Changes kept for watches that resume; older ones are answered with 410 Gone."""

# Kubernetes' own: without vowels no name becomes a word, and nothing looks like something else.
_NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST_GENERATED_BASE = 58
_GENERATION_KINDS = frozenset({"jobs", "pods"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _key(namespace: str | None, name: str) -> tuple[str, str]:
    return (namespace or "", name)


class Store:
    """Objects by resource ("jobs", "pods", "events", ...), one global resourceVersion.

    Versions start at the epoch second of the store's birth, so a client that comes back with a
    version of an earlier life is told 410 Gone instead of being served somebody else's history.
    """

    def __init__(
        self,
        now: Callable[[], datetime] = _utc_now,
        *,
        first_version: int | None = None,
        history: int = HISTORY_LENGTH,
    ) -> None:
        self.now = now
        self.resource_version = first_version or int(now().timestamp())
        self._oldest = self.resource_version
        self._objects: dict[str, dict[tuple[str, str], JsonObject]] = {}
        self._sorted: set[str] = set()
        """The resources whose objects lie in the order of their keys."""
        self._history: deque[Change] = deque(maxlen=history)
        self._subscribers: list[tuple[frozenset[str], Subscription[Change]]] = []
        self._random = random.SystemRandom()

    def create(self, resource: str, obj: JsonObject) -> JsonObject:
        """Store a copy with uid, creationTimestamp, resourceVersion and, if asked, a name.

        A uid that is given is kept: who needs it before the object exists chooses it.

        Raises ObjectExists.
        """
        fresh = copy.deepcopy(obj)
        meta = fresh.setdefault("metadata", {})
        if not meta.get("name"):
            meta["name"] = self.generate_name(meta.get("generateName", ""))
        key = _key(meta.get("namespace"), meta["name"])
        if key in self._objects.get(resource, {}):
            raise ObjectExists(f'{resource} "{key[1]}" already exists', resource, key[1])
        meta.setdefault("uid", str(uuid.uuid4()))
        meta["creationTimestamp"] = timestamp(self.now())
        if resource in _GENERATION_KINDS:
            meta["generation"] = 1
        return self._publish("ADDED", resource, fresh, None)

    def get(self, resource: str, namespace: str | None, name: str) -> JsonObject:
        """The stored object. Raises ObjectNotFound."""
        found = self._objects.get(resource, {}).get(_key(namespace, name))
        if found is None:
            raise ObjectNotFound(f'{resource} "{name}" not found', resource, name)
        return found

    def find(self, resource: str, namespace: str | None, name: str) -> JsonObject | None:
        """The stored object, or None."""
        return self._objects.get(resource, {}).get(_key(namespace, name))

    def list(self, resource: str, namespace: str | None = None) -> list[JsonObject]:
        """All objects of a resource, or of one namespace, sorted by namespace and name."""
        objects = self._objects.get(resource, {})
        if resource not in self._sorted:
            # Kept so until something is added: a list of thousands comes in many pages.
            objects = self._objects[resource] = dict(sorted(objects.items(), key=itemgetter(0)))
            self._sorted.add(resource)
        if namespace is None:
            return [*objects.values()]
        return [obj for (space, _), obj in objects.items() if space == namespace]

    def update(self, resource: str, obj: JsonObject) -> JsonObject:
        """Replace the object. Raises ObjectNotFound; ObjectChanged when obj carries an old version.

        uid, creationTimestamp and the deletion fields stay as stored, whatever obj says.
        """
        meta = obj["metadata"]
        current = self.get(resource, meta.get("namespace"), meta["name"])
        stored = current["metadata"]
        for field in ("resourceVersion", "uid"):
            if meta.get(field) and meta[field] != stored[field]:
                raise ObjectChanged("the object has been modified", resource, meta["name"])

        def replace(target: JsonObject) -> None:
            target.clear()
            target.update(copy.deepcopy(obj))

        return self.mutate(resource, meta.get("namespace"), meta["name"], replace)

    def mutate(
        self,
        resource: str,
        namespace: str | None,
        name: str,
        change: Callable[[JsonObject], None],
    ) -> JsonObject:
        """Let `change` edit a copy and store it; nothing happens when it changed nothing.

        An object that is being deleted goes when its last finalizer goes; a pod also needs its
        grace period to be over (see remove). Raises ObjectNotFound.
        """
        current = self.get(resource, namespace, name)
        edited = copy.deepcopy(current)
        change(edited)
        keep_identity(edited, current)
        if edited == current:
            return current
        if resource in _GENERATION_KINDS and edited.get("spec") != current.get("spec"):
            edited["metadata"]["generation"] = current["metadata"].get("generation", 1) + 1
        if is_over(resource, edited):
            return self._delete(resource, edited, current)
        return self._publish("MODIFIED", resource, edited, current)

    def mark_deleted(
        self,
        resource: str,
        namespace: str | None,
        name: str,
        *,
        grace_seconds: int | None = None,
        finalizer: str | None = None,
    ) -> JsonObject:
        """Ask for deletion, as DELETE does: deletionTimestamp, grace, and one more `finalizer`.

        Pods: `grace_seconds` None means the pod's own terminationGracePeriodSeconds; a pod that
        never got a node or has finished needs no grace. deletionTimestamp is the end of the
        grace. A second call can only shorten it. Whatever needs neither grace nor finalizers is
        removed at once. Raises ObjectNotFound. Returns the object as it was left.
        """
        current = self.get(resource, namespace, name)
        grace = grace_period(resource, current, grace_seconds)

        def mark(obj: JsonObject) -> None:
            meta = obj["metadata"]
            if finalizer and finalizer not in meta.get("finalizers", []):
                meta["finalizers"] = [*meta.get("finalizers", []), finalizer]
            if "deletionTimestamp" in meta and grace >= meta["deletionGracePeriodSeconds"]:
                return
            set_deletion(obj, self.now() + timedelta(seconds=grace), grace)

        return self._edit_deletion(resource, current, mark)

    def remove(self, resource: str, namespace: str | None, name: str) -> None:
        """The node's last word on a pod, or the end of any object: DELETED.

        An object that still has finalizers stays, with its grace at 0, until the last is dropped,
        as on a real API server. An object that is gone already is no error.
        """
        current = self.find(resource, namespace, name)
        if current is None:
            return

        def finish(obj: JsonObject) -> None:
            if obj["metadata"].get("deletionGracePeriodSeconds") != 0:
                set_deletion(obj, self.now(), 0)

        self._edit_deletion(resource, current, finish)

    def subscribe(self, *resources: str) -> Subscription[Change]:
        """Changes from now on, of these resources or of all: async iterator, context manager."""
        subscription: Subscription[Change] = Subscription(self._unsubscribe)
        self._subscribers.append((frozenset(resources), subscription))
        return subscription

    def changes_since(self, version: int, resource: str) -> Sequence[Change]:
        """The kept changes of one resource after `version`. Raises HistoryExpired."""
        if version < self._oldest:
            raise HistoryExpired(f"too old resource version: {version} ({self._oldest})")
        return [c for c in self._history if c.resource_version > version and c.resource == resource]

    def _edit_deletion(
        self, resource: str, current: JsonObject, edit: Callable[[JsonObject], None]
    ) -> JsonObject:
        edited = copy.deepcopy(current)
        edit(edited)
        if is_over(resource, edited):
            return self._delete(resource, edited, current)
        if edited == current:
            return current
        return self._publish("MODIFIED", resource, edited, current)

    def _delete(self, resource: str, last: JsonObject, previous: JsonObject) -> JsonObject:
        return self._publish("DELETED", resource, last, previous)

    def _publish(
        self, kind: ChangeType, resource: str, obj: JsonObject, previous: JsonObject | None
    ) -> JsonObject:
        self.resource_version += 1
        meta = obj["metadata"]
        meta["resourceVersion"] = str(self.resource_version)
        objects = self._objects.setdefault(resource, {})
        key = _key(meta.get("namespace"), meta["name"])
        if kind == "DELETED":
            del objects[key]
        else:
            if key not in objects:
                self._sorted.discard(resource)
            objects[key] = obj
        if len(self._history) == self._history.maxlen:
            # What falls out now is the newest change that nobody can be told any more.
            self._oldest = self._history[0].resource_version
        change = Change(kind, resource, obj, previous, self.resource_version)
        self._history.append(change)
        for wanted, subscription in list(self._subscribers):
            if not wanted or resource in wanted:
                subscription.put(change)
        return obj

    def _unsubscribe(self, subscription: Subscription[Change]) -> None:
        self._subscribers = [pair for pair in self._subscribers if pair[1] is not subscription]

    def generate_name(self, base: str) -> str:
        """`base`, cut to leave room, and five random characters."""
        tail = "".join(self._random.choices(_NAME_ALPHABET, k=5))
        return base[:_LONGEST_GENERATED_BASE] + tail
