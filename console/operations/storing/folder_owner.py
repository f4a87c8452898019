"""Whose a folder at a place is, and the Job that is needed to go on from it. Pure.

Upstream's bucket has no such file; it does not look at it either.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import asdict

from console.domain.events import PlanReported
from console.operations.bundling.cleaned_manifest import cleaned_manifest
from console.operations.bundling.redaction import Redaction
from console.operations.ports.recorder import KeptManifest, Recording
from console.results import jsontext

KEY = "console/job.json"
_PAIR = re.compile(r"[1-9][0-9]{0,2}")
_VERSION = 1
MOST_EARLIER = 100


class FolderOwner(msgspec.Struct, frozen=True):
    """What the file tells; nothing of it is believed before it is checked."""

    name: str
    uid: str
    manifest: dict[str, Any]
    routes: dict[str, Any] | None = None
    """What logcopy has read from the routes file; None where it has not told."""
    earlier: tuple[str, ...] = ()
    """The names of those from which it goes on, the last one first."""


def identity_of(
    recording: Recording,
    kept: KeptManifest,
    told: PlanReported | None,
    earlier: tuple[str, ...] = (),
) -> FolderOwner:
    """Of a recorded submission; the Job without what looks like a credential."""
    manifest = cleaned_manifest(kept.manifest, Redaction())
    routes = _routes(told) if told else None
    return FolderOwner(recording.name, recording.uid, manifest, routes, earlier)


def _routes(told: PlanReported) -> dict[str, Any]:
    return {
        "leaderboard": told.leaderboard,
        "repetitions": told.repetitions,
        "pairs": {str(pair): list(routes) for pair, routes in told.routes},
    }


def as_text(folder_owner: FolderOwner) -> str:
    """The file."""
    told = {"version": _VERSION, **asdict(folder_owner)}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def from_content(content: bytes) -> FolderOwner | None:
    """What the file tells; None where it is none that this console has written."""
    try:
        told = jsontext.bounded(content.decode())
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("version") != _VERSION:
        return None
    name, uid = told.get("name"), told.get("uid")
    manifest, routes = told.get("manifest"), told.get("routes")
    if not (isinstance(name, str) and isinstance(uid, str) and isinstance(manifest, dict)):
        return None
    known = routes if isinstance(routes, dict) else None
    return FolderOwner(name, uid, manifest, known, _names(told.get("earlier")))


def _names(told: Any) -> tuple[str, ...]:
    names = told if isinstance(told, list) else []
    return tuple(each for each in names[:MOST_EARLIER] if isinstance(each, str))


def plan_reported(folder_owner: FolderOwner, at: datetime) -> PlanReported | None:
    """What the file says that logcopy has read; whether it fits the Job is asked elsewhere."""
    told = folder_owner.routes or {}
    leaderboard, repetitions, pairs = map(told.get, ("leaderboard", "repetitions", "pairs"))
    if not (isinstance(leaderboard, str) and type(repetitions) is int and isinstance(pairs, dict)):
        return None
    routes = []
    for number, own in pairs.items():
        if not (_PAIR.fullmatch(number) and isinstance(own, list)):
            return None
        if not all(isinstance(route, str) for route in own):
            return None
        routes.append((int(number), tuple(own)))
    return PlanReported(at, leaderboard, repetitions, tuple(routes))
