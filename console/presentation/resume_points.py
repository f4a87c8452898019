"""What going on from a submission keeps and costs, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from console.diagnosis.outlook import outlook
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.facts import EvalAiPlace
from console.domain.lost_pods import drives_kept
from console.domain.queues import QueuesOffered

if TYPE_CHECKING:
    from console.operations.submitting.publishing_plan import PublishingPlan

_NAMED = 4


class ResumeOffer(msgspec.Struct, frozen=True):
    """What going on from an ended submission would keep and cost."""

    name: str
    """Of the new submission."""
    kept: int
    total: int
    repeated: tuple[str, ...]
    """Finished drives that have to be driven again: a pair goes on at one place."""
    remarks: tuple[str, ...]
    """Where it is taken from, and what may be missing; nothing in the usual case."""
    pairs: int
    backoff_limit: int
    """Of container restarts; with a pod for each pair (`apart`) of each pair's failed pods."""
    check: Callable[[str], str]
    """Why a text cannot be the new name, in a sentence; empty when it can."""
    outlook: str = ""
    """That it will, or may well, end like the old one; empty where nothing speaks for that."""
    results: tuple[str, ...] = ()
    """Where its results go, in sentences; nothing where they go nowhere."""
    place: EvalAiPlace | None = None
    """Of EvalAI's, where it is published there."""
    team: str = ""
    """Its number there."""
    queue: str = ""
    """Of Kueue, in which the old one was; empty for none."""
    queues: QueuesOffered = QueuesOffered()
    apart: bool = False
    again: tuple[str, ...] = ()
    """Of one that drives finished routes again: which, what they had come to, what stays."""
    ready: Any = None
    """What `launch_resumed` needs; opaque to the screens."""


def points(offer: ResumeOffer) -> tuple[str, ...]:
    """Kept, driven again and why, and the price."""
    left = offer.total - offer.kept
    told = [offer.outlook] if offer.outlook else []
    kept = f"{offer.kept} of {offer.total} routes are finished and stay; {left} are driven."
    told += offer.again or (kept,)
    if offer.repeated:
        told.append(
            f"{_some(offer.repeated)} driven again although finished: "
            "a pair goes on at one place, and a route before is missing or begins again itself."
        )
    if not offer.again:
        told.append("A route that was under way starts from its beginning.")
    told.append(f"It is a new Job on {offer.pairs} GPUs {_budget(offer)}")
    if offer.queue:
        told.append(f"It goes into Kueue's queue {offer.queue}, as the old one did.")
    if not offer.again:
        told.append("The old submission stays as it is.")
    return (*told, *offer.results, *offer.remarks)


def _budget(offer: ResumeOffer) -> str:
    resumes = (
        offer.backoff_limit if offer.apart else RestartBudget(offer.backoff_limit).resumes_left
    )
    words = f"{resumes} resume{'' if resumes == 1 else 's'}"
    if offer.apart:
        return f"in a pod for each pair, each with a restart budget of its own: {words}."
    return f"with a restart budget of its own: {offer.backoff_limit}, good for {words} of a pair."


def results_go(plan: PublishingPlan) -> tuple[str, ...]:
    """Where the results of one that goes on are brought, beside what is there already."""
    told = []
    if plan.place is not None:
        told.append(f"Its results go to EvalAI's submission {plan.place.submission}.")
    if plan.storage:
        told.append(f"Its files go to {plan.storage}.")
    if plan.table:
        told.append(f"DynamoDB's table {plan.table} is told when it starts and how it ends.")
    return tuple(told)


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} and {more} more are" if more > 0 else f"{shown} {_be(names)}"


def _be(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"


def hint(board: BoardSnapshot, why_not: str, key: str) -> str:
    """That and how one can go on from an ended submission, after whether it helps; empty where
    one cannot."""
    doubt = outlook(board)
    before = f"{doubt.text} " if doubt else ""
    kept = max(board.done or 0, drives_kept(board))
    if not why_not and board.finished is None and not kept:
        return f"{before}{key} looks for what can go on from here"
    if not why_not:
        return f"{before}{key} goes on from here: {kept} of {board.total or '?'} routes stay"
    stopping = board.status is SubmissionStatus.CANCELLED and board.pod_lives
    return f"stopping; then {key} goes on from here" if stopping else ""
