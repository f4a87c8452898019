"""GPU time of a submission that the cluster still has, where it alone cannot tell all of it.

A cluster keeps the last two runs of a container, and nobody notes the stages of a drive but who
records them.
"""

from __future__ import annotations

from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.facts import JobFacts
from console.domain.gpu_time import GpuTime, gpu_time, gpu_time_with
from console.domain.pod_times import Times
from console.errors import ConsoleError
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services

READ_EVERY = 30.0
"""Seconds."""


def spent(services: Services, board: BoardSnapshot, now: datetime | None) -> GpuTime:
    """With what is recorded of its pods, where that says more. Reads files then."""
    told = gpu_time(board, now)
    if told.complete or board.job is None:
        return told
    return gpu_time_with(board, _recorded(services, board.job), now)


def _recorded(services: Services, job: JobFacts) -> Times:
    try:
        kept = recorded_board(services, services.recording_of(job))
    except ConsoleError:
        return ()  # of a recording that cannot be read nobody knows more
    return () if kept is None else kept.pod_times


class SpentGpuTime:
    """The same of one that is watched: its recording is read again after half a minute."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: Times = ()
        self._read_at: datetime | None = None

    def of(self, board: BoardSnapshot) -> GpuTime:
        """By now. May read files."""
        now = self._services.clock()
        told = gpu_time_with(board, self._known, now)
        old = self._read_at is None or (now - self._read_at).total_seconds() >= READ_EVERY
        if told.complete or board.job is None or not old:
            return told
        self._known, self._read_at = _recorded(self._services, board.job), now
        return gpu_time_with(board, self._known, now)
