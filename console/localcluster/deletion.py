"""The metadata rules of deletion: grace, finalizers, and when an object is over. Pure."""

from __future__ import annotations

from datetime import datetime

from console.localcluster.changes import JsonObject, timestamp

_FINISHED = ("Succeeded", "Failed")


def keep_identity(edited: JsonObject, current: JsonObject) -> None:
    meta, stored = edited.setdefault("metadata", {}), current["metadata"]
    for field in (
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "resourceVersion",
        "generation",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ):
        if field in stored:
            meta[field] = stored[field]
        else:
            meta.pop(field, None)
    if meta.get("finalizers") == []:
        del meta["finalizers"]


def grace_period(resource: str, obj: JsonObject, wanted: int | None) -> int:
    if resource != "pods":
        return 0
    unplaced = not obj.get("spec", {}).get("nodeName")
    if unplaced or obj.get("status", {}).get("phase") in _FINISHED:
        return 0
    if wanted is not None:
        return max(wanted, 0)
    return int(obj["spec"]["terminationGracePeriodSeconds"])


def set_deletion(obj: JsonObject, moment: datetime, grace: int) -> None:
    obj["metadata"]["deletionTimestamp"] = timestamp(moment)
    obj["metadata"]["deletionGracePeriodSeconds"] = grace


def is_over(resource: str, obj: JsonObject) -> bool:
    meta = obj["metadata"]
    if "deletionTimestamp" not in meta or meta.get("finalizers"):
        return False
    return resource != "pods" or bool(meta.get("deletionGracePeriodSeconds", 0) == 0)
