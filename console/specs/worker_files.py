"""The ConfigMap that carries the workers' programs into a submission's containers."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from console.errors import InvalidInput

SUBMISSION_LABELS = {"app.kubernetes.io/name": "leaderboard-submission"}


def config_map_name(job: str) -> str:
    """What the ConfigMap of a Job is called."""
    return f"{job}-workers"


def config_map(name: str, namespace: str, files: Mapping[str, str]) -> dict[str, Any]:
    """A ConfigMap of these files (path in the mount -> text); `mount_items` restores the tree.

    Raises InvalidInput where two paths would share a key.
    """
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(SUBMISSION_LABELS)},
        "data": {item["key"]: files[item["path"]] for item in mount_items(files)},
    }


def mount_items(files: Iterable[str]) -> list[dict[str, str]]:
    """The `items` of the volume: a ConfigMap's keys cannot hold a slash, so `/` became `__`."""
    items = [{"key": path.replace("/", "__"), "path": path} for path in sorted(files)]
    if len({item["key"] for item in items}) < len(items):
        raise InvalidInput("Two of the workers' files have the same name once / is written as __.")
    return items


def owned_by(manifest: Mapping[str, Any], owner: Mapping[str, Any]) -> dict[str, Any]:
    """`manifest` as a possession of `owner`, a created Job: deleted together with it."""
    owned = copy.deepcopy(dict(manifest))
    owned["metadata"]["ownerReferences"] = [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
        }
    ]
    return owned
