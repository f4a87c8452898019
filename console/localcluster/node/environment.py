"""The environment that a container declares: values, fields, ConfigMaps and Secrets.

Reads objects through two look-ups and knows neither processes nor real paths.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from console.errors import ConsoleError
from console.localcluster.node.expansion import expand
from console.localcluster.store import JsonObject

Lookup = Callable[[str, str], JsonObject | None]
"""(resource, name) in the pod's namespace -> the object, or None."""


class ConfigMissing(ConsoleError):
    """A container refers to a ConfigMap, Secret or key that does not exist."""


def declared(container: JsonObject, pod: JsonObject, find: Lookup) -> dict[str, str]:
    """envFrom, then env; a value may refer to those before it. Raises ConfigMissing."""
    values: dict[str, str] = {}
    for source in container.get("envFrom", []):
        values.update(_from_source(source, find))
    for entry in container.get("env", []):
        if "valueFrom" in entry:
            value = _value_from(entry["valueFrom"], pod, container, find)
        else:
            value = expand(entry.get("value") or "", values)
        if value is not None:
            values[entry["name"]] = value
    return values


def field_value(pod: JsonObject, path: str) -> str:
    """The text of a downward-API field; empty when the pod does not have it (yet)."""
    meta, status = pod["metadata"], pod.get("status", {})
    if path.endswith("]") and "['" in path:
        group, key = path[:-2].split("['", 1)
        return str(meta.get(group.removeprefix("metadata."), {}).get(key, ""))
    known = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta.get("namespace", ""),
        "metadata.uid": meta["uid"],
        "metadata.labels": _pairs(meta.get("labels", {})),
        "metadata.annotations": _pairs(meta.get("annotations", {})),
        "spec.nodeName": pod["spec"].get("nodeName", ""),
        "spec.serviceAccountName": pod["spec"].get("serviceAccountName", ""),
        "status.podIP": status.get("podIP", ""),
        "status.podIPs": status.get("podIP", ""),
        "status.hostIP": status.get("hostIP", ""),
        "status.hostIPs": status.get("hostIP", ""),
    }
    return str(known.get(path, ""))


def contents(resource: str, obj: JsonObject) -> dict[str, bytes]:
    """The keys of a ConfigMap or Secret with their bytes."""
    text = obj.get("data") or {}
    if resource == "secrets":
        return {key: base64.b64decode(value) for key, value in text.items()}
    binary = obj.get("binaryData") or {}
    return {
        **{key: value.encode() for key, value in text.items()},
        **{key: base64.b64decode(value) for key, value in binary.items()},
    }


def _from_source(source: JsonObject, find: Lookup) -> dict[str, str]:
    for field, resource in (("configMapRef", "configmaps"), ("secretRef", "secrets")):
        if field in source:
            obj = _object(resource, source[field], find)
            prefix = source.get("prefix", "")
            keys = contents(resource, obj) if obj else {}
            return {f"{prefix}{key}": value.decode() for key, value in keys.items()}
    return {}


def _value_from(
    source: JsonObject, pod: JsonObject, container: JsonObject, find: Lookup
) -> str | None:
    if "fieldRef" in source:
        return field_value(pod, source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        kind, _, name = source["resourceFieldRef"]["resource"].partition(".")
        return str(container.get("resources", {}).get(kind, {}).get(name, "0"))
    for field, resource in (("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets")):
        if field in source:
            return _key(resource, source[field], find)
    return None


def _key(resource: str, reference: JsonObject, find: Lookup) -> str | None:
    obj = _object(resource, reference, find)
    if obj is None:
        return None
    value = contents(resource, obj).get(reference["key"])
    if value is None and not reference.get("optional"):
        kind = obj.get("kind", "object")
        where = f"{obj['metadata'].get('namespace', '')}/{reference['name']}"
        raise ConfigMissing(f"couldn't find key {reference['key']} in {kind} {where}")
    return None if value is None else value.decode()


def _object(resource: str, reference: JsonObject, find: Lookup) -> JsonObject | None:
    obj = find(resource, reference["name"])
    if obj is None and not reference.get("optional"):
        raise ConfigMissing(f'{resource[:-1]} "{reference["name"]}" not found')
    return obj


def _pairs(values: dict[str, str]) -> str:
    return "\n".join(f'{key}="{value}"' for key, value in sorted(values.items()))
