"""The scene of one attempt: what of a board's facts and of the logs belongs to it. Pure.

That is decided by times of the node's clock: from the end of the attempt before to a moment after
its own. What carries no time may belong to any. Refuses to know causes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from console.diagnosis.attempt_span import span_of, was_said_in
from console.diagnosis.board_facts import ALIKE
from console.diagnosis.scene import Fact, FactKind, Scene, SeenLine, pair_of
from console.domain.board import BoardSnapshot, PairBoard
from console.domain.pod_times import of_pair
from console.domain.progress import EndedAttempt

_OF_THE_WHOLE = (FactKind.STATUS, FactKind.CONDITION, FactKind.ACTION, FactKind.BUDGET)


def scene_of(
    board: BoardSnapshot,
    facts: Iterable[Fact],
    lines: Iterable[SeenLine],
    pair: int,
    attempt: int | None = None,
) -> Scene:
    """One attempt of a pair; `attempt` None: all of it that is known, as of one that lives.

    `lines`: of both halves and of logcopy; those outside of the attempt are left out.
    """
    shown = next((each for each in board.pairs if each.number == pair), None)
    ends = shown.ended if shown else ()
    since, until = span_of(ends, attempt)
    since = since or _began(board, shown)
    told = [each for each in facts if _is_of(each, pair, attempt) and _within(each, since, until)]
    first = _first_of(ends, attempt)
    route = _route(ends, attempt)
    own = [each for each in told if attempt is None or _may_tell(each, route)]
    return Scene(
        tuple(own),
        tuple(each for each in lines if _of_pair(each, pair) and was_said_in(each, ends, attempt)),
        pair,
        attempt,
        first.half if first else "",
        route or (shown.route if shown and attempt is None else ""),
        max((each.at for each in ends if each.attempt == attempt and each.at), default=None),
    )


def _began(board: BoardSnapshot, pair: PairBoard | None) -> datetime | None:
    """When a half of it ran first: what kept it from starting before is over then."""
    if pair is None or not pair.ended:
        return None
    names = (f"simulator-{pair.number}", f"agent-{pair.number}")
    # Who looks late sees the last two runs: those did not begin it.
    times = of_pair(board.pod_times, pair.number)
    seen = [pod.runs_of(name) or () for pod in times for name in names]
    return min((run.started_at for runs in seen for run in runs), default=pair.began)


def _is_of(fact: Fact, pair: int, attempt: int | None) -> bool:
    """What became of the whole submission is no reason why a half of it failed by itself."""
    of_whole = fact.kind in _OF_THE_WHOLE or fact.about == ALIKE
    if of_whole or fact.pair not in (None, pair):
        return False
    return attempt is None or fact.attempt in (None, attempt)


def _within(fact: Fact, since: datetime | None, until: datetime | None) -> bool:
    if fact.at is None or fact.kind is FactKind.ENDING:
        return True
    return (since is None or fact.at >= since) and (until is None or fact.at <= until)


def _may_tell(fact: Fact, route: str) -> bool:
    """The record of another route is of one after which the evaluator went on."""
    if fact.kind is not FactKind.RECORD or not route:
        return True
    return route == fact.about or route.startswith(f"{fact.about}_rep")


def _of_pair(line: SeenLine, pair: int) -> bool:
    return pair_of(line.container) in (None, pair)


def _first_of(ends: tuple[EndedAttempt, ...], attempt: int | None) -> EndedAttempt | None:
    """The half that failed by itself; of several attempts in the last one."""
    own = [each for each in ends if each.initiating and attempt in (None, each.attempt)]
    if not own:
        return None
    last = max(each.attempt for each in own)
    return next(each for each in own if each.attempt == last)


def _route(ends: tuple[EndedAttempt, ...], attempt: int | None) -> str:
    told = (each.route for each in reversed(ends) if attempt in (None, each.attempt))
    return next((route for route in told if route.strip("-")), "")
