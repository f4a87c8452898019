"""Whether another submission may go on from one, by its board alone. Pure.

What there is to go on from is not known here: who resumes reads it, and has the last word.
"""

from __future__ import annotations

from enum import StrEnum

from console.domain.board import BoardSnapshot


class Unresumable(StrEnum):
    """Why none may."""

    GOES_ON = "goes on"
    STOPS = "stops"
    """Its containers do: what they finish last counts too."""
    FINAL = "final"
    """Nothing is left to drive."""


def why_unresumable(board: BoardSnapshot) -> Unresumable | None:
    """None where one may, as far as its board tells."""
    if not board.ended:
        return Unresumable.GOES_ON
    # A Job that is gone has no pod to wait for, whatever the last look at it showed.
    if board.pod_lives and not board.vanished:
        return Unresumable.STOPS
    if board.merged is not None and board.merged.final:
        return Unresumable.FINAL
    return None
