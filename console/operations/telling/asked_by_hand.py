"""What somebody wants sent by hand while a recorder has the right to: that one is asked to do it.

Only who has the right writes. So who asks leaves word, waits for a while, and sees what becomes of
it; where the right is given back meanwhile, it is theirs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Protocol, TypeVar

from console.errors import Conflict
from console.operations.ports.ledger import Ledger

ANSWERED_WITHIN, LOOKED_AFTER = 15.0, 0.5
"""Seconds in which a recorder takes up what is asked of it, and after which that is looked at."""
LONGEST_WAIT = 120.0
"""Seconds that somebody waits. After a failure nobody does: it is told instead."""

Sleep = Callable[[float], Awaitable[None]]


class ToldInWords(Protocol):
    """An entry of a ledger that says how it stands."""

    @property
    def words(self) -> str: ...


Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry", bound=ToldInWords)


async def right_to_send(
    ledger: Ledger[Key, Entry, Any],
    wish: Any,
    waited_for: Callable[[Entry], bool],
    sleep: Sleep,
) -> Entry | None:
    """None where the right is ours; else the entry as its recorder has left it, with nothing more
    to wait for. Raises Conflict where that takes too long."""
    if ledger.claim(wish.key):
        _taken_back(ledger, wish)
        return None
    ledger.ask(wish)
    known, waited = None, 0.0
    while waited < LONGEST_WAIT:
        await sleep(LOOKED_AFTER)
        waited += LOOKED_AFTER
        if ledger.claim(wish.key):
            _taken_back(ledger, wish)
            return None
        unanswered = any(each == wish for _, each in ledger.wishes())
        if unanswered and waited >= ANSWERED_WITHIN:
            break
        known = ledger.read(wish.key)
        if known is not None and not unanswered and waited_for(known):
            return known
    raise Conflict(
        "A recorder of yours publishes it now, and has not done so yet.",
        why=known.words if known and known.words else "It has been asked to, and has not answered.",
        fix="It goes on by itself: carla-console publish status tells how.",
    )


def _taken_back(ledger: Ledger[Any, Any, Any], wish: Any) -> None:
    """What was asked of others is done here."""
    for name in [name for name, each in ledger.wishes() if each.key == wish.key]:
        ledger.answered(name)
