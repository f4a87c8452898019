"""GPU time of a submission whose pod restarted: the cluster keeps two runs, a recording all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakes.folded_boards import JOB, T0, at, board_of

from console.domain.board import BoardSnapshot
from console.domain.events import Event, JobSeen, PodSeen
from console.domain.gpu_time import gpu_time
from console.operations.recording.spent_gpu_time import spent
from tests.unit.domain.test_gpu_time import LAST, OVER, WHOLE


def looked(services: Any, recorded: Sequence[Event]) -> tuple[BoardSnapshot, Any]:
    """What one look at the cluster shows, beside what was recorded."""
    board = board_of(JobSeen(T0, JOB), PodSeen(at(300), OVER), LAST)
    assert board.job is not None
    recording = services.recording_of(board.job)
    if recorded:
        writer = services.recorder.claim(recording)
        for event in recorded:
            writer.note(event)
        writer.release()
    return board, recording


def test_what_a_look_cannot_tell_is_told_by_the_recording(services: Any) -> None:
    board, _ = looked(services, WHOLE)
    assert gpu_time(board, None).wasted is None
    assert spent(services, board, None) == gpu_time(board_of(*WHOLE), None)


def test_without_a_recording_it_stays_unknown(services: Any) -> None:
    board, _ = looked(services, ())
    assert spent(services, board, None) == gpu_time(board, None)
