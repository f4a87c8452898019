"""From a Job to its next pod: name, owner and finalizer, and the index where it has one. Pure.

Refuses to know defaults, and the labels by which a Job's pods are found: the API has put both into
the Job's template.
"""

from __future__ import annotations

import copy

from console.localcluster.controllers.job_facts import TRACKING_FINALIZER
from console.localcluster.controllers.job_indexes import FAILURES, INDEX
from console.localcluster.store import JsonObject

INDEX_VARIABLE = "JOB_COMPLETION_INDEX"


def pod_of(job: JsonObject, index: int | None = None, failures: int | None = None) -> JsonObject:
    """The pod that this Job creates now, without a name of its own yet."""
    template, meta = job["spec"]["template"], job["metadata"]
    told = template.get("metadata") or {}
    pod_meta: JsonObject = {
        key: dict(told[key]) for key in ("labels", "annotations") if told.get(key)
    }
    pod_meta |= {
        "generateName": f"{meta['name']}-",
        "namespace": meta["namespace"],
        "ownerReferences": [_owner_reference(job)],
        "finalizers": [TRACKING_FINALIZER],
    }
    pod: JsonObject = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": pod_meta,
        "spec": copy.deepcopy(template["spec"]),
    }
    if index is not None:
        _number(pod, f"{meta['name']}-{index}", index, failures)
    return pod


def _number(pod: JsonObject, hostname: str, index: int, failures: int | None) -> None:
    """The pod of that index: told in its name, its hostname, its labels and to its containers."""
    meta, spec = pod["metadata"], pod["spec"]
    meta["generateName"] = f"{hostname}-"
    meta.setdefault("labels", {})[INDEX] = str(index)
    meta.setdefault("annotations", {})[INDEX] = str(index)
    if failures is not None:
        meta["annotations"][FAILURES] = str(failures)
    spec["hostname"] = hostname
    for container in (*spec.get("initContainers", []), *spec["containers"]):
        env = container.setdefault("env", [])
        if all(entry["name"] != INDEX_VARIABLE for entry in env):
            field = {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}
            env.append({"name": INDEX_VARIABLE, "valueFrom": {"fieldRef": field}})


def _owner_reference(job: JsonObject) -> JsonObject:
    """What the pod says about its Job."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": job["metadata"]["name"],
        "uid": job["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
