"""The rules of an object's end: deletion, grace, finalizers, and when it is over. Pure."""

from __future__ import annotations

from datetime import datetime

from console.localcluster.changes import JsonObject, timestamp


def phase(pod: JsonObject) -> str:
    """Pending until the node says otherwise."""
    return str(pod.get("status", {}).get("phase") or "Pending")


def is_finished(pod: JsonObject) -> bool:
    """Succeeded or Failed."""
    return phase(pod) in ("Succeeded", "Failed")


def is_deleted(obj: JsonObject) -> bool:
    """Somebody asked for its deletion."""
    return "deletionTimestamp" in obj["metadata"]


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
    if unplaced or is_finished(obj):
        return 0
    if wanted is not None:
        return max(wanted, 0)
    return int(obj["spec"]["terminationGracePeriodSeconds"])


def set_deletion(obj: JsonObject, moment: datetime, grace: int) -> None:
    obj["metadata"]["deletionTimestamp"] = timestamp(moment)
    obj["metadata"]["deletionGracePeriodSeconds"] = grace


def is_over(resource: str, obj: JsonObject) -> bool:
    meta = obj["metadata"]
    if not is_deleted(obj) or meta.get("finalizers"):
        return False
    return resource != "pods" or bool(meta.get("deletionGracePeriodSeconds", 0) == 0)
