"""When attempts and routes of a recorded submission began and ended. Reads its files, once."""

from __future__ import annotations

from console.domain.landmarks import Landmark
from console.errors import NotFound
from console.operations.ports.recorder import RecorderPort, Recording
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.timeline import timeline


def recorded_landmarks(recorder: RecorderPort, recording: Recording) -> tuple[Landmark, ...]:
    """In the order of time; none where the recording does not tell what was launched."""
    try:
        told = timeline(recorder, recording, lambda name: recorder.log(recording, name))
    except NotFound:
        return ()
    return BoardsByTime(recording.namespace, recording.name, told).landmarks
