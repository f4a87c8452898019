"""The workers' programs inside the Job itself, for where nobody makes their ConfigMap.

The init container that would have mounted them gets them as arguments and unpacks them into an
empty volume; everything else finds them where it always does. Knows not who sends the Job.
"""

from __future__ import annotations

import base64
import gzip
import io
import shlex
import tarfile
from collections.abc import Iterator, Mapping
from typing import Any

from console.errors import InvalidInput
from console.specs import pod

_PIECE = 60_000
"""Characters of one argument: Linux takes 131,071 bytes, whatever all of them may have."""
_UNPACK = (
    'printf %s "$@" | base64 -d | gzip -dc | tar -xf - -C {folder} && exec {command}'
    " || {{ echo 'the image lacks base64, gzip or tar, or the volume is full' >&2; exit 1; }}"
)
"""All three are in every Debian, Ubuntu and busybox image; Python need not be."""


def embed(manifest: dict[str, Any], config_map: str, files: Mapping[str, str]) -> None:
    """Let the Job do without the ConfigMap of that name.

    Raises InvalidInput where no volume holds it or no init container mounts that volume.
    """
    volumes = set(_emptied(manifest, config_map))
    first = next(_mounting(manifest, volumes), None)
    if first is None:
        raise InvalidInput(
            "The Job has no init container with the workers' files: they cannot be embedded.",
            fix="Mount the volume with $.workers.config_map in an init container.",
        )
    container, mount = first
    mount.pop("readOnly", None)
    words = [*_words(container, "command"), *_words(container, "args")]
    script = _UNPACK.format(folder=shlex.quote(mount["mountPath"]), command=shlex.join(words))
    container["command"] = ["/bin/sh", "-c", script, "unpack"]
    container["args"] = _pieces(files)


def _emptied(manifest: dict[str, Any], config_map: str) -> Iterator[str]:
    for volume in pod.items(pod.pod_spec(manifest).get("volumes")):
        if pod.descend(volume, ("configMap", "name")) == config_map:
            del volume["configMap"]
            volume["emptyDir"] = {}
            yield str(volume.get("name"))


def _mounting(
    manifest: dict[str, Any], volumes: set[str]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for container in pod.items(pod.pod_spec(manifest).get("initContainers")):
        for mount in pod.items(container.get("volumeMounts")):
            if mount.get("name") in volumes and "subPath" not in mount:
                yield container, mount


def _words(container: Mapping[str, Any], key: str) -> list[str]:
    found = container.get(key)
    return [str(word) for word in found] if isinstance(found, list) else []


def _pieces(files: Mapping[str, str]) -> list[str]:
    text = base64.b64encode(_archive(files)).decode("ascii")
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _archive(files: Mapping[str, str]) -> bytes:
    """The same files give the same bytes: an export can be compared with the last one."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, text in sorted(files.items()):
            content = text.encode()
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), 9, mtime=0)
