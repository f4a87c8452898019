"""Volumes and mounts, and which file of a container lies where in which volume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

from console.kubernetes_grammar.object_rules import (
    PathFault,
    climbs,
    path_faults,
    repeats,
    sources_of,
    sub_path_faults,
)
from console.specs import names
from console.specs.checks.findings import JobFinding
from console.specs.document_places import Place
from console.specs.mistakes import suggestion
from console.specs.pod import POD, ContainerSpec, all_containers, descend, items, mapping, pod_spec

_PATH_WORDS = {
    PathFault.ABSOLUTE: "must be relative",
    PathFault.CLIMBS: "must not contain ..",
    PathFault.TOLD_TWICE: "has subPath and subPathExpr",
}


def check_volumes(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Every volume, and every mount of every container."""
    volumes = items(pod_spec(manifest).get("volumes"))
    known = [str(volume.get("name", "")) for volume in volumes]
    again = set(repeats(known))
    for index, (name, volume) in enumerate(zip(known, volumes, strict=True)):
        place: Place = (*POD, "volumes", index)
        if wrong := names.dns_label(name):
            yield JobFinding((*place, "name"), f"The volume's name {wrong}.")
        if index in again:
            yield JobFinding((*place, "name"), f"A volume {name} is there already.")
        yield from _source(volume, place)
    for container in all_containers(manifest):
        yield from _mounts(container, set(known))


def _source(volume: Mapping[str, Any], place: Place) -> Iterator[JobFinding]:
    sources = sources_of(volume)
    if len(sources) != 1:
        found = " and ".join(sources) or "no source"
        yield JobFinding(place, f"The volume has {found}; exactly one source is wanted.")
    host = descend(volume, ("hostPath", "path"))
    if host is not None and (not str(host).startswith("/") or climbs(str(host))):
        yield JobFinding(
            (*place, "hostPath", "path"), "The host's path must be absolute, without .."
        )
    for index, item in enumerate(items(mapping(volume.get("configMap")).get("items"))):
        path, at = str(item.get("path", "")), (*place, "configMap", "items", index, "path")
        if not path:
            yield JobFinding(at, "The path is empty.")
        for fault in path_faults(path):
            yield JobFinding(at, f"The path {path!r} {_PATH_WORDS[fault]}.")


def _mounts(container: ContainerSpec, volumes: set[str]) -> Iterator[JobFinding]:
    again = set(repeats(normpath(str(mount.get("mountPath", ""))) for mount in container.mounts))
    for index, mount in enumerate(container.mounts):
        place: Place = (*container.place, "volumeMounts", index)
        name, path = str(mount.get("name", "")), str(mount.get("mountPath", ""))
        if name not in volumes:
            what = f"There is no volume {name}.{suggestion(name, volumes)}"
            yield JobFinding((*place, "name"), what)
        if not path.startswith("/") or ":" in path or climbs(path):
            what = f"The mount path {path!r} must be absolute, without : and .."
            yield JobFinding((*place, "mountPath"), what)
        if index in again:
            yield JobFinding((*place, "mountPath"), f"{container.name} mounts {path} twice.")
        yield from _sub_path(mount, place)


def _sub_path(mount: Mapping[str, Any], place: Place) -> Iterator[JobFinding]:
    for field, fault in sub_path_faults(mount):
        if fault is PathFault.TOLD_TWICE:
            yield JobFinding(place, f"The mount {_PATH_WORDS[fault]}.", "Keep one of them.")
        else:
            what = f"The sub-path {mount[field]!r} {_PATH_WORDS[fault]}."
            yield JobFinding((*place, field), what)


def located(container: ContainerSpec, path: str) -> str | None:
    """Where a container's path really lies: `<volume>/<path in the volume>`; None outside all."""
    path = normpath(path)
    inside = [
        mount
        for mount in container.mounts
        if (path + "/").startswith(normpath(str(mount.get("mountPath", ""))).rstrip("/") + "/")
    ]
    if not inside:
        return None
    mount = max(inside, key=lambda each: len(normpath(str(each.get("mountPath", "")))))
    rest = path[len(normpath(str(mount.get("mountPath", "")))) :]
    return normpath(f"{mount.get('name')}/{mount.get('subPath') or ''}/{rest}")


def check_worker_files(
    manifest: Mapping[str, Any], config_map: Mapping[str, Any]
) -> Iterator[JobFinding]:
    """Whether the volume asks for what the ConfigMap has, and commands for what is mounted."""
    keys = mapping(config_map.get("data"))
    name = descend(config_map, ("metadata", "name"))
    paths: dict[str, set[str]] = {}
    for index, volume in enumerate(items(pod_spec(manifest).get("volumes"))):
        source = mapping(volume.get("configMap"))
        if source.get("name") != name:
            continue
        paths[str(volume.get("name"))] = {
            str(item.get("path")) for item in items(source.get("items"))
        }
        for number, item in enumerate(items(source.get("items"))):
            key = str(item.get("key"))
            if key not in keys:
                place: Place = (*POD, "volumes", index, "configMap", "items", number, "key")
                what = f"The ConfigMap {name} has no key {key}.{suggestion(key, keys)}"
                yield JobFinding(place, what)
    if not paths:
        yield JobFinding((*POD, "volumes"), f"No volume holds the workers' ConfigMap {name}.")
    for container in all_containers(manifest):
        yield from _commands(container, paths)


def _commands(container: ContainerSpec, paths: Mapping[str, set[str]]) -> Iterator[JobFinding]:
    command = container.content.get("command")
    for index, word in enumerate(command if isinstance(command, list) else []):
        where = located(container, str(word)) if str(word).startswith("/") else None
        volume, _, path = (where or "").partition("/")
        if volume in paths and path not in paths[volume]:
            near = suggestion(path, paths[volume])
            place: Place = (*container.place, "command", index)
            yield JobFinding(place, f"The workers' ConfigMap has no {path}.{near}")
