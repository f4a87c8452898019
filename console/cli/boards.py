"""A board as plain text for a terminal or a file. Pure."""

from __future__ import annotations

from console.domain.board import BoardSnapshot, PairBoard, RouteState, tally
from console.domain.events import StreamState
from console.domain.facts import ContainerFacts
from console.domain.hostile_text import neutralise

_CELLS = {
    RouteState.PENDING: "·",
    RouteState.DRIVING: "▸",
    RouteState.PERFECT: "●",
    RouteState.COMPLETED: "○",
    RouteState.FAILED: "✗",
}


def board_text(board: BoardSnapshot) -> str:
    """A few lines: status, budget, one line a pair, logcopy, problems."""
    lines = [_headline(board), _budget(board)]
    lines += [_pair(pair) for pair in board.pairs]
    if board.logcopy:
        lines.append(f"logcopy  {_state(board.logcopy)}  {neutralise(board.logcopy_line)}".rstrip())
    lines += [
        f"log of {container} {state.value}: {neutralise(why)}"
        for container, state, why in board.streams
        if state is StreamState.LOST
    ]
    lines += [f"problem  {problem.kind}: {neutralise(problem.text)}" for problem in board.problems]
    return "\n".join(lines)


def _headline(board: BoardSnapshot) -> str:
    reason = f" ({neutralise(board.reason)})" if board.reason else ""
    stale = "" if board.live else f"  NOT LIVE: {neutralise(board.stale_why)}"
    return (
        f"{board.namespace}/{board.name}  Leaderboard {board.leaderboard or '?'}  "
        f"{board.status.value}{reason}  routes {tally(board.finished, board.total)}{stale}"
    )


def _budget(board: BoardSnapshot) -> str:
    budget = board.budget
    if board.pod is None and not budget.used:
        return f"restarts unknown of {budget.limit}: there is no pod to count them"
    spent = ", ".join(f"{name} x{count}" for name, count in budget.spent)
    left = f"{budget.resumes_left} more resumes can work"
    if board.blockage is not None:
        left = "no restart helps while it is blocked"
    return f"restarts {budget.used}/{budget.limit}{f' ({spent})' if spent else ''}, {left}"


def _state(container: ContainerFacts | None) -> str:
    if container is None:
        return "-"
    return neutralise(container.reason or container.state.value)


def _pair(pair: PairBoard) -> str:
    bar = "".join(_CELLS[cell.state] for cell in pair.cells)
    return (
        f"pair {pair.number}  gpu {pair.gpu}  port {pair.carla_port}  {pair.status.value:<11}  "
        f"attempt {pair.attempt}  [{bar}] {pair.done}/{len(pair.cells)}  "
        f"restarts {pair.restarts}  {neutralise(pair.route)}"
    ).rstrip()
