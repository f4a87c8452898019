"""One publication for who might send it by hand: how it stands, the request, the question. Pure."""

from __future__ import annotations

from datetime import datetime

from console.operations.outcome.publication_marks import mark
from console.operations.ports.deliveries import DeliveryKind
from console.operations.ports.evalai import EvalAiRequest, RemoteOutcome
from console.operations.publishing.shown_by_hand import PublicationLook
from console.presentation.published_words import sentence

_SECRET = "Authorization: (the token; it is shown nowhere)"
MOST_SHOWN = 12_000
"""Characters of a request that a screen shows; `publish --dry-run` prints them all."""
_WHAT = {
    RemoteOutcome.FINISHED: "as FINISHED, with the merged result: EvalAI ranks it by that",
    RemoteOutcome.FAILED: "as FAILED: what is finished is told, and nothing of it is ranked",
    RemoteOutcome.CANCELLED: "as CANCELLED: what is finished is told, and nothing of it is ranked",
    RemoteOutcome.PARTIALLY_EVALUATED: "as PARTIALLY_EVALUATED, with what is finished so far",
}


def standing(look: PublicationLook, now: datetime) -> tuple[str, ...]:
    """Where it goes, how it stands there, and what must be known of it; a line each."""
    told = [f"EvalAI: {look.place}" if look.place else "EvalAI: nowhere"]
    known = look.known
    if known is not None:
        seen = f", seen at {known.shown_at:%Y-%m-%d %H:%M:%S} UTC" if known.shown_at else ""
        told.append(f"shown there: {known.shown or '?'}{seen}")
        told.append(sentence(mark(known), now))
    elif look.place is not None:
        told.append("nothing was sent from here yet")
    if look.drives:
        told.append(f"{look.drives} drives are finished")
    told += [look.remark] if look.remark else []
    return (*told, *(sentence(each, now) for each in look.elsewhere))


def target_points(look: PublicationLook) -> tuple[str, ...]:
    """What a confirmation says of the places and tables."""
    told = {
        DeliveryKind.FILES: "Its files go to {}, only what changed.",
        DeliveryKind.TABLE: "DynamoDB's table {} is told how it stands.",
    }
    return tuple(told[kind].format(target) for kind, target in look.targets)


def request_text(request: EvalAiRequest) -> str:
    """As `--dry-run` prints it, but for the end of what is long."""
    body = request.body
    left = len(body) - MOST_SHOWN
    more = f"\n… and {left} characters more: --dry-run prints them all" if left > 0 else ""
    return f"{request_head(request)}\n{body[:MOST_SHOWN]}{more}"


def request_head(request: EvalAiRequest) -> str:
    """What stands above its body, without the token."""
    return f"{request.method} {request.url}\n{_SECRET}\nContent-Type: application/json\n"


def points(look: PublicationLook) -> tuple[str, ...]:
    """What a confirmation says of sending it."""
    if look.outcome is None:
        return ()
    score = f"; driving score {look.score:.2f}" if look.score is not None else ""
    told = [f"{look.drives} drives go to {look.place} {_WHAT[look.outcome]}{score}."]
    if look.outcome.final:
        told.append("A final result cannot be taken back from here: nothing is sent after it.")
        told.append("If EvalAI shows that it was cancelled there, CANCELLED is sent instead.")
    if look.remark:
        told.append(f"{look.remark[:1].upper()}{look.remark[1:]}")
    return tuple(told)
