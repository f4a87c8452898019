"""How one goes on that EvalAI wants resumed: from which recording, or from none. Reads files.

Where no drive has finished there is nothing to resume: a launch for the same number of EvalAI's is
published as well.
"""

from __future__ import annotations

from console.domain.board import BoardSnapshot
from console.domain.lost_pods import drives_kept
from console.operations.ports.recorder import Recording
from console.operations.recording.earlier import earlier_of
from console.operations.recording.recorded import recorded_board, recordings_of
from console.operations.services import Services


def to_be_resumed(services: Services, recording: Recording) -> str:
    """The name of that submission, or of the last one before it that has finished drives. Empty
    where none has; where a recording is gone nobody knows, and the resume has the last word."""
    board = recorded_board(services, recording)
    if board is None or _finished(board):
        return recording.name
    kept = services.recorder.manifest(recording)
    for name in earlier_of(services, recording, kept.manifest if kept else {}):
        before = recordings_of(services, recording.namespace, name)
        old = recorded_board(services, before[-1]) if before else None
        if old is None or _finished(old):
            return name
    return ""


def _finished(board: BoardSnapshot) -> bool:
    return board.finished != 0 or bool(drives_kept(board))
