"""A container's recorded log, whoever asks. Reads the recorder, never a socket."""

from __future__ import annotations

from console.domain.board import BoardSnapshot
from console.errors import NotFound
from console.operations.ports.recorder import LogView
from console.operations.services import Services


def log_view(services: Services, board: BoardSnapshot, container: str) -> LogView:
    """All recorded runs of that container. Raises NotFound for a container the Job has not."""
    if board.job is None:
        raise NotFound(
            f"Nothing is known of {board.name} yet.", fix="Check the name and the namespace."
        )
    known = containers_of(board)
    if known and container not in known:
        raise NotFound(
            f"{board.name} has no container {container}.", fix="It has: " + ", ".join(known)
        )
    return services.recorder.log(services.recording_of(board.job), container)


def containers_of(board: BoardSnapshot) -> tuple[str, ...]:
    """Names in the Job's order, init containers first; empty while nothing is known."""
    if board.pod is not None and board.pod.containers:
        return tuple(each.name for each in board.pod.containers)
    plan = board.job.plan if board.job else None
    return (*plan.preparing, *plan.containers) if plan else ()
