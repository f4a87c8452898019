"""Whose word counts, of what several pods of one Job tell: the shown one's. Pure.

What an earlier one told is old, and what one tells that the watch has not shown yet waits for it.
What follows from a word that counts is the fold's to say.
"""

from __future__ import annotations

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.events import (
    LastLine,
    MergedReported,
    ProgressReported,
    StreamChanged,
    StreamState,
)
from console.domain.facts import PodFacts
from console.domain.lost_pods import adopted, with_earlier
from console.domain.progress import MergedResult


def without_earlier(board: BoardSnapshot, pod: PodFacts) -> BoardSnapshot:
    """A new pod drives everything again: what another one reported says nothing about it."""
    board = replace(board, told=adopted(board.told, board.pod.key if board.pod else pod.key))
    if board.pod is not None:
        earlier = with_earlier(board.earlier, board.pod)
        board = replace(board, earlier=earlier, pairs=(), logcopy_line="")
        board = replace(board, streams=_of_no_container(board))
    if board.report_pod not in ("" if board.pod is None else pod.key, pod.key):
        board = replace(board, report=None, merge_status=None, problems=(), report_pod="")
    if board.merged is not None and board.merged_pod not in ("", pod.key):
        board = replace(board, merged=outdated(board.merged))
    return board


def _of_no_container(board: BoardSnapshot) -> tuple[tuple[str, StreamState, str], ...]:
    """Who records, and whether the journal can be written, is as true of the next pod."""
    # A stream of the console itself bears the name of no container.
    names = {each.name for each in board.pod.containers} if board.pod else set()
    return tuple(each for each in board.streams if each[0] not in names)


def of_another_pod(board: BoardSnapshot, event: StreamChanged | LastLine) -> bool:
    """What is still read of a pod says nothing about the one that has taken its place."""
    if board.pod is None or event.pod in ("", board.pod.key):
        return False
    own = board.pod_of(event.container)
    return own is None or event.pod != own.key


def outdated(result: MergedResult) -> MergedResult:
    return replace(
        result, final=False, why_not="An earlier pod published the merged result; another drove on."
    )


def kept_ahead(board: BoardSnapshot, event: ProgressReported | MergedReported) -> BoardSnapshot:
    """What a pod tells that the watch has not shown yet waits for it; that of an earlier is old."""
    if event.pod in {each.key for each in board.earlier}:
        return board
    # The last of each kind is enough: a snapshot holds all that the ones before it said.
    others = (each for each in board.ahead if type(each) is not type(event))
    return replace(board, ahead=(*others, event))
