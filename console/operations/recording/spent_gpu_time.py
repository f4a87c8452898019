"""GPU time of a submission that the cluster still has, where it alone cannot tell all of it.

A cluster keeps the last two runs of a container; who has watched from the begin has recorded more.
"""

from __future__ import annotations

from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.gpu_time import GpuTime, gpu_time, gpu_time_with
from console.errors import ConsoleError
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services


def spent(services: Services, board: BoardSnapshot, now: datetime | None) -> GpuTime:
    """With what is recorded of its pods, where that says more. Reads files then."""
    told = gpu_time(board, now)
    if told.wasted is not None or board.job is None:
        return told
    try:
        kept = recorded_board(services, services.recording_of(board.job))
    except ConsoleError:
        return told  # of a recording that cannot be read nobody knows more
    return told if kept is None else gpu_time_with(board, kept.pod_times, now)
