"""What a board takes from the state of a pod; nothing of what follows from it. Pure.

The pods of one index, that have one pair alone, follow each other. What was told of the pair before
stays: its attempts count on, and its records are of the whole submission, whichever pod drove them.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.facts import POD_GONE, PodFacts
from console.domain.joined_pods import Parts, joined, part_of, with_part
from console.domain.lost_pods import adopted, with_earlier
from console.domain.of_which_pod import without_earlier
from console.domain.pod_times import with_pod


def is_own(board: BoardSnapshot, pod: PodFacts) -> bool:
    return board.job is None or pod.owner in ("", board.job.uid)


def is_earlier(board: BoardSnapshot, pod: PodFacts) -> bool:
    """Another one than is shown, and older."""
    return board.pod is not None and board.pod.uid != pod.uid and not _newer(pod, board.pod)


def taken(board: BoardSnapshot, pod: PodFacts) -> BoardSnapshot:
    """With that state of a pod; nothing that follows from it."""
    if pod.index is not None:
        return _part_seen(board, pod)
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


def _part_seen(board: BoardSnapshot, pod: PodFacts) -> BoardSnapshot:
    """With that state of it."""
    shown = part_of(board.parts, pod.index)
    board = replace(board, pod_times=with_pod(board.pod_times, pod))
    if shown is not None and shown.uid != pod.uid:
        follows = _newer(pod, shown)
        earlier = with_earlier(board.earlier, shown if follows else pod)
        board = replace(board, earlier=earlier)
        if not follows:
            return board
        names = {each.name for each in shown.containers}
        streams = tuple(each for each in board.streams if each[0] not in names)
        board = replace(board, streams=streams)
    return _with_parts(board, with_part(board.parts, pod))


def part_gone(board: BoardSnapshot, uid: str) -> BoardSnapshot | None:
    """The cluster no longer has it; None where it is none of the present ones."""
    found = next((each for each in board.parts if each.uid == uid), None)
    if found is None:
        return None
    last = replace(found, phase=POD_GONE, deleting=True)
    return _with_parts(board, with_part(board.parts, last))


def _with_parts(board: BoardSnapshot, parts: Parts) -> BoardSnapshot:
    """And with the one pod that they are to whoever asks for no pair."""
    uid = parts[0].owner or (board.job.uid if board.job else parts[0].job)
    pod = joined(parts, uid)
    return replace(board, parts=parts, pod=pod, told=adopted(board.told, pod.key))


def _newer(pod: PodFacts, shown: PodFacts) -> bool:
    """A replacement pod, not the rest of an earlier one."""
    if pod.failures != shown.failures:
        return pod.failures > shown.failures
    if pod.created_at and shown.created_at:
        return pod.created_at >= shown.created_at
    return shown.phase == POD_GONE
