"""The rules about a pod's spec as a whole: containers by name, volumes, restart policy."""

from __future__ import annotations

from console.kubernetes_grammar.object_rules import sources_of
from console.localcluster.api.failures import (
    Cause,
    duplicate,
    forbidden,
    invalid,
    required,
)
from console.localcluster.api.validation.container import check_container
from console.localcluster.api.validation.words import dns_label, dns_subdomain
from console.localcluster.changes import JsonObject

_MUTABLE = ("activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations", "nodeName")
_CHANGE_RULE = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only"
    " additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set"
    " to 1 if it was previously negative)"
)


def check_pod_spec(spec: JsonObject, path: str) -> list[Cause]:
    """Everything wrong with a pod's spec at `path`."""
    volumes = {volume.get("name", "") for volume in spec.get("volumes") or []}
    causes = _check_volumes(spec.get("volumes") or [], f"{path}.volumes")
    causes += _check_containers(spec, path, volumes)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        grace = spec["terminationGracePeriodSeconds"]
        field = f"{path}.terminationGracePeriodSeconds"
        causes.append(invalid(field, grace, "must be greater than or equal to 0"))
    if account := spec.get("serviceAccountName"):
        causes += dns_subdomain(f"{path}.serviceAccountName", account)
    return causes


def check_pod_update(pod: JsonObject, current: JsonObject) -> list[Cause]:
    """A pod's spec is all but fixed."""
    if _fixed_part(pod["spec"]) == _fixed_part(current["spec"]):
        return []
    return [forbidden("spec", _CHANGE_RULE)]


def _fixed_part(spec: JsonObject) -> JsonObject:
    fixed = {key: value for key, value in spec.items() if key not in _MUTABLE}
    for group in ("initContainers", "containers"):
        if group in fixed:
            fixed[group] = [{**container, "image": ""} for container in fixed[group]]
    return fixed


def _check_containers(spec: JsonObject, path: str, volumes: set[str]) -> list[Cause]:
    if not spec.get("containers"):
        return [required(f"{path}.containers")]
    causes: list[Cause] = []
    seen: set[str] = set()
    for group in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(group) or []):
            field, name = f"{path}.{group}[{index}]", container.get("name", "")
            if name in seen:
                causes.append(duplicate(f"{field}.name", name))
            seen.add(name)
            causes += check_container(container, field, volumes)
    return causes + _check_host_ports(spec, path)


def _check_host_ports(spec: JsonObject, path: str) -> list[Cause]:
    causes, seen = [], set()
    for index, container in enumerate(spec["containers"]):
        for number, port in enumerate(container.get("ports") or []):
            host = port.get("hostPort")
            key = (host, port.get("protocol"), port.get("hostIP", ""))
            if host and key in seen:
                field = f"{path}.containers[{index}].ports[{number}].hostPort"
                causes.append(duplicate(field, f"{key[2]}/{key[1]}/{host}"))
            seen.add(key)
    return causes


def _check_volumes(volumes: list[JsonObject], path: str) -> list[Cause]:
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        field, name = f"{path}[{index}]", volume.get("name", "")
        causes += dns_label(f"{field}.name", name) if name else []
        if name in seen:
            causes.append(duplicate(f"{field}.name", name))
        seen.add(name)
        for extra in sources_of(volume)[1:]:
            text = "may not specify more than 1 volume type"
            causes.append(forbidden(f"{field}.{extra}", text))
        causes += _check_source(volume, field)
    return causes


def _check_source(volume: JsonObject, field: str) -> list[Cause]:
    if "configMap" in volume and not (volume["configMap"] or {}).get("name"):
        return [required(f"{field}.configMap.name")]
    if "secret" in volume and not (volume["secret"] or {}).get("secretName"):
        return [required(f"{field}.secret.secretName")]
    return []
