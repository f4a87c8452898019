"""How many submissions are recorded at the same time: as many as files may be open for."""

from __future__ import annotations

import resource
from collections.abc import Iterable

from console.domain.board import BoardSnapshot
from console.domain.submission import USUAL_PAIRS

MOST_FOLLOWED = 128
"""Each of 100 nodes may have one. Measured by the benchmark `scale_figures`: 128, whose 1,152 logs
say a line a second, take 11 % of a core, and 10,400 files while what ended before is read."""
FILES_OF_ONE = 24
"""Connections and spools of one followed submission of the usual pairs, rounded up."""
FILES_OF_OURS = 200
"""What the rest of the console may have open."""


def most_followed() -> int:
    """As many of the usual pairs as the limit of open files allows; it is 1024 on many systems."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_FOLLOWED
    return min(max((files - FILES_OF_OURS) // FILES_OF_ONE, 1), MOST_FOLLOWED)


def has_room(one: BoardSnapshot, others: Iterable[BoardSnapshot], most: int) -> bool:
    """Whether it can be recorded beside the others, where `most` of the usual pairs can be.

    One alone is, however many pairs it has.
    """
    taken = sum(map(_places, others))
    return most > 0 and (not taken or taken + _places(one) <= most)


def _places(board: BoardSnapshot) -> int:
    """For how many of the usual pairs it counts: each pair has two logs."""
    return max(1, -(-len(board.pairs) // USUAL_PAIRS))
