"""A pod's volumes as real directories, and a container's mounts inside them.

Refuses to know: PersistentVolumeClaims, CSI, service account tokens. Later changes of a ConfigMap
do not reach a running pod, and a read-only mount is not enforced.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from console.errors import ConsoleError
from console.localcluster.node.environment import Lookup, contents, field_value
from console.localcluster.node.expansion import expand
from console.localcluster.store import JsonObject

_UNSUPPORTED = "the embedded cluster has only configMap, secret, emptyDir, hostPath, downwardAPI"


class VolumeNotReady(ConsoleError):
    """A volume cannot be set up (yet); the message is the kubelet's."""


def set_up(pod: JsonObject, folder: Path, host: Path, find: Lookup) -> dict[str, Path]:
    """The real place of every volume of the pod, made under `folder`. Raises VolumeNotReady.

    A hostPath is the simulated node's where it has it under `host`, else the real host's; one that
    neither has becomes a directory under `host`.
    """
    return {
        volume["name"]: _volume(volume, pod, folder / volume["name"], host, find)
        for volume in pod["spec"].get("volumes", [])
    }


def mounts(
    container: JsonObject, volumes: Mapping[str, Path], env: Mapping[str, str]
) -> dict[str, Path]:
    """mountPath -> real place. A subPath that is not there yet becomes a directory, mode 0777."""
    places = {}
    for mount in container.get("volumeMounts", []):
        source = volumes.get(mount["name"])
        if source is None:
            raise VolumeNotReady(f'the pod has no volume "{mount["name"]}"')
        below = mount.get("subPath") or expand(mount.get("subPathExpr", ""), env)
        places[mount["mountPath"]] = _open_directory(source, below) if below else source
    return places


def _volume(volume: JsonObject, pod: JsonObject, place: Path, host: Path, find: Lookup) -> Path:
    name = volume["name"]
    if "hostPath" in volume:
        wanted = Path(volume["hostPath"]["path"])
        below = str(wanted).lstrip("/")
        real = wanted.exists() and not (host / below).exists()
        return wanted if real else _open_directory(host, below)
    _open_directory(place.parent, place.name)
    if "projected" in volume:
        for source in volume["projected"].get("sources", []):
            _write_source(name, source, volume["projected"]["defaultMode"], pod, place, find)
    elif not (volume.keys() <= {"name", "emptyDir"}):
        (told,) = (volume[key] for key in volume if key != "name")
        _write_source(name, volume, told.get("defaultMode", 0), pod, place, find)
    return place


def _write_source(
    name: str, source: JsonObject, mode: int, pod: JsonObject, place: Path, find: Lookup
) -> None:
    if "configMap" in source:
        wanted = source["configMap"]
        _write_keys(name, "configmaps", wanted, wanted.get("name", ""), mode, place, find)
    elif "secret" in source:
        wanted = source["secret"]
        named = wanted.get("secretName") or wanted.get("name", "")
        _write_keys(name, "secrets", wanted, named, mode, place, find)
    elif "downwardAPI" in source:
        for item in source["downwardAPI"].get("items", []):
            text = field_value(pod, item.get("fieldRef", {}).get("fieldPath", ""))
            _write(place, item["path"], text.encode(), item.get("mode", mode))
    elif "serviceAccountToken" not in source:
        raise VolumeNotReady(f'MountVolume.SetUp failed for volume "{name}" : {_UNSUPPORTED}')


def _write_keys(
    volume: str,
    resource: str,
    wanted: JsonObject,
    named: str,
    mode: int,
    place: Path,
    find: Lookup,
) -> None:
    obj = find(resource, named)
    if obj is None:
        if wanted.get("optional"):
            return
        cause = f'{resource[:-1]} "{named}" not found'
        raise VolumeNotReady(f'MountVolume.SetUp failed for volume "{volume}" : {cause}')
    keys = contents(resource, obj)
    items = wanted.get("items") or [{"key": key, "path": key} for key in keys]
    for item in _present(volume, items, keys, bool(wanted.get("optional"))):
        _write(place, item["path"], keys[item["key"]], item.get("mode", mode))


def _present(
    volume: str, items: Iterable[JsonObject], keys: Mapping[str, bytes], optional: bool
) -> list[JsonObject]:
    found = list(items)
    missing = [item["key"] for item in found if item["key"] not in keys]
    if missing and not optional:
        cause = f"references non-existent config key: {missing[0]}"
        raise VolumeNotReady(f'MountVolume.SetUp failed for volume "{volume}" : {cause}')
    return [item for item in found if item["key"] in keys]


def _write(place: Path, path: str, text: bytes, mode: int) -> None:
    target = place / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text)
    target.chmod(mode)


def _open_directory(parent: Path, below: str) -> Path:
    """`parent/below`, every directory that had to be made with mode 0777."""
    place = parent
    for part in Path(below).parts:
        if part in ("..", "/"):
            raise VolumeNotReady(f"a path inside a volume must stay inside it: {below}")
        place = place / part
        if not place.exists():
            place.mkdir(parents=True)
            os.chmod(place, 0o777)
    return place
