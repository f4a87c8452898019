"""When attempts and routes of a recorded submission began and ended. Reads its files, once."""

from __future__ import annotations

import msgspec

from console.domain.landmarks import Landmark
from console.domain.pod_times import Times
from console.errors import NotFound
from console.operations.ports.recorder import RecorderPort, Recording
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.recorded_order import timeline


class Past(msgspec.Struct, frozen=True):
    """What a recording knows that a cluster has forgotten."""

    landmarks: tuple[Landmark, ...] = ()
    """In the order of time."""
    pod_times: Times = ()


def recorded_past(recorder: RecorderPort, recording: Recording) -> Past:
    """Nothing where the recording does not tell what was launched."""
    try:
        told = timeline(recorder, recording, lambda name: recorder.log(recording, name))
    except NotFound:
        return Past()
    boards = BoardsByTime(recording.namespace, recording.name, told)
    return Past(boards.landmarks, boards.at(told.end).pod_times)
