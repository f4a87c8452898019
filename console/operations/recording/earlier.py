"""From which submissions one goes on: back through the recordings, step by step. Reads files.

A Job names the one before it only. Where that one is not recorded here, nobody can tell further.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import recordings_of
from console.operations.services import Services
from console.specs import pod
from console.specs.plan import RESUMES_ANNOTATION

MOST_STEPS = 100


def earlier_of(
    services: Services, recording: Recording, manifest: Mapping[str, Any]
) -> tuple[str, ...]:
    """Their names, the last one first; nothing for one of its own."""
    found: list[str] = []
    while (name := goes_on_from(manifest)) and name not in (recording.name, *found):
        found.append(name)
        before = recordings_of(services, recording.namespace, name)
        kept = services.recorder.manifest(before[-1]) if before else None
        if kept is None or len(found) == MOST_STEPS:
            break
        manifest = kept.manifest
    return tuple(found)


def goes_on_from(manifest: Mapping[str, Any]) -> str:
    """The name of the one just before it; empty for one of its own."""
    told = pod.descend(manifest, ("metadata", "annotations", RESUMES_ANNOTATION))
    return told if isinstance(told, str) else ""
