"""The rules about a pod's spec as a whole: containers by name, volumes, restart policy."""

from __future__ import annotations

from console.kubernetes_grammar.object_rules import (
    LEAST_OF_POD,
    PathFault,
    climbs,
    path_faults,
    repeats,
    sources_of,
    too_small,
)
from console.localcluster.api.refusals import (
    StatusCause,
    duplicate,
    forbidden,
    invalid,
    required,
)
from console.localcluster.api.validation.container import check_container
from console.localcluster.api.validation.words import PATH_WORDS, dns_label, dns_subdomain
from console.localcluster.changes import JsonObject

_MUTABLE = ("activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations", "nodeName")
_CHANGE_RULE = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only"
    " additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set"
    " to 1 if it was previously negative)"
)
_LEAST_WORDS = {
    0: "must be greater than or equal to 0",
    1: "must be between 1 and 2147483647, inclusive",
}


def check_pod_spec(spec: JsonObject, path: str) -> list[StatusCause]:
    """Everything wrong with a pod's spec at `path`."""
    volumes = {volume.get("name", "") for volume in spec.get("volumes") or []}
    causes = _check_volumes(spec.get("volumes") or [], f"{path}.volumes")
    causes += _check_containers(spec, path, volumes)
    for field, number in too_small(spec, LEAST_OF_POD):
        causes.append(invalid(f"{path}.{field}", number, _LEAST_WORDS[LEAST_OF_POD[field]]))
    if account := spec.get("serviceAccountName"):
        causes += dns_subdomain(f"{path}.serviceAccountName", account)
    return causes


def check_pod_update(pod: JsonObject, current: JsonObject) -> list[StatusCause]:
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


def _check_containers(spec: JsonObject, path: str, volumes: set[str]) -> list[StatusCause]:
    if not spec.get("containers"):
        return [required(f"{path}.containers")]
    placed = [
        (f"{path}.{group}[{index}]", container)
        for group in ("initContainers", "containers")
        for index, container in enumerate(spec.get(group) or [])
    ]
    names = [container.get("name", "") for _, container in placed]
    causes = [duplicate(f"{placed[index][0]}.name", names[index]) for index in repeats(names)]
    for field, container in placed:
        causes += check_container(container, field, volumes)
    return causes + _check_host_ports(spec, path)


def _check_host_ports(spec: JsonObject, path: str) -> list[StatusCause]:
    ports = [
        (f"{path}.containers[{index}].ports[{number}].hostPort", port)
        for index, container in enumerate(spec["containers"])
        for number, port in enumerate(container.get("ports") or [])
        if port.get("hostPort")
    ]
    keys = [f"{p.get('hostIP', '')}/{p.get('protocol')}/{p['hostPort']}" for _, p in ports]
    return [duplicate(ports[index][0], keys[index]) for index in repeats(keys)]


def _check_volumes(volumes: list[JsonObject], path: str) -> list[StatusCause]:
    names = [volume.get("name", "") for volume in volumes]
    causes = [duplicate(f"{path}[{index}].name", names[index]) for index in repeats(names)]
    for index, volume in enumerate(volumes):
        field = f"{path}[{index}]"
        causes += dns_label(f"{field}.name", names[index]) if names[index] else []
        for extra in sources_of(volume)[1:]:
            text = "may not specify more than 1 volume type"
            causes.append(forbidden(f"{field}.{extra}", text))
        causes += _check_source(volume, field)
    return causes


def _check_source(volume: JsonObject, field: str) -> list[StatusCause]:
    causes = []
    for source, key in (("configMap", "name"), ("secret", "secretName")):
        if source in volume and not volume[source].get(key):
            causes.append(required(f"{field}.{source}.{key}"))
        for index, item in enumerate((volume.get(source) or {}).get("items") or []):
            place, path = f"{field}.{source}.items[{index}].path", item.get("path", "")
            causes += [invalid(place, path, PATH_WORDS[fault]) for fault in path_faults(path)]
    if climbs(path := (volume.get("hostPath") or {}).get("path", "")):
        causes.append(invalid(f"{field}.hostPath.path", path, PATH_WORDS[PathFault.CLIMBS]))
    return causes
