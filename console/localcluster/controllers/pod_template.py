"""From a Job to its next pod: name, labels, owner and finalizer. Pure.

Refuses to know defaults: those are the API's, whoever makes a pod.
"""

from __future__ import annotations

import copy

from console.localcluster.controllers.job_facts import TRACKING_FINALIZER
from console.localcluster.store import JsonObject


def pod_of(job: JsonObject) -> JsonObject:
    """The pod that this Job creates now, without a name of its own yet."""
    template = job["spec"]["template"]
    meta = job["metadata"]
    pod_meta: JsonObject = {
        "generateName": f"{meta['name']}-",
        "namespace": meta["namespace"],
        "labels": {**template.get("metadata", {}).get("labels", {}), **identity_labels(job)},
        "ownerReferences": [owner_reference(job)],
        "finalizers": [TRACKING_FINALIZER],
    }
    if annotations := template.get("metadata", {}).get("annotations"):
        pod_meta["annotations"] = dict(annotations)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": pod_meta,
        "spec": copy.deepcopy(template["spec"]),
    }


def identity_labels(job: JsonObject) -> dict[str, str]:
    """The labels by which a Job's pods are found."""
    name, uid = job["metadata"]["name"], job["metadata"]["uid"]
    return {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }


def owner_reference(job: JsonObject) -> JsonObject:
    """What the pod says about its Job."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": job["metadata"]["name"],
        "uid": job["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
