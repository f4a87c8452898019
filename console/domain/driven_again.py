"""Drives of an earlier submission that are driven again in the one that goes on from it. Pure.

What each had come to, and why it is driven again: whoever reads the result has to see both. Which
ones that are is chosen by `console.operations.submitting.rerun`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

_NAMED = 4


class Why(StrEnum):
    """Why a drive that has a record is driven again."""

    CRASHED = "crashed"
    """A crash of its simulator or agent ended it."""
    CHOSEN = "chosen"
    """Somebody asked for it, though it had ended by its agent's own doing."""
    BEHIND = "behind"
    """It had ended by its agent's own doing, and stands behind another one: an evaluator goes on at
    one place."""


_REASONS = {
    Why.CRASHED: "a crash ended it",
    Why.CHOSEN: "by choice: its agent ended it",
    Why.BEHIND: "it stands behind such a one",
}


class DrivenAgain(msgspec.Struct, frozen=True, gc=False):
    """One of them, and the record that it had."""

    route: str
    repetition: int
    status: str
    score: float
    """The driving score that is replaced."""
    why: Why
    of: str
    """The submission that had driven it."""

    @property
    def name(self) -> str:
        """Also where a record's id does not tell the repetition."""
        return f"{self.route}_rep{self.repetition}"

    @property
    def reason(self) -> str:
        """Why, in words."""
        return _REASONS[self.why]


def chosen(again: Sequence[DrivenAgain]) -> tuple[DrivenAgain, ...]:
    """Those that keep the whole result from counting: the better of two would have been taken,
    whichever of them was asked for by name."""
    return tuple(each for each in again if each.why is not Why.CRASHED)


def why_not_counted(again: Sequence[DrivenAgain]) -> str:
    """A sentence where some were chosen; empty elsewhere."""
    return choice_sentence([each.name for each in chosen(again)])


def choice_sentence(names: Sequence[str]) -> str:
    """What it says of these drives."""
    if not names:
        return ""
    told = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    was = "was" if len(names) == 1 else "were"
    return f"{told}{more} ended by the agent's own doing and {was} driven again by choice"


def in_short(again: Sequence[DrivenAgain]) -> str:
    """One sentence for whoever reads the result elsewhere; empty where there are none."""
    if not again:
        return ""
    told = "; ".join(
        f"{each.name} was {each.status}, {each.score:.2f} in {each.of} ({each.reason})"
        for each in again
    )
    return f"Driven again: {told}."
