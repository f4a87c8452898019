"""Partials that no one ConfigMap can hold, as compressed pieces in several of them.

Only the init container mounts the pieces; `private_contents.sh` puts them together again. Knows
nothing of what is in a partial.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from console.specs import pod
from console.specs.worker_files import SUBMISSION_LABELS

FOLDER = "/opt/leaderboard-console-resume"
_VOLUME = "resume-pieces"
_PIECE = 700 * 1024
"""Bytes; as base64 in a request this stays below a ConfigMap's 1 MiB and etcd's 1.5 MiB."""
_ROOM = 900 * 1024
"""Bytes of all files in the workers' own ConfigMap, with room for its names."""


class Piece(msgspec.Struct, frozen=True):
    """A part of one pair's compressed partial: its name in the folder, and its bytes."""

    name: str
    content: bytes


def fit_one(files: Mapping[str, str]) -> bool:
    """Whether these files and their names need no pieces."""
    return sum(len(f"{path}{text}".encode()) for path, text in files.items()) <= _ROOM


def pieces_of(partials: Mapping[int, str]) -> tuple[Piece, ...]:
    """The pieces of all partials (pair -> text), each pair's in the order of their names."""
    found = []
    for pair, text in sorted(partials.items()):
        # At this level 50 MB take less than a second, and evaluators' records shrink twentyfold.
        packed = gzip.compress(text.encode(), 1, mtime=0)
        for number, start in enumerate(range(0, len(packed), _PIECE)):
            name = f"partial_{pair}.json.gz.{number:03}"
            found.append(Piece(name, packed[start : start + _PIECE]))
    return tuple(found)


def config_maps(job: str, namespace: str, pieces: tuple[Piece, ...]) -> tuple[dict[str, Any], ...]:
    """One ConfigMap for as many pieces as it holds."""
    return tuple(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": _name(job, number),
                "namespace": namespace,
                "labels": dict(SUBMISSION_LABELS),
            },
            "binaryData": {
                piece.name: base64.b64encode(piece.content).decode("ascii") for piece in together
            },
        }
        for number, together in enumerate(_shared(pieces))
    )


def mount(manifest: dict[str, Any], init: str, maps: tuple[dict[str, Any], ...]) -> None:
    """Let that init container see all of them in FOLDER, and nothing of an earlier resume."""
    spec = pod.pod_spec(manifest)
    others = [each for each in pod.items(spec.get("volumes")) if each.get("name") != _VOLUME]
    sources = [{"configMap": {"name": each["metadata"]["name"]}} for each in maps]
    spec["volumes"] = [*others, *([_projected(sources)] if sources else [])]
    for container in pod.all_containers(manifest):
        mounts = [each for each in container.mounts if each.get("name") != _VOLUME]
        if sources and container.name == init:
            mounts.append({"name": _VOLUME, "mountPath": FOLDER, "readOnly": True})
        if mounts != container.mounts:
            container.content["volumeMounts"] = mounts


def _projected(sources: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": _VOLUME, "projected": {"sources": sources}}


def _name(job: str, number: int) -> str:
    return f"{job}-resume-{number}"


def _shared(pieces: tuple[Piece, ...]) -> Iterator[list[Piece]]:
    """Small pieces of several pairs go together."""
    together: list[Piece] = []
    for piece in pieces:
        if together and sum(len(each.content) for each in (*together, piece)) > _PIECE:
            yield together
            together = []
        together.append(piece)
    if together:
        yield together
