"""The drives that a launch asks for: a Leaderboard, repetitions, and a subset of routes a pair.

What follows of it without the routes file is told here, and nowhere else; with the file it becomes
a `Plan`. Opens nothing.
"""

from __future__ import annotations

from functools import lru_cache

from console.results.named_tuple import NamedTuple
from console.results.subsets import ROUTE, parse, without_file
from console.results.version_rules import Leaderboard

STANDARD_SUBSETS = "0-4;5-9;10-14;15-19"
_BETWEEN_PAIRS = ";"


class Drives(NamedTuple):
    """As the Job says it. Each route is driven `repetitions` times in a row."""

    leaderboard: Leaderboard
    repetitions: int
    subsets: tuple[str, ...]
    """One expression a pair, in the order of the pairs."""

    @classmethod
    def of(cls, leaderboard: Leaderboard, subsets: str, repetitions: int) -> Drives:
        """With the subsets as logcopy gets them: `0-4;5-9`."""
        return cls(leaderboard, repetitions, tuple(subsets.split(_BETWEEN_PAIRS)))

    @property
    def joined(self) -> str:
        """The subsets as logcopy gets them."""
        return _BETWEEN_PAIRS.join(self.subsets)

    @property
    def routes(self) -> tuple[tuple[str, ...] | None, ...]:
        """Of each pair the ids of its routes, None where only the routes file tells them.

        Raises PlanError for a malformed subset.
        """
        return known_routes(self.subsets)

    @property
    def total(self) -> int | None:
        """Records of a complete result: routes times repetitions, None while not known."""
        known = [len(own) for own in self.routes if own is not None]
        return sum(known) * self.repetitions if len(known) == len(self.subsets) else None


@lru_cache(maxsize=1024)
def known_routes(subsets: tuple[str, ...]) -> tuple[tuple[str, ...] | None, ...]:
    """What these subsets say of their routes by themselves. Raises PlanError."""
    # However many pairs: a Job that another tool made is shown, though nothing here launches it.
    asked = [parse(subset) for subset in subsets]
    return tuple(
        None if own is None else tuple(f"{ROUTE}{route}" for route in own)
        for own in without_file(asked)
    )
