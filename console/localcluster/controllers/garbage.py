"""Garbage collection by ownerReferences: the three propagation policies of a deletion.

Background: the owner is gone, its dependants follow. Foreground: the owner carries the finalizer
`foregroundDeletion` until its dependants are gone. Orphan: it carries `orphan` until no object
names it as owner any more. Knows no kinds.
"""

from __future__ import annotations

from collections.abc import Callable

from console.localcluster.controllers.agenda import changes_or_pause
from console.localcluster.deletion import is_deleted
from console.localcluster.store import Change, JsonObject, ObjectNotFound, Store

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
COLLECTED = (
    "jobs",
    "pods",
    "configmaps",
    "secrets",
    "resourceclaims",
    "resourceclaimtemplates",
)

_Found = tuple[str, JsonObject]


class GarbageCollector:
    """Deletes, releases or waits for the dependants of deleted objects."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Works until cancelled."""
        with self._store.subscribe(*COLLECTED) as changes:
            while True:
                for change in await changes_or_pause(changes, None):
                    self.react(change)

    def react(self, change: Change) -> None:
        """What one change means for the changed object, its dependants and its owners."""
        if change.type == "DELETED":
            self._delete_dependants(change.obj)
            self._look_at_owners(change.obj)
        elif (present := self._present(change)) is not None:
            self._finish_deletion(change.resource, present)
            self._collect_if_ownerless(change.resource, present)

    def _present(self, change: Change) -> JsonObject | None:
        """The object as it is now: a change may be older than what was done about it."""
        meta = change.obj["metadata"]
        found = self._store.find(change.resource, meta.get("namespace"), meta["name"])
        return found if found is not None and found["metadata"]["uid"] == meta["uid"] else None

    def _dependants(self, owner: JsonObject) -> list[_Found]:
        uid, namespace = owner["metadata"]["uid"], owner["metadata"].get("namespace")
        return [
            (resource, obj)
            for resource in COLLECTED
            for obj in self._store.list(resource, namespace)
            if any(ref["uid"] == uid for ref in obj["metadata"].get("ownerReferences", []))
        ]

    def _delete_dependants(self, owner: JsonObject) -> None:
        for resource, obj in self._dependants(owner):
            self._collect_if_ownerless(resource, obj)

    def _collect_if_ownerless(self, resource: str, obj: JsonObject) -> None:
        references = obj["metadata"].get("ownerReferences", [])
        if references and not any(self._exists(obj, reference) for reference in references):
            self._delete(resource, obj)

    def _exists(self, obj: JsonObject, reference: JsonObject) -> bool:
        """Owners of kinds that are not collected here are taken to be alive."""
        return _resource(reference) not in COLLECTED or self._owner(obj, reference) is not None

    def _owner(self, obj: JsonObject, reference: JsonObject) -> JsonObject | None:
        namespace = obj["metadata"].get("namespace")
        owner = self._store.find(_resource(reference), namespace, reference["name"])
        same = owner is not None and owner["metadata"]["uid"] == reference["uid"]
        return owner if same else None

    def _delete(self, resource: str, obj: JsonObject) -> None:
        meta = obj["metadata"]
        if not is_deleted(obj):
            try:
                self._store.mark_deleted(resource, meta.get("namespace"), meta["name"])
            except ObjectNotFound:
                return

    def _finish_deletion(self, resource: str, obj: JsonObject) -> None:
        meta = obj["metadata"]
        finalizers = meta.get("finalizers", [])
        if not is_deleted(obj):
            return
        if ORPHAN in finalizers:
            for kind, dependant in self._dependants(obj):
                self._edit(kind, dependant, lambda target: _disown(target, meta["uid"]))
            self._edit(resource, obj, lambda target: _drop_finalizer(target, ORPHAN))
        elif FOREGROUND in finalizers:
            dependants = self._dependants(obj)
            for kind, dependant in dependants:
                self._delete(kind, dependant)
            if not self._dependants(obj):
                self._edit(resource, obj, lambda target: _drop_finalizer(target, FOREGROUND))

    def _look_at_owners(self, gone: JsonObject) -> None:
        for reference in gone["metadata"].get("ownerReferences", []):
            if (owner := self._owner(gone, reference)) is not None:
                self._finish_deletion(_resource(reference), owner)

    def _edit(self, resource: str, obj: JsonObject, change: Callable[[JsonObject], None]) -> None:
        meta = obj["metadata"]
        try:
            self._store.mutate(resource, meta.get("namespace"), meta["name"], change)
        except ObjectNotFound:
            return


def _resource(reference: JsonObject) -> str:
    """The plural of an owner's kind."""
    return f"{reference['kind'].lower()}s"


def _disown(obj: JsonObject, uid: str) -> None:
    references = obj["metadata"].get("ownerReferences", [])
    kept = [reference for reference in references if reference["uid"] != uid]
    if kept:
        obj["metadata"]["ownerReferences"] = kept
    else:
        obj["metadata"].pop("ownerReferences", None)


def _drop_finalizer(obj: JsonObject, finalizer: str) -> None:
    finalizers = obj["metadata"].get("finalizers", [])
    obj["metadata"]["finalizers"] = [kept for kept in finalizers if kept != finalizer]
