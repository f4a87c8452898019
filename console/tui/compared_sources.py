"""What takes part in a comparison on a screen, and what is known of each by now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.operations.outcome.comparison import ComparedResult, as_it_stands
from console.operations.outcome.result_file import result_file
from console.tui.live_source import LiveSource
from console.tui.submission_source import READING

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.tui.backend import Backend
    from console.tui.places import Contender
    from console.tui.submission_source import SubmissionSource


class ComparedSources:
    """Asked some times a second; a result is made anew only where its board is another one."""

    def __init__(self, backend: Backend, entered: tuple[Contender, ...]) -> None:
        self._entered = tuple((each, _source(backend, each)) for each in entered)
        self._files: dict[str, ComparedResult] = {}
        self._made: dict[int, tuple[BoardSnapshot, ComparedResult]] = {}

    async def read(self) -> None:
        """The files among them, in a thread. Raises InvalidInput."""
        for each, _ in self._entered:
            if each.file:
                self._files[each.file] = await asyncio.to_thread(result_file, each.file)

    def results(self) -> tuple[ComparedResult, ...] | None:
        """In their order; None while one of them is not known yet."""
        found = [self._result(place) for place in range(len(self._entered))]
        known = tuple(each for each in found if each is not None)
        return known if len(known) == len(found) else None

    def _result(self, place: int) -> ComparedResult | None:
        contender, source = self._entered[place]
        if source is None:
            return self._files.get(contender.file)
        board = source.board()
        if board.stale_why == READING or (source.origin is None and board.job is None):
            return None
        made = self._made.get(place)
        if made is None or made[0] is not board:
            told = source.origin.told if source.origin else ""
            made = self._made[place] = board, as_it_stands(board, told)
        return made[1]


def _source(backend: Backend, each: Contender) -> SubmissionSource | None:
    if each.subject is None:
        return None
    return each.source or LiveSource(backend, *each.subject)
