"""How a submission stands, for a delivery of it: decided where it is for EvalAI."""

from __future__ import annotations

import msgspec

from console.operations.outcome.view import ResultsView, results
from console.operations.ports.evalai import RemoteOutcome
from console.operations.publishing.standing_here import how_it_ended
from console.operations.telling.seen_here import SeenHere


class Standing(msgspec.Struct, frozen=True):
    """What was seen of it, and what that comes to."""

    seen: SeenHere
    view: ResultsView
    ended: RemoteOutcome | None
    """As what; None while it goes on, and where nobody can tell."""
    unknown: str
    """It has ended, and this is why nobody can tell how."""

    @property
    def over(self) -> bool:
        """Nothing new will come of it."""
        return self.ended is not None or bool(self.unknown)


def standing_of(seen: SeenHere, beyond: str = "") -> Standing:
    """Merges once more, which takes its time. `beyond`: see `how_it_ended`."""
    view = results(seen.board)
    ended, unknown = how_it_ended(seen.board, view, heard=seen.heard, gone=seen.gone, beyond=beyond)
    return Standing(seen, view, ended, unknown)
