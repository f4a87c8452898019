"""How the halves of a pair get their GPU: what a cluster's profile says of it, put into a Job.

Three ways. `limits`: each simulator has a limit of one GPU, and both halves are told its index by
hand; it needs nvidia as the node's default runtime and no second submission on a node. `claims`:
one claim a pair, shared by its two containers, and the cluster chooses (dynamic resource
allocation). `shared`: GPUs that are cut into shares, one share for each half.

Where the cluster chooses, nothing is told by hand, and simulators are not privileged: a privileged
container sees every GPU of the node, whichever was allocated. Knows no cluster and no driver.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from console.specs import names, pod
from console.specs.mistakes import suggestion
from console.specs.plan import HALF, NUMBERED_HALF, OF_THE_PARTNER
from console.specs.pod import ContainerSpec
from console.specs.references import kind_of
from console.specs.tolerations import spelled, tolerations, tolerations_mistake
from console.specs.worker_files import SUBMISSION_LABELS

TOLD_BY_HAND = "NVIDIA_VISIBLE_DEVICES"
SHARED = "GPU_SHARED"
"""Tells the halves that pairs may meet on one GPU."""
CLASS_ANNOTATION = "leaderboard.carla.org/gpu-device-class"
"""On the Job: who resumes it makes the claims' template anew."""


class Way(StrEnum):
    """How GPUs are asked for."""

    LIMITS = "limits"
    CLAIMS = "claims"
    SHARED = "shared"


WAY, RESOURCE, DEVICE_CLASS = "cluster.gpus", "cluster.gpu_resource", "cluster.gpu_device_class"
RUNTIME_CLASS, TOLERATIONS = "cluster.runtime_class", "cluster.tolerations"
DEFAULTS = {
    WAY: Way.LIMITS.value,
    RESOURCE: "",
    DEVICE_CLASS: "gpu.nvidia.com",
    RUNTIME_CLASS: "",
    TOLERATIONS: "",
}
"""The values of a profile that concern GPUs, and what holds where it says nothing."""
_RESOURCES = {Way.LIMITS: "nvidia.com/gpu", Way.SHARED: "nvidia.com/gpu.shared"}


class GpuValues(msgspec.Struct, frozen=True):
    """What a profile says, each value sound."""

    way: Way
    resource: str
    device_class: str
    runtime_class: str
    tolerations: tuple[dict[str, Any], ...]


def gpu_values(said: Mapping[str, Any]) -> GpuValues:
    """Values by their paths; raises ValueError for what `value_mistake` complains about."""
    text = {path: str(said.get(path) or default) for path, default in DEFAULTS.items()}
    way = Way(text[WAY])
    return GpuValues(
        way,
        text[RESOURCE] or _RESOURCES.get(way, ""),
        text[DEVICE_CLASS],
        text[RUNTIME_CLASS],
        tuple(tolerations(said.get(TOLERATIONS))),
    )


def value_mistake(path: str, value: Any) -> str:
    """The sentence after the path's name; empty where the value is sound."""
    if value is None:
        return ""
    if path == TOLERATIONS:
        return tolerations_mistake(value)
    if not isinstance(value, str):
        return f"is {kind_of(value)}, but text is wanted"
    if path == WAY:
        near = suggestion(value, tuple(Way)).rstrip(".")
        return "" if value in tuple(Way) else f"is {value!r}; one of {', '.join(Way)}.{near}"
    if not value:
        return "is empty" if path == DEVICE_CLASS else ""
    if path == RESOURCE:
        return _resource_mistake(value)
    return names.subdomain(value)


def _resource_mistake(value: str) -> str:
    prefix, slash, _ = value.partition("/")
    if not slash or not prefix:
        return f"is {value!r}; a resource such as nvidia.com/gpu is wanted"
    return names.label_key(value)


def claim_template_name(job: str) -> str:
    """What the template of a Job's claims is called."""
    return f"{job}-gpu"


def claim_template(job: Mapping[str, Any]) -> dict[str, Any] | None:
    """The template of the claims that a Job's pod makes, None where it makes none."""
    metadata = pod.mapping(job.get("metadata"))
    chosen = pod.mapping(metadata.get("annotations")).get(CLASS_ANNOTATION)
    if not chosen:
        return None
    one = {"name": "gpu", "exactly": {"deviceClassName": chosen}}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaimTemplate",
        "metadata": {
            "name": claim_template_name(str(metadata.get("name"))),
            "namespace": metadata.get("namespace"),
            "labels": dict(SUBMISSION_LABELS),
        },
        "spec": {"spec": {"devices": {"requests": [one]}}},
    }


def set_gpus(manifest: dict[str, Any], values: GpuValues) -> None:
    """Let the Job ask for its GPUs this way, on nodes with this runtime and these taints."""
    spec = pod.pod_spec(manifest)
    if values.runtime_class:
        spec["runtimeClassName"] = values.runtime_class
    if values.tolerations:
        spec["tolerations"] = [*pod.items(spec.get("tolerations")), *values.tolerations]
    halves = [each for each in pod.containers(manifest) if HALF.fullmatch(each.name)]
    for half in halves:
        _ask(half, values)
    if values.way is Way.CLAIMS and halves:
        name = claim_template_name(str(pod.descend(manifest, ("metadata", "name"))))
        claims = dict.fromkeys(_claim_of(half) for half in halves)
        spec["resourceClaims"] = [
            {"name": claim, "resourceClaimTemplateName": name} for claim in claims
        ]
        annotations = manifest["metadata"].setdefault("annotations", {})
        annotations[CLASS_ANNOTATION] = values.device_class


def said_by(job: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, str]:
    """The values that `set_gpus` was given for a Job of that template."""
    spec, written = pod.pod_spec(job), pod.pod_spec(template)
    halves = [each for each in pod.containers(job) if HALF.fullmatch(each.name)]
    asked = [pod.mapping(each.content.get("resources")) for each in halves]
    limits = {key for each in asked for key in pod.mapping(each.get("limits")) if "/" in key}
    shared = any(SHARED in each.env for each in halves)
    way = Way.SHARED if shared else Way.LIMITS
    if any(each.get("claims") for each in asked):
        way = Way.CLAIMS
    resource = next((each for each in sorted(limits) if each != _RESOURCES.get(way)), "")
    added = [
        each
        for each in pod.items(spec.get("tolerations"))
        if each not in pod.items(written.get("tolerations"))
    ]
    chosen = pod.descend(job, ("metadata", "annotations", CLASS_ANNOTATION))
    return {
        WAY: way.value,
        RESOURCE: resource,
        DEVICE_CLASS: str(chosen or DEFAULTS[DEVICE_CLASS]),
        RUNTIME_CLASS: str(spec.get("runtimeClassName") or ""),
        TOLERATIONS: spelled(added),
    }


def rename_claims(manifest: dict[str, Any], name: str) -> None:
    """Let a Job that is sent again as `name` make its claims from a template of its own."""
    for claim in pod.items(pod.pod_spec(manifest).get("resourceClaims")):
        if "resourceClaimTemplateName" in claim:
            claim["resourceClaimTemplateName"] = claim_template_name(name)


def _ask(half: ContainerSpec, values: GpuValues) -> None:
    resources = dict(pod.mapping(half.content.get("resources")))
    limits = pod.mapping(resources.get("limits"))
    written = _RESOURCES[Way.LIMITS]
    if values.way is Way.LIMITS:
        wanted = {values.resource if key == written else key: limits[key] for key in limits}
        if not NUMBERED_HALF.fullmatch(half.name):
            _follow_the_simulator(half)
    else:
        wanted = {key: limits[key] for key in limits if key != written}
        _leave_to_the_cluster(half)
    if values.way is Way.SHARED:
        wanted[values.resource] = 1
        half.content["env"].append({"name": SHARED, "value": "1"})
    claims = [{"name": _claim_of(half)}] if values.way is Way.CLAIMS else []
    asked = {"limits": wanted, "claims": claims}
    resources |= {key: content for key, content in asked.items() if content}
    if "limits" in resources and not wanted:
        del resources["limits"]
    if resources:
        half.content["resources"] = resources
    else:
        half.content.pop("resources", None)


def _leave_to_the_cluster(half: ContainerSpec) -> None:
    told = pod.items(half.content.get("env"))
    half.content["env"] = [each for each in told if each.get("name") != TOLD_BY_HAND]
    security = pod.mapping(half.content.get("securityContext"))
    if security.get("privileged"):
        half.content["securityContext"] = {
            "allowPrivilegeEscalation": False,
            "seccompProfile": {"type": "RuntimeDefault"},
        }


def _follow_the_simulator(half: ContainerSpec) -> None:
    """The plug-in gives the GPU of such a pod to its simulator, which alone knows the one."""
    _leave_to_the_cluster(half)
    if half.name == "agent":
        told = ((TOLD_BY_HAND, "all"), (OF_THE_PARTNER, "1"))
        half.content["env"] += [{"name": name, "value": value} for name, value in told]


def _claim_of(half: ContainerSpec) -> str:
    """One for both halves of a pair, which in a pod of its own has no number."""
    number = NUMBERED_HALF.fullmatch(half.name)
    return f"gpu-{number[2]}" if number else "gpu"
