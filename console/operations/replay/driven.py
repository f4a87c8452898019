"""When a route was driven, as a recording tells it. Reads its files."""

from __future__ import annotations

from console.errors import NotFound
from console.operations.ports.recorder import RecorderPort, Recording
from console.operations.recording.route_times import Drive, drives_of, routes_of
from console.operations.replay.recorded_past import recorded_past


def driven(recorder: RecorderPort, recording: Recording, route: str) -> tuple[Drive, ...]:
    """Each time. Raises NotFound for a route that nobody is known to have begun."""
    known = recorded_past(recorder, recording).landmarks
    drives = drives_of(known, route)
    if not drives:
        begun = ", ".join(routes_of(known))
        raise NotFound(
            f"No drive of route {route} is recorded.",
            why=f"Begun were: {begun}." if begun else "The recording tells of none that was begun.",
        )
    return drives
