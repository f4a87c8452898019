"""ResourceClaims of pods: made from their templates, each with a GPU of its own on a node.

Stands for the claims' controller, the scheduler's part in them and what a DRA driver publishes.
Whole GPUs of one class; refuses to know selectors, counts, and claims that nobody's template made.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.localcluster.deletion import is_finished
from console.localcluster.store import JsonObject, Store

CLASS = "gpu.nvidia.com"
GPU, SHARE = "nvidia.com/gpu", "nvidia.com/gpu.shared"
"""What the device plug-in offers: whole GPUs, and parts of one."""
_CLAIMS, _TEMPLATES = "resourceclaims", "resourceclaimtemplates"
_NAME = "resource.kubernetes.io/pod-claim-name"
_VERSION = "resource.k8s.io/v1"


def claims_of(pod: JsonObject) -> list[JsonObject]:
    """The claims that a pod's spec asks for."""
    return list(pod["spec"].get("resourceClaims") or [])


def why_no_claims(store: Store, pod: JsonObject) -> str:
    """What keeps the pod's claims from being made or met by any node; empty when nothing does."""
    namespace = pod["metadata"]["namespace"]
    for asked in claims_of(pod):
        name = str(asked.get("resourceClaimTemplateName"))
        template = store.find(_TEMPLATES, namespace, name)
        if template is None:
            return f'resourceclaimtemplates.resource.k8s.io "{name}" not found'
        if (chosen := _class_of(template)) != CLASS:
            return f"device class {chosen} does not exist"
    return ""


def allocate(store: Store, pod: JsonObject, node: str, count: int) -> None:
    """Make the pod's claims, which it owns, each with a GPU that no other claim has.

    From the last one down: the device plug-in gives from the first one up.
    """
    meta = pod["metadata"]
    live = {each["metadata"]["uid"] for each in store.list("pods") if not is_finished(each)}
    there = [claim for claim in store.list(_CLAIMS) if _device_of(claim)["pool"] == node]
    taken = {_index_of(claim) for claim in there if _pod_of(claim) in live}
    free = [index for index in reversed(range(count)) if index not in taken]
    for asked, index in zip(claims_of(pod), free, strict=False):
        template = store.get(_TEMPLATES, meta["namespace"], asked["resourceClaimTemplateName"])
        store.create(_CLAIMS, _claim(pod, asked["name"], template, node, index))


def claimed_gpus(store: Store, pod: JsonObject, container: JsonObject) -> tuple[int, ...]:
    """The GPUs of the claims that a container has."""
    names = {each["name"] for each in container.get("resources", {}).get("claims") or []}
    own = _owned(store.list(_CLAIMS, pod["metadata"]["namespace"]), pod["metadata"]["uid"])
    named = {claim["metadata"]["annotations"][_NAME]: _index_of(claim) for claim in own}
    return tuple(index for name, index in named.items() if name in names)


def _owned(claims: Iterable[JsonObject], uid: str) -> list[JsonObject]:
    return [c for c in claims if any(o["uid"] == uid for o in c["metadata"]["ownerReferences"])]


def _class_of(template: JsonObject) -> str:
    requests = template["spec"]["spec"].get("devices", {}).get("requests") or [{}]
    return str(requests[0].get("exactly", {}).get("deviceClassName"))


def _pod_of(claim: JsonObject) -> str:
    return str(claim["status"]["reservedFor"][0]["uid"])


def _device_of(claim: JsonObject) -> JsonObject:
    device: JsonObject = claim["status"]["allocation"]["devices"]["results"][0]
    return device


def _index_of(claim: JsonObject) -> int:
    return int(str(_device_of(claim)["device"]).removeprefix("gpu-"))


def _claim(pod: JsonObject, name: str, template: JsonObject, node: str, index: int) -> JsonObject:
    meta = pod["metadata"]
    result = {"request": "gpu", "driver": CLASS, "pool": node, "device": f"gpu-{index}"}
    return {
        "apiVersion": _VERSION,
        "kind": "ResourceClaim",
        "metadata": {
            "generateName": f"{meta['name']}-{name}-",
            "namespace": meta["namespace"],
            "annotations": {_NAME: name},
            "ownerReferences": [
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "name": meta["name"],
                    "uid": meta["uid"],
                    "controller": True,
                }
            ],
        },
        "spec": template["spec"]["spec"],
        "status": {
            "allocation": {"devices": {"results": [result]}},
            "reservedFor": [{"resource": "pods", "name": meta["name"], "uid": meta["uid"]}],
        },
    }
