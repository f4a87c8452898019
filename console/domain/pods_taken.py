"""What a board takes from the state of a pod; nothing of what follows from it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.facts import PodFacts
from console.domain.lost_pods import with_earlier
from console.domain.of_which_pod import without_earlier
from console.domain.parts_seen import newer, part_seen
from console.domain.pod_times import with_pod


def is_own(board: BoardSnapshot, pod: PodFacts) -> bool:
    return board.job is None or pod.owner in ("", board.job.uid)


def is_earlier(board: BoardSnapshot, pod: PodFacts) -> bool:
    """Another one than is shown, and older."""
    return board.pod is not None and board.pod.uid != pod.uid and not newer(pod, board.pod)


def taken(board: BoardSnapshot, pod: PodFacts) -> BoardSnapshot:
    """With that state of a pod; nothing that follows from it."""
    if pod.index is not None:
        return part_seen(board, pod)
    if is_earlier(board, pod):
        earlier, times = with_earlier(board.earlier, pod), with_pod(board.pod_times, pod)
        return replace(board, earlier=earlier, pod_times=times)
    if board.pod is None or board.pod.uid != pod.uid:
        board = without_earlier(board, pod)
    return replace(board, pod=pod, pod_times=with_pod(board.pod_times, pod))


def taken_apart(board: BoardSnapshot, pods: Sequence[PodFacts]) -> bool:
    """Whether they may all be taken before anything that follows is judged: of two pods of one pair
    the later takes on what was judged of the one before it."""
    places = [pod.index for pod in (*board.parts, *pods)]
    return {*places} <= {None} or (None not in places and len({*places}) == len(places))
