"""How a Node is printed."""

from __future__ import annotations

from datetime import datetime

from console.localcluster.api.kubectl.tables.columns import (
    AGE,
    NAME,
    NONE,
    UNKNOWN,
    Cell,
    Column,
    Printer,
    age,
)
from console.localcluster.changes import JsonObject

_CORE = "io.k8s.api.core.v1"
_ROLE = "node-role.kubernetes.io/"

_COLUMNS = (
    NAME,
    Column("Status", "The status of the node"),
    Column("Roles", "The roles of the node"),
    AGE,
    Column("Version", f"{_CORE}.NodeSystemInfo#kubeletVersion"),
    Column("Internal-IP", f"{_CORE}.NodeStatus#addresses", wide=True),
    Column("External-IP", f"{_CORE}.NodeStatus#addresses", wide=True),
    Column("OS-Image", f"{_CORE}.NodeSystemInfo#osImage", wide=True),
    Column("Kernel-Version", f"{_CORE}.NodeSystemInfo#kernelVersion", wide=True),
    Column("Container-Runtime", f"{_CORE}.NodeSystemInfo#containerRuntimeVersion", wide=True),
)


def _cells(node: JsonObject, now: datetime) -> tuple[Cell, ...]:
    facts = node.get("status", {}).get("nodeInfo", {})
    return (
        node["metadata"].get("name", ""),
        _status(node),
        _roles(node["metadata"].get("labels", {})),
        age(node, now),
        facts.get("kubeletVersion", ""),
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        facts.get("osImage") or UNKNOWN,
        _kernel(facts),
        facts.get("containerRuntimeVersion") or UNKNOWN,
    )


def _status(node: JsonObject) -> str:
    ready = [c for c in node.get("status", {}).get("conditions", []) if c["type"] == "Ready"]
    if not ready:
        word = "Unknown"
    else:
        word = "Ready" if ready[0]["status"] == "True" else "NotReady"
    return f"{word},SchedulingDisabled" if node.get("spec", {}).get("unschedulable") else word


def _roles(labels: dict[str, str]) -> str:
    roles = sorted(key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE))
    return ",".join(roles) or NONE


def _address(node: JsonObject, kind: str) -> str:
    addresses = node.get("status", {}).get("addresses", [])
    return next((a["address"] for a in addresses if a["type"] == kind), NONE)


def _kernel(facts: JsonObject) -> str:
    kernel, architecture = facts.get("kernelVersion"), facts.get("architecture")
    if not kernel:
        return UNKNOWN
    return f"{kernel} ({architecture})" if architecture else str(kernel)


NODES = Printer(_COLUMNS, _cells)
