"""Submissions that meet on a GPU: pairs of two pods whose halves name the same one. Pure.

No pod can see this of another one. It is so where each tells its pairs their GPUs by hand and both
were put on one node; where GPUs are shared on purpose it is no fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from console.domain.board import GPU_PROBLEM, BoardSnapshot
from console.domain.joined_pods import part_of
from console.domain.pair_board import KNOWN_ENDS, PairBoard
from console.domain.progress import MergeProblem

Key = tuple[str, str]
"""Namespace and name of a submission."""


def meetings(boards: Iterable[BoardSnapshot]) -> Mapping[Key, tuple[MergeProblem, ...]]:
    """For each submission that drives beside another one on a GPU, where and with whom."""
    users: dict[str, list[tuple[Key, int]]] = {}
    for board in boards:
        for uuid, pair in used(board):
            users.setdefault(uuid, []).append(((board.namespace, board.name), pair))
    found: dict[Key, list[MergeProblem]] = {}
    for uuid, here in sorted(users.items(), key=lambda each: each[1]):
        for key, pair in here:
            others = [f"pair {number} of {other[1]}" for other, number in here if other != key]
            if others:
                text = f"pair {pair} is on one GPU with {', '.join(others)}: {uuid}"
                found.setdefault(key, []).append(MergeProblem(GPU_PROBLEM, pair, text))
    return {key: tuple(problems) for key, problems in found.items()}


def used(board: BoardSnapshot) -> Iterator[tuple[str, int]]:
    """The GPUs that its pairs hold now, with the pair."""
    if board.ended or not board.pod_lives:
        return
    for pair in board.pairs:
        # A pod holds its card though neither half of the pair runs any more.
        if pair.status in KNOWN_ENDS or not _holds(board, pair):
            continue
        halves = [half for half in (pair.simulator_gpu, pair.agent_gpu) if half]
        alone = {half.uuid for half in halves if half.uuid and not half.shared}
        yield from ((uuid, pair.number) for uuid in sorted(alone))


def _holds(board: BoardSnapshot, pair: PairBoard) -> bool:
    """Of pods of its own a pair's may have ended while others drive, or the next one may wait: what
    was told of a GPU is then of the past."""
    if not board.parts:
        return True
    pod = part_of(board.parts, pair.number - 1)
    return pod is not None and pod.phase == "Running"


def met_by(board: BoardSnapshot, problems: tuple[MergeProblem, ...]) -> BoardSnapshot:
    """The board with what only all submissions together tell of it, once."""
    if not problems or board.problems[-len(problems) :] == problems:
        return board
    return replace(board, problems=(*board.problems, *problems))


def words(problems: tuple[MergeProblem, ...]) -> str:
    """One sentence for the line of a list; empty without a meeting."""
    if not problems:
        return ""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0].text}{more}."
