"""The calls of one list that were told and may pass: which have, and what of it is news.

Decides nothing about what has passed, and knows no way of telling it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.calls import Call
from console.domain.fleet import SubmissionRow
from console.domain.recoveries import PASSING, Passed, passed


class LastingCalls:
    """For one at a time."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Call]] = {}
        """What holds, by uid and by what it is about."""
        self._passed: dict[str, dict[str, datetime]] = {}
        """When it passed last."""

    def as_it_comes(self, calls: Iterable[Call]) -> list[Call]:
        """What has passed once is another call when it comes again."""
        return [replace(each, again=self._again(each)) for each in calls]

    def _again(self, call: Call) -> datetime | None:
        return self._passed.get(call.uid, {}).get(call.matter)

    def tell(self, calls: Iterable[Call]) -> None:
        """These are told."""
        for call in calls:
            if call.occasion in PASSING:
                self._told.setdefault(call.uid, {})[call.matter] = call

    def look(
        self, found: Iterable[Call], row: SubmissionRow, board: BoardSnapshot, now: datetime
    ) -> list[Passed]:
        """Those of a row that have passed by what it calls for now; each once."""
        told, over = self._told.get(row.uid, {}), []
        for call in tuple(told.values()):
            if gone := passed(call, found, row, board, now):
                over.append(gone)
                del told[call.matter]
                self._passed.setdefault(row.uid, {})[call.matter] = now
        return over

    def forget(self, uids: Iterable[str]) -> list[Passed]:
        """Their submissions are gone."""
        gone = []
        for uid in uids:
            gone += [Passed(call) for call in self._told.pop(uid, {}).values()]
            self._passed.pop(uid, None)
        return gone
