"""From a Job to its next pod: name, labels, owner, finalizer and the defaults of a pod. Pure."""

from __future__ import annotations

import copy

from console.localcluster.controllers.job_facts import TRACKING_FINALIZER
from console.localcluster.store import JsonObject

_POD_DEFAULTS: JsonObject = {
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
    "enableServiceLinks": True,
    "priority": 0,
    "preemptionPolicy": "PreemptLowerPriority",
}
_CONTAINER_DEFAULTS: JsonObject = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "imagePullPolicy": "IfNotPresent",
}


_TOLERATED: tuple[JsonObject, ...] = tuple(
    {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
)


def pod_of(job: JsonObject) -> JsonObject:
    """The pod that this Job creates now, without a name of its own yet."""
    template = job["spec"]["template"]
    meta = job["metadata"]
    spec = {**copy.deepcopy(_POD_DEFAULTS), **copy.deepcopy(template["spec"])}
    spec["tolerations"] = _tolerations(spec.get("tolerations", []))
    for field in ("initContainers", "containers"):
        if field in spec:
            spec[field] = [_container(container) for container in spec[field]]
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
        "spec": spec,
        "status": {"phase": "Pending", "qosClass": "BestEffort"},
    }


def _tolerations(written: list[JsonObject]) -> list[JsonObject]:
    """A pod stays for five minutes on a node that is not ready, unless it says otherwise."""
    keys = {each.get("key") for each in written}
    return [*written, *(dict(each) for each in _TOLERATED if each["key"] not in keys)]


def _container(written: JsonObject) -> JsonObject:
    """With its defaults; a pod asks for what it is limited to."""
    container = {**_CONTAINER_DEFAULTS, **written}
    if limits := container["resources"].get("limits"):
        requests = limits | (container["resources"].get("requests") or {})
        container["resources"] = {**container["resources"], "requests": requests}
    return container


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
