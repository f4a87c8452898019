"""How the small kinds are printed, and every kind that has no printer of its own."""

from __future__ import annotations

from datetime import datetime

from console.localcluster.api.kubectl.tables.columns import (
    AGE,
    NAME,
    NONE,
    Cell,
    Column,
    Printer,
    age,
)
from console.localcluster.changes import JsonObject

_CORE = "io.k8s.api.core.v1"


def _name(obj: JsonObject) -> str:
    return str(obj["metadata"].get("name", ""))


def _generic(obj: JsonObject, now: datetime) -> tuple[Cell, ...]:
    return _name(obj), age(obj, now)


def _configmap(obj: JsonObject, now: datetime) -> tuple[Cell, ...]:
    entries = len(obj.get("data") or {}) + len(obj.get("binaryData") or {})
    return _name(obj), entries, age(obj, now)


def _namespace(obj: JsonObject, now: datetime) -> tuple[Cell, ...]:
    return _name(obj), obj.get("status", {}).get("phase", ""), age(obj, now)


def _secret(obj: JsonObject, now: datetime) -> tuple[Cell, ...]:
    return _name(obj), obj.get("type", ""), len(obj.get("data") or {}), age(obj, now)


def _service(obj: JsonObject, now: datetime) -> tuple[Cell, ...]:
    spec = obj.get("spec", {})
    ports = (f"{p['port']}/{p.get('protocol', 'TCP')}" for p in spec.get("ports", []))
    selector = spec.get("selector") or {}
    return (
        _name(obj),
        spec.get("type", ""),
        spec.get("clusterIP") or NONE,
        NONE,
        ",".join(ports) or NONE,
        age(obj, now),
        ",".join(f"{key}={selector[key]}" for key in sorted(selector)) or NONE,
    )


def _binding(obj: JsonObject, now: datetime) -> tuple[Cell, ...]:
    role = obj.get("roleRef", {})
    return _name(obj), f"{role.get('kind', '')}/{role.get('name', '')}", age(obj, now)


_BINDING = Printer((NAME, Column("Role", "io.k8s.api.rbac.v1.RoleBinding#roleRef"), AGE), _binding)

GENERIC = Printer((NAME, AGE), _generic)

SIMPLE: dict[str, Printer] = {
    "configmaps": Printer((NAME, Column("Data", f"{_CORE}.ConfigMap#data"), AGE), _configmap),
    "namespaces": Printer((NAME, Column("Status", "The status of the namespace"), AGE), _namespace),
    "secrets": Printer(
        (NAME, Column("Type", f"{_CORE}.Secret#type"), Column("Data", f"{_CORE}.Secret#data"), AGE),
        _secret,
    ),
    "services": Printer(
        (
            NAME,
            Column("Type", f"{_CORE}.ServiceSpec#type"),
            Column("Cluster-IP", f"{_CORE}.ServiceSpec#clusterIP"),
            Column("External-IP", f"{_CORE}.ServiceSpec#externalIPs"),
            Column("Port(s)", f"{_CORE}.ServiceSpec#ports"),
            AGE,
            Column("Selector", f"{_CORE}.ServiceSpec#selector", wide=True),
        ),
        _service,
    ),
    "clusterrolebindings": _BINDING,
    "rolebindings": _BINDING,
}
