"""What a board takes from a pod that has one pair alone. Pure; it judges nothing of that.

The pods of one index follow each other. What was told of the pair before stays: its attempts count
on, and its records are of the whole submission, whichever pod drove them.
"""

from __future__ import annotations

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.facts import POD_GONE, PodFacts
from console.domain.joined_pods import Parts, joined, part_of, with_part
from console.domain.lost_pods import adopted, with_earlier
from console.domain.pod_times import with_pod


def part_seen(board: BoardSnapshot, pod: PodFacts) -> BoardSnapshot:
    """With that state of it."""
    shown = part_of(board.parts, pod.index)
    board = replace(board, pod_times=with_pod(board.pod_times, pod))
    if shown is not None and shown.uid != pod.uid:
        follows = newer(pod, shown)
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


def newer(pod: PodFacts, shown: PodFacts) -> bool:
    """A replacement pod, not the rest of an earlier one."""
    if pod.failures != shown.failures:
        return pod.failures > shown.failures
    if pod.created_at and shown.created_at:
        return pod.created_at >= shown.created_at
    return shown.phase == POD_GONE
