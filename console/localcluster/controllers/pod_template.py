"""From a Job to its next pod: name, owner and finalizer. Pure.

Refuses to know defaults, and the labels by which a Job's pods are found: the API has put both into
the Job's template.
"""

from __future__ import annotations

import copy

from console.localcluster.controllers.job_facts import TRACKING_FINALIZER
from console.localcluster.store import JsonObject


def pod_of(job: JsonObject) -> JsonObject:
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
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": pod_meta,
        "spec": copy.deepcopy(template["spec"]),
    }


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
