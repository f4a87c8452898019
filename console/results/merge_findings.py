"""What a merge notes on its way: problems in order of discovery, bounded, with their files."""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING
from console.results.quoting import LONGEST_PROBLEM, printable
from console.results.report import Problem

if TYPE_CHECKING:
    from typing import Iterable, Tuple

    _Place = Tuple[str, int, str]

_TOLD_PER_KIND = 4


class Findings:
    """A few texts for each kind, pair and file; the rest is counted."""

    def __init__(self, noted: Iterable[Problem] = ()) -> None:
        self.told: list[Problem] = list(noted)
        self.known: dict[_Place, int] = {}

    def add(self, kind: str, pair: int, text: str, file: str = "") -> None:
        """Note a problem of a file; foreign text in it is made printable."""
        place = (kind, pair, file)
        self.known[place] = self.known.get(place, 0) + 1
        if self.known[place] <= _TOLD_PER_KIND:
            self.told.append(Problem(kind, pair, _text(file, text)))

    def problems(self) -> tuple[Problem, ...]:
        """All that was noted; what was left out is counted."""
        rest = [
            Problem(kind, pair, _text(file, f"and {number - _TOLD_PER_KIND} more"))
            for (kind, pair, file), number in self.known.items()
            if number > _TOLD_PER_KIND
        ]
        return tuple(self.told + rest)


def _text(file: str, text: str) -> str:
    return printable(f"{file}: {text}" if file else text, LONGEST_PROBLEM)
