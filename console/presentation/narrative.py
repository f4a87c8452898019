"""What changed between two boards, in sentences, for a run followed without a screen. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console.domain.board import SHARED_FAILURE, BoardSnapshot, PairBoard, PairStatus, tally
from console.domain.progress import EndedAttempt
from console.presentation.boards import budget_words
from console.presentation.endings import ended_how
from console.workers import pair_words

TOLD_PROBLEMS = (SHARED_FAILURE, pair_words.GIVEN_UP)
"""Kinds that happen once and change what an operator does next; the others come and go."""
UNTOLD = (PairStatus.WAITING, PairStatus.STOPPED, PairStatus.UNKNOWN)


def narrate(before: BoardSnapshot, after: BoardSnapshot) -> tuple[str, ...]:
    """The news of `after`, oldest concern first; empty when nothing worth a line changed."""
    return tuple(_news(before, after))


def _news(before: BoardSnapshot, after: BoardSnapshot) -> Iterator[str]:
    if (before.live, before.stale_why) != (after.live, after.stale_why):
        yield "connected" if after.live else f"not live: {after.stale_why}"
    if (before.status, before.reason) != (after.status, after.reason):
        yield f"submission {after.status.value.lower()}" + (
            f": {after.reason}" if after.reason else ""
        )
    for problem in after.problems:
        if problem.kind in TOLD_PROBLEMS and problem not in before.problems:
            yield f"pair {problem.pair}: {problem.text}" if problem.pair else problem.text
    known = {pair.number: pair for pair in before.pairs}
    for pair in after.pairs:
        yield from _pair_news(known.get(pair.number), pair)
    if after.budget.tally != before.budget.tally and after.budget.least:
        yield f"{after.budget.unit} {''.join(words for words, _ in budget_words(after))}"
    if after.done not in (before.done, None):
        yield f"routes {tally(after.done, after.total)}"


def _pair_news(before: PairBoard | None, after: PairBoard) -> Iterator[str]:
    told = {(each.attempt, each.half) for each in before.ended} if before else set()
    for attempt in after.ended:
        if attempt.initiating and (attempt.attempt, attempt.half) not in told:
            yield _ending(after, attempt)
    changed = before is None or (before.status, before.attempt) != (after.status, after.attempt)
    if changed and after.status not in UNTOLD:
        number = "?" if after.attempt is None else after.attempt
        yield f"pair {after.number} {after.status.value}, attempt {number}"


def _ending(pair: PairBoard, attempt: EndedAttempt) -> str:
    route = next((each.route for each in _halves(pair, attempt) if _known(each.route)), "")
    where = f" at {route}" if route else ""
    return (
        f"pair {pair.number} attempt {attempt.attempt}: {attempt.half} {ended_how(attempt)}{where}"
    )


def _halves(pair: PairBoard, attempt: EndedAttempt) -> list[EndedAttempt]:
    """Both ends of that attempt: only the agent's half knows the route."""
    return [each for each in pair.ended if each.attempt == attempt.attempt]


def _known(route: str) -> bool:
    return route not in ("", "-")
