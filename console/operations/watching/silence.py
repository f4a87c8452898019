"""Whether a submission has fallen silent: its watch is live, but its logcopy says nothing. Pure.

logcopy repeats its state every 30 s. Three times without it means that its node does not answer,
or that the console that records the submission is stopped: what is shown is old, and must say so.
"""

from __future__ import annotations

from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.facts import ContainerState

SILENT_AFTER = 100.0


class Pulse:
    """Tell it when logcopy was heard last; it answers since when nothing was, if for too long."""

    def __init__(self, now: datetime) -> None:
        self._speaks_since = now

    def silent_since(
        self, board: BoardSnapshot, heard_at: datetime, now: datetime
    ) -> datetime | None:
        """None while it speaks, or while it cannot: waiting to run, or ended."""
        logcopy = board.logcopy
        speaks = logcopy is not None and logcopy.state is ContainerState.RUNNING
        if not speaks or not board.pod_lives:
            self._speaks_since = now
            return None
        # Before it ran it could say nothing: its silence counts from when it was first seen to run.
        since = max(heard_at, self._speaks_since)
        return since if (now - since).total_seconds() > SILENT_AFTER else None


def explained(board: BoardSnapshot, since: datetime) -> str:
    """What the board shows then."""
    why = board.unheard or "its node does not answer, or the console that records it is stopped."
    plan = board.job.plan if board.job else None
    if plan is not None and plan.upstream is not None:
        return f"Its pods run, and none has said anything since {since:%H:%M:%S} UTC: {why}"
    return f"logcopy runs, but nothing has been heard of it since {since:%H:%M:%S} UTC: {why}"
