"""Which pairs and containers a submission has: from its Job's plan, never from a list kept here.

While nobody has told the plan, the pairs are those seen, or the usual ones before any was.
"""

from __future__ import annotations

from console.domain.board import BoardSnapshot
from console.domain.submission import INIT, LOGCOPY, MONITOR, USUAL_PAIRS, PairPlan

_SHORT = {"simulator": "sim", "agent": "agt", "private": "init", "logcopy": "copy"} | {
    "aws": "up",
    "monitor": "mon",
}


def pairs_of(board: BoardSnapshot) -> tuple[PairPlan, ...]:
    """In ascending order of their numbers; never empty."""
    if board.job and board.job.plan and board.job.plan.pairs:
        return board.job.plan.pairs
    seen = tuple(pair.number for pair in board.pairs)
    return tuple(PairPlan.usual(number) for number in seen or range(1, USUAL_PAIRS + 1))


def numbers_of(board: BoardSnapshot) -> tuple[int, ...]:
    """The numbers of its pairs."""
    return tuple(pair.number for pair in pairs_of(board))


def agent_of(board: BoardSnapshot, number: int) -> str:
    """The agent's container of that pair; of the first where there is none of that number."""
    pairs = pairs_of(board)
    return next((pair.agent for pair in pairs if pair.number == number), pairs[0].agent)


def own_containers(board: BoardSnapshot) -> tuple[str, ...]:
    """Those that the Job asks for: the halves, what merges, and what runs before them."""
    plan = board.job.plan if board.job else None
    if plan is not None and plan.upstream is not None:
        inits = (f"{INIT}-{each}" for each in (*numbers_of(board), MONITOR))
        return (*plan.containers, *inits)
    if plan is not None and plan.pairs:
        return (*plan.containers, *plan.preparing)
    halves = (name for pair in pairs_of(board) for name in (pair.simulator, pair.agent))
    return (*halves, LOGCOPY, INIT)


def all_containers(board: BoardSnapshot) -> tuple[str, ...]:
    """Ours first, then what others have put into the pod: a mesh's sidecar, a debugger."""
    own = own_containers(board)
    there = board.pod.containers if board.pod else ()
    return (*own, *(each.name for each in there if each.name not in own))


def begun_again(board: BoardSnapshot, container: str) -> str:
    """That one, where it began again or nobody did; else the half that failed last by itself."""
    there = board.pod.containers if board.pod else ()
    again = [each.name for each in there if each.restart_count]
    if not again or container in again:
        return container
    ends = ((pair.number, each) for pair in board.pairs for each in pair.ended if each.initiating)
    failed = [(each.at, f"{each.half}-{number}") for number, each in ends if each.at]
    return next((name for _, name in sorted(failed, reverse=True) if name in again), again[0])


def short_names(board: BoardSnapshot) -> dict[str, str]:
    """`sim1`, `agt1`, `copy`, `init`; what others have put there keeps its name."""
    own = own_containers(board)
    return {each: _short(each) if each in own else each for each in all_containers(board)}


def _short(container: str) -> str:
    word, number = container.partition("-")[0], container.rpartition("-")[2]
    return _SHORT[word] + (number if number.isdigit() else "")
