"""Going on from an ended submission, as the screens offer it. Pure; reads no cluster."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from console.domain.board import BoardSnapshot
from console.domain.lost_pods import drives_kept
from console.presentation.resume_points import ResumeOffer

if TYPE_CHECKING:
    from console.operations.submitting.resume import Resumption


def why_not(board: BoardSnapshot) -> str:
    """Why nothing can go on from that submission now; empty when something may.

    The resume itself has the last word: it reads what is really there.
    """
    if not board.ended:
        return f"{board.name} is not over: cancel it first."
    if board.pod_lives and not board.vanished:
        return f"The containers of {board.name} are still stopping; what they finish counts too."
    if board.merged is not None and board.merged.final:
        return f"{board.name} has its final result: nothing is left."
    if board.finished == 0 and not drives_kept(board):
        return f"Nothing of {board.name} had finished: launch it anew."
    return ""


def offer(found: Resumption, taken: Collection[str]) -> ResumeOffer:
    """What the dialog shows. Raises InvalidInput where the new Job would be faulty."""
    from console.specs.validation import Judged

    ready = Judged(found.composed).valid
    manifest = found.composed.manifest
    return ResumeOffer(
        name=manifest["metadata"]["name"],
        kept=found.kept,
        total=found.total,
        repeated=found.repeated,
        remarks=found.remarks,
        outlook=found.outlook,
        pairs=len(found.composed.plan.pairs),
        backoff_limit=int(manifest["spec"].get("backoffLimit", 6)),
        check=partial(name_problem, taken),
        ready=ready,
    )


def name_problem(taken: Collection[str], text: str) -> str:
    """Why a new submission cannot have that name, in a sentence; empty when it can."""
    from console.specs.parameters import VALIDATORS

    if text in taken:
        return "There is a submission of this name already."
    wrong = VALIDATORS["job-name"](text)
    return f"The name {wrong}." if wrong else ""
