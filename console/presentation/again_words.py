"""Drives that are driven again, in words: before it happens, and in the result. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from console.domain.driven_again import DrivenAgain, chosen
from console.domain.resumable import Unresumable, why_unresumable
from console.domain.upstream_refusals import why_not_changed
from console.results.leaderboard import find
from console.results.subsets import ROUTE, spelled

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.domain.progress import FinishedRoute
    from console.operations.submitting.rerun import Rerun

NOT_COUNTED = (
    "The result will not count: of a drive that its agent ended, somebody would take the better "
    "of two."
)
HEAD = ("driven again", "it was", "score", "in", "why")


def row(each: DrivenAgain) -> tuple[str, str, str, str, str]:
    """One of them as cells below HEAD."""
    return each.name, each.status, f"{each.score:.2f}", each.of, each.reason


def sentence(each: DrivenAgain) -> str:
    """One of them, with what it had come to."""
    was = f"it was {each.status}, {each.score:.2f} in {each.of}"
    return f"{each.name} is driven again ({each.reason}): {was}"


def table(again: Sequence[DrivenAgain]) -> list[str]:
    """All of them below each other; nothing where there are none."""
    if not again:
        return []
    rows = [tuple(each.upper() for each in HEAD), *map(row, again)]
    widths = [max(len(cells[at]) for cells in rows) for at in range(len(HEAD))]
    return [
        "  ".join(
            cell.rjust(width) if at == 2 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in rows
    ]


def documents(again: Sequence[DrivenAgain]) -> list[dict[str, Any]]:
    """For programs."""
    return [
        {
            "route": each.route,
            "repetition": each.repetition,
            "status": each.status,
            "composed": each.score,
            "why": each.why.value,
            "of": each.of,
        }
        for each in again
    ]


def points(found: Rerun) -> tuple[str, ...]:
    """What is replaced, drive by drive, what stays, and what the result will be worth."""
    resumption, replaced = found.resumption, found.replaced
    told = [f"{sentence(each)}." for each in replaced]
    more = f"; {found.missing} that had not finished are driven too" if found.missing else ""
    told.append(f"{resumption.kept} of {resumption.total} drives stay as they are{more}.")
    if chosen(replaced):
        told.append(NOT_COUNTED)
    if replaced:
        old = replaced[0].of
        told.append(f"{old}, its result and its recording stay untouched, with these records.")
    return tuple(told)


def crashed_routes(board: BoardSnapshot | None) -> str:
    """What a crash has ended, as a subset; empty where nothing is known of any."""
    ended = _crashed(board) if board is not None else []
    routes = (each.route_id.removeprefix(ROUTE).partition("_")[0] for each in ended)
    return spelled(list(dict.fromkeys(routes)))


def hint(board: BoardSnapshot, way: str, rows: Sequence[FinishedRoute] = ()) -> str:
    """How the drives of an ended submission that a crash has ended can be driven again; empty
    where there is none, or where it cannot be done. `way`: the key, or the command; `rows`: of a
    result that knows more than its board."""
    there = _crashed(board, rows)
    ready = why_unresumable(board) in (None, Unresumable.FINAL)
    if not there or not ready or why_not_changed(board.job, "rerun"):
        return ""
    return f"{way} drives again what a crash has ended: {len(there)} of {board.total or '?'} drives"


def _crashed(board: BoardSnapshot, rows: Sequence[FinishedRoute] = ()) -> list[FinishedRoute]:
    version = find(board.leaderboard)
    words = version.words.crashes if version is not None else ()
    return [each for each in rows or board.records if each.status in words]
