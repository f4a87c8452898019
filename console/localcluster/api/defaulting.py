"""The values a Kubernetes API server fills in for Jobs, Pods and Secrets. Changes in place.

The values are those of the published schema. Written here is which of them a server fills in, and
what depends on neighbours (the policy of an image's tag, a request's limit) or is nowhere told.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from console.localcluster.api.schemas import default, each_part, fill
from console.localcluster.changes import JsonObject

_JOB, _CORE = "io.k8s.api.batch.v1.JobSpec", "io.k8s.api.core.v1"
_POD, _CONTAINER = f"{_CORE}.PodSpec", f"{_CORE}.Container"
_FILLED: dict[str, tuple[str, ...]] = {
    _POD: ("terminationGracePeriodSeconds", "dnsPolicy", "securityContext"),
    _CONTAINER: ("resources", "terminationMessagePath", "terminationMessagePolicy"),
    f"{_CORE}.ContainerPort": ("protocol",),
    f"{_CORE}.Probe": ("timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"),
    f"{_CORE}.HTTPGetAction": ("scheme",),
    f"{_CORE}.ObjectFieldSelector": ("apiVersion",),
    f"{_CORE}.ConfigMapVolumeSource": ("defaultMode",),
    f"{_CORE}.SecretVolumeSource": ("defaultMode",),
    f"{_CORE}.DownwardAPIVolumeSource": ("defaultMode",),
    f"{_CORE}.HostPathVolumeSource": ("type",),
}
"""Schema -> which of the defaults that it tells a server writes into the object.

The schema does not say which: it tells `hostNetwork: Default to false` in the same words, and a
server leaves that out.
"""
_NEVER_LIMIT = 2**31 - 1
_TOLERATED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def default_job(job: JsonObject) -> None:
    """Everything but selector and labels, which need the uid (see own_pods)."""
    spec = job["spec"]
    completions, parallelism = spec.get("completions"), spec.get("parallelism")
    if completions is None and parallelism is None:
        spec["completions"] = 1
    if parallelism is None:
        spec["parallelism"] = 1
    if spec.get("backoffLimitPerIndex") is not None:
        # Each index has its own: that of the whole Job is not to end it before.
        spec.setdefault("backoffLimit", _NEVER_LIMIT)
    fill(spec, _JOB, "backoffLimit", "completionMode", "suspend")
    spec.setdefault("manualSelector", False)
    replacement = "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed"
    spec.setdefault("podReplacementPolicy", replacement)
    default_pod_spec(spec["template"].setdefault("spec", {}))


def own_pods(job: JsonObject, uid: str) -> None:
    """The selector on the Job's uid, and the labels that its pods carry.

    A Job without labels of its own takes all of its template's.
    """
    spec, name = job["spec"], job["metadata"]["name"]
    owned = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    if spec.get("manualSelector"):
        return
    template = spec["template"].setdefault("metadata", {})
    labels = template.get("labels") or {}
    template["labels"] = labels | owned
    if not job["metadata"].get("labels"):
        job["metadata"]["labels"] = labels | owned
    spec.setdefault("selector", selector_of(uid))


def selector_of(uid: str) -> JsonObject:
    """The selector of a Job that chose none."""
    return {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}


def default_pod(pod: JsonObject) -> None:
    """A pod, made by whomever: what a Job's template gets too, and what admission adds to pods."""
    spec = pod.setdefault("spec", {})
    fill(spec, _POD, "restartPolicy", "enableServiceLinks", "preemptionPolicy")
    default_pod_spec(spec)
    default_requests(spec)
    spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = spec["serviceAccountName"]
    spec.setdefault("priority", 0)
    tolerations = spec.setdefault("tolerations", [])
    tolerated = {toleration.get("key") for toleration in tolerations}
    for key in _TOLERATED:
        if key not in tolerated:
            rule = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
            tolerations.append({"key": key} | rule)
    pod["status"] = {"phase": "Pending", "qosClass": quality_of_service(spec)}


def default_pod_spec(spec: JsonObject) -> None:
    """The defaults of a pod's spec, wherever it stands."""
    spec.setdefault("schedulerName", "default-scheduler")
    if "serviceAccountName" in spec:
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for name, part in list(each_part(spec, _POD)):
        fill(part, name, *_FILLED.get(name, ()))
        if rest := _UNTOLD.get(name):
            rest(part)


def default_requests(spec: JsonObject) -> None:
    """A pod asks for what it is limited to; a Job's template stays as it was written."""
    for group in ("initContainers", "containers"):
        for container in spec.get(group) or []:
            resources = container.get("resources") or {}
            if limits := resources.get("limits"):
                resources["requests"] = limits | (resources.get("requests") or {})


def quality_of_service(spec: JsonObject) -> str:
    """BestEffort, Burstable or Guaranteed, from the cpu and memory of all containers."""
    groups = [spec.get("initContainers") or [], spec.get("containers") or []]
    resources = [c.get("resources") or {} for group in groups for c in group]
    pairs = [(r.get("requests") or {}, r.get("limits") or {}) for r in resources]
    counted = ("cpu", "memory")
    if not any(name in side for pair in pairs for side in pair for name in counted):
        return "BestEffort"
    full = all(
        name in limits and requests.get(name, limits[name]) == limits[name]
        for requests, limits in pairs
        for name in counted
    )
    return "Guaranteed" if full else "Burstable"


def _pull_policy(container: JsonObject) -> None:
    image = container.get("image", "")
    tag = image.rpartition("/")[2].partition(":")[2]
    latest = "@" not in image and tag in ("", "latest")
    container.setdefault("imagePullPolicy", "Always" if latest else "IfNotPresent")


def _source_of_volume(volume: JsonObject) -> None:
    if not set(volume) - {"name"}:
        volume["emptyDir"] = {}


def _projected_mode(source: JsonObject) -> None:
    source.setdefault("defaultMode", default(f"{_CORE}.ConfigMapVolumeSource", "defaultMode"))


_UNTOLD: dict[str, Callable[[JsonObject], object]] = {
    _CONTAINER: _pull_policy,
    f"{_CORE}.HTTPGetAction": lambda action: action.setdefault("path", "/"),
    f"{_CORE}.Volume": _source_of_volume,
    f"{_CORE}.ProjectedVolumeSource": _projected_mode,
}
"""What a server fills in by a rule, or without a word about it in the schema."""


def default_secret(obj: JsonObject) -> None:
    """What was written as text is stored as the other values are, and is never shown as text."""
    data = obj.get("data") or {}
    for key, text in (obj.pop("stringData", None) or {}).items():
        data[key] = base64.b64encode(str(text).encode()).decode()
    if data:
        obj["data"] = data
