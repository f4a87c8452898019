"""What a bundle is called where nobody says it. Pure."""

from __future__ import annotations

from console.domain.facts import UID_SHOWN
from console.operations.ports.recorder import Recording


def usual_name(recording: Recording, *, team: bool) -> str:
    """`demo-1a2b3c4d.bundle.tgz`, for a team `demo-1a2b3c4d.team-bundle.tgz`."""
    kind = "team-bundle" if team else "bundle"
    return f"{recording.name}-{recording.uid[:UID_SHOWN]}.{kind}.tgz".replace("/", "_")
