"""The claim of who brings files to a folder: taken before the first file, renewed, given back.

Of two that take it at once the place says who was first, where it can: a server that knows no
conditions takes both. Then each reads, before each look, who has written last, and gives way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from console.errors import ConsoleError
from console.operations.ports.object_place import (
    Blocks,
    Measure,
    ObjectPlace,
    PlaceFailed,
    measured,
)
from console.operations.storing import writer_claims
from console.operations.storing.writer_claims import Bringing, WriterClaim, WriterTaken


class HeldClaim:
    """Of one folder, by one writer, for one submission."""

    def __init__(self, place: ObjectPlace, folder: str, by: Bringing, uid: str) -> None:
        self._place, self._by, self._uid = place, by, uid
        self._where, self._key = f"{place.where}/{folder}", f"{folder}/{writer_claims.KEY}"
        self._mine: WriterClaim | None = None
        self.guarded: bool | None = None
        """Whether the place tells who of two was first; None where it was not seen."""

    def now(self) -> datetime:
        """By the clock of who writes."""
        return self._by.clock()

    def demand_free(self) -> bytes | None:
        """The claim that is there now, if any. Raises WriterTaken."""
        content = self._place.read(self._key, writer_claims.LIMIT)
        there = writer_claims.another(writer_claims.from_content(content), self._by, self._uid)
        if there is not None:
            raise WriterTaken(self._where, there)
        return content

    def take(self) -> None:
        """Raises WriterTaken where somebody else has it, or was quicker."""
        content = self.demand_free()
        there = writer_claims.from_content(content)
        ours = there is not None and there.writer.id == self._by.writer.id
        if there is not None and ours and not self._due(there):
            self._mine = there
            return
        mine = writer_claims.made(self._by, self._uid)
        if not self._put(mine, content) and writer_claims.from_content(self.demand_free()) != mine:
            # Else it was our own, and its answer was lost.
            raise PlaceFailed(f"{self._where} was claimed by somebody else meanwhile.")
        self._mine = mine
        if not ours:
            self.guarded = not self._place.put_new(self._key, *_content(mine))

    def keep(self) -> None:
        """Before each file: many large ones may take longer than it holds."""
        if self._mine is None or self._mine.renewed_late(self._by.clock()):
            self.take()

    @contextmanager
    def briefly(self) -> Iterator[None]:
        """Given back behind it, however that ends: for a command, which does not come back."""
        try:
            yield
        except BaseException:
            with suppress(ConsoleError):
                self.give_back(over=False)
            raise
        self.give_back(over=False)

    def give_back(self, *, over: bool) -> None:
        """`over`: all that there will ever be of it is there."""
        if self._mine is not None:
            held = writer_claims.given_back(self._mine, self._by.clock(), over=over)
            self._put(held, writer_claims.as_bytes(self._mine))
            self._mine = None

    def _due(self, there: WriterClaim) -> bool:
        return there.uid != self._uid or there.over or there.renewed_late(self._by.clock())

    def _put(self, claim: WriterClaim, before: bytes | None) -> bool:
        if before is None:
            return self._place.put_new(self._key, *_content(claim))
        return self._place.put_over(self._key, *_content(claim), before)


def _content(claim: WriterClaim) -> tuple[Blocks, Measure]:
    text = writer_claims.as_bytes(claim)

    def blocks() -> Iterator[bytes]:
        yield text

    return blocks, measured(blocks)
