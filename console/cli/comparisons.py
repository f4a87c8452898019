"""A comparison as text: what is compared, means, infractions, routes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from console.operations.outcome.comparison import MEASURES, ResultComparison
from console.presentation import comparison_lines as shown
from console.presentation import comparison_rows as listed
from console.presentation.tones import Line

_WIDTH = 100
_ALL = 10_000
"""Cells in which every result has room."""


def comparison_text(comparison: ResultComparison) -> str:
    """The routes last: there are many."""
    told = [
        f"Leaderboard {' or '.join(comparison.versions)}, {shown.scope(comparison)}",
        *_plain(shown.results_rows(comparison, _WIDTH)),
        *_plain(shown.gaps(comparison, _WIDTH)),
        "",
        *_plain(shown.means_rows(comparison, _WIDTH)),
        "",
        *_plain(shown.kinds_rows(comparison, _WIDTH)),
    ]
    return "\n".join(told)


def route_titles(comparison: ResultComparison) -> list[str]:
    """The header of the routes' table; all but the last are of driving scores."""
    return [column.title for column in listed.columns(comparison, _ALL, 1)]


def route_table(comparison: ResultComparison) -> Iterator[list[str]]:
    """A row a route."""
    measure = next(iter(MEASURES))
    for route in comparison.routes:
        yield [_words(cell) for cell in listed.cells(comparison, route, measure, _ALL, 1)]


def _plain(lines: Iterable[Line]) -> list[str]:
    return [_words(line) for line in lines]


def _words(line: Line) -> str:
    return "".join(span for span, _ in line).rstrip()
