"""Whose the folder and the row of a launch are already: in words, for form and commands. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from console.operations.submitting.publishing_plan import SUBMISSION, PublishingPlan
from console.presentation.before_launch import Mismatch
from console.results.quoting import printable

if TYPE_CHECKING:
    from console.operations.delivering.asked_before import TakenBefore

_NOTHING = "nothing of this launch will be brought there."
_ANOTHER_ID = " Choose another submission id, or"
_BY_HAND = " bring it to a folder of its own by hand: publish NAME --to PLACE --folder X."
_ROW = "it will be told nothing of this launch. Choose another submission id."


def taken_words(taken: TakenBefore, plan: PublishingPlan) -> tuple[Mismatch, ...]:
    """What speaks against the launch, each with the value that is to blame."""
    return tuple(Mismatch(each, SUBMISSION) for each in _words(taken, plan))


def _words(taken: TakenBefore, plan: PublishingPlan) -> Iterator[str]:
    if taken.folder:
        # EvalAI has given the number of what is published there.
        way = _ANOTHER_ID if plan.place is None else " Once it runs,"
        belongs = f"The folder {plan.storage} belongs to {printable(taken.folder, 60)}: {_NOTHING}"
        yield f"{belongs}{way}{_BY_HAND}"
    if taken.row:
        team, submission = plan.row
        yield (
            f"The row of team {team}, submission {submission} in DynamoDB's table {plan.table}"
            f" belongs to {printable(taken.row, 60)}: {_ROW}"
        )
    if taken.row_why_not:
        yield f"Whether its row in table {plan.table} is free is not known: {taken.row_why_not}"
    if taken.unguarded:
        yield (
            f"The server of {plan.storage} keeps no two writers apart: of all who set this place"
            " let the recorder of one machine alone bring files."
        )
    if taken.why_not:
        yield f"Whether the folder {plan.storage} is free is not known: {taken.why_not}"
