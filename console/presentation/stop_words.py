"""The offer to stop a running submission: why, what a stop leaves, and by which way. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.board import tally
from console.domain.stop_offers import stop_offer, under_way

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot


def offered(board: BoardSnapshot, way: str) -> str:
    """`pairs 1 and 2 failed alike …: ctrl+k stops it (3/20 drives stay, 4 under way are lost)`.

    `way`: the key or the command that stops it. Empty where nothing speaks for it.
    """
    offer = stop_offer(board)
    if offer is None:
        return ""
    lost = under_way(board)
    cut = f", {lost} under way {'is' if lost == 1 else 'are'} lost" if lost else ""
    return f"{offer.text}: {way} stops it ({tally(board.finished, board.total)} drives stay{cut})"
