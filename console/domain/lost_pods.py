"""Pods of a Job that ended as a whole: why, what went with them, and what is still known. Pure.

A pod's volumes go with it, so the pod after it drives everything again: nothing that one pod told
is progress of another. What was told stays findable here, by pod.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from console.domain.blocking import words
from console.domain.board import POD_GONE, BoardSnapshot
from console.domain.facts import ClusterEvent, IndexedJob, JobFacts, PodFacts
from console.domain.pod_records import KEPT, LostPod, Told
from console.domain.progress import FinishedRoute

REASONS = {
    "Evicted": "its node evicted it",
    "EvictionByEvictionAPI": "it was evicted, as when a node is drained",
    "Preempting": "it made room for a pod of higher priority",
    "Preempted": "it made room for a pod of higher priority",
    "PreemptionByScheduler": "it made room for a pod of higher priority",
    "DeletionByTaintManager": "its node was tainted, as when it does not answer",
    "TaintManagerEviction": "its node was tainted, as when it does not answer",
    "DeletionByPodGC": "its node is gone",
    "NodeLost": "its node does not answer",
    "NodeNotReady": "its node does not answer",
    "TerminationByKubelet": "its node ended it",
    "NodeShutdown": "its node shuts down",
    "Shutdown": "its node shuts down",
    "Terminated": "its node shuts down",
    "DeadlineExceeded": "it ran longer than its deadline",
}
BY_AUTOSCALER = {
    "ScaleDown": "the autoscaler takes its node away",
    "Disrupted": "the autoscaler ends its node",
    "Evicted": "the autoscaler empties its node",
}
_EVICTED_BY_KARPENTER = "Evicted pod: "
"""It takes the kubelet's reason for what it has evicted itself."""
DELETED = "it was deleted"
FAILED = "it failed"
"""By itself: of a pod that has one pair alone that is the end of an attempt."""
SUSPENDED = "the Job was suspended"
REJECTED = "its node rejected it"
_ENDING_EVENTS = ("Evicted", "Preempting", "Preempted", "TaintManagerEviction", "NodeNotReady")
_BY_API = "EvictionByEvictionAPI"
"""Whoever asked for the eviction; an event may tell."""
_UNPLACED = ("Unschedulable", "SchedulingGated", "SchedulerError")


def with_record(told: Told, pod: str, record: FinishedRoute) -> Told:
    """The newest record of a drive wins, within its pod: a resume may drive a route again."""
    others = (each for each in dict(told).get(pod, ()) if _drive(each) != _drive(record))
    return _with(told, pod, tuple(sorted((*others, record), key=_place)))


def heard(told: Told, pod: str) -> Told:
    """That pod's logcopy has spoken: without records it has finished none."""
    return told if pod in dict(told) else _with(told, pod, ())


def adopted(told: Told, pod: str) -> Told:
    """What came before any pod was known is that pod's."""
    if "" not in dict(told):
        return told
    rest: Told = heard(tuple(each for each in told if each[0]), pod)
    for record in dict(told)[""]:
        rest = with_record(rest, pod, record)
    return rest


def present_records(board: BoardSnapshot) -> tuple[FinishedRoute, ...]:
    """Of the pod that is shown; of the last that told anything where the cluster has none."""
    if not board.told:
        return ()
    groups = dict(board.told)
    key = board.pod.key if board.pod else next(reversed(groups), "")
    return groups.get(key, ())


def drives_kept(board: BoardSnapshot) -> int:
    """Drives whose record some pod of the Job has told: a resume goes on from all of them."""
    return len({_drive(record) for _, records in board.told for record in records})


def _with(told: Told, pod: str, records: tuple[FinishedRoute, ...]) -> Told:
    return tuple({**dict(told), pod: records}.items())


def _drive(record: FinishedRoute) -> tuple[int, str, int]:
    return record.pair, record.route_id, record.repetition


def _place(record: FinishedRoute) -> tuple[int, int, str, int]:
    number = record.route_id.rpartition("_")[2]
    order = int(number) if number.isdecimal() else 0
    return record.pair, order, record.route_id, record.repetition


def with_earlier(earlier: tuple[PodFacts, ...], pod: PodFacts) -> tuple[PodFacts, ...]:
    """The newest that is known of each pod before the present one, oldest first."""
    others = [each for each in earlier if each.uid != pod.uid]
    return tuple(sorted((*others, pod), key=_age))


def gone(earlier: tuple[PodFacts, ...], uid: str) -> tuple[PodFacts, ...]:
    """The cluster has deleted that pod too."""
    return tuple(
        replace(each, phase=POD_GONE, deleting=True) if each.uid == uid else each
        for each in earlier
    )


def restarts_counted(pod: PodFacts, earlier: tuple[PodFacts, ...]) -> dict[str, int]:
    """By container, over all pods of the Job that are pending or running: those that have ended
    take their counts with them, one that still stops beside its successor does not yet."""
    if not earlier:
        return pod.restarts_by_container
    counted = Counter(pod.restarts_by_container)
    for each in earlier:
        if each.phase in ("Pending", "Running"):
            counted.update(each.restarts_by_container)
    return dict(counted)


def comes_again(part: PodFacts, job: JobFacts) -> bool:
    """Of a pair's own pod that has ended: whether another one is to follow."""
    indexes = job.indexes or IndexedJob()
    spent = indexes.limit is not None and part.phase == "Failed" and part.failures >= indexes.limit
    over = part.index in (*indexes.completed, *indexes.failed)
    return not (part.phase == "Succeeded" or over or spent)


def _age(pod: PodFacts) -> float:
    return pod.created_at.timestamp() if pod.created_at else 0.0


def lost_pods(board: BoardSnapshot) -> tuple[LostPod, ...]:
    """Every pod before the present one that anything still tells of, oldest first."""
    if board.pod is None or not (board.events or board.told or board.earlier):
        return ()
    names = {*(each.name for each in board.pods), *(each.name for each in board.earlier)}
    made = [name for name in _created(board.events) if name not in names]
    keys = _told_before(board)
    unseen = [_unseen(name, "", board) for name in made]
    # Names come from events and keys from logs: as many of both, in one order, are the same pods.
    if len(made) == len(keys):
        unseen = [_unseen(n, key, board) for n, key in zip(made, keys, strict=True)]
    elif keys:
        unseen = [_unseen("", key, board) for key in keys]
    return (*unseen, *(_of_facts(pod, board) for pod in board.earlier))


def _told_before(board: BoardSnapshot) -> list[str]:
    """Keys of pods that were heard before the present one, and whose state nobody has seen."""
    assert board.pod is not None
    keys = [key for key, _ in board.told]
    before = keys[: keys.index(board.pod.key)] if board.pod.key in keys else keys
    known = {each.key for each in board.earlier}
    return [key for key in before if key and key not in known]


def _unseen(name: str, key: str, board: BoardSnapshot) -> LostPod:
    """Of a pod whose state nobody has seen only records and events tell."""
    records = dict(board.told).get(key) if key else None
    paused = board.job is not None and _ended_for_pause(name, board.events, board.job)
    why = why_by_events(name, board.events) or (SUSPENDED if paused else "it is gone")
    finished = None if records is None else len(records)
    return LostPod(name or f"…{key}", key, why, finished, None, records or (), bool(board.parts))


def _of_facts(pod: PodFacts, board: BoardSnapshot) -> LostPod:
    records = dict(board.told).get(pod.key)
    why = why_lost(pod, board.events, board.job)
    finished = None if records is None else len(records)
    kept = pod.index is not None
    return LostPod(pod.name, pod.key, why, finished, pod.restarts, records or (), kept)


def _created(events: Iterable[ClusterEvent]) -> list[str]:
    """Names of the pods that the Job controller says it made."""
    made = (each.message.rpartition(" ")[2] for each in events if each.reason == "SuccessfulCreate")
    return list(dict.fromkeys(made))


def why_lost(pod: PodFacts, events: tuple[ClusterEvent, ...], job: JobFacts | None) -> str:
    """The cluster's reason in plain words, with its own behind them."""
    # The API's reason says that somebody asked for it; only an event says who.
    if pod.reason == _BY_API and (told := _why_by_autoscaler(pod.name, events)):
        return told
    # Why it was not placed at first is no reason for its end.
    if pod.reason and pod.reason not in _UNPLACED:
        return _worded(pod.reason, pod.message, rejected=pod.phase == "Failed")
    if told := why_by_events(pod.name, events):
        return told
    if job is not None and _paused_since(job, pod.created_at):
        return SUSPENDED
    return FAILED if pod.phase == "Failed" else DELETED


def story(lost: tuple[LostPod, ...]) -> str:
    """What the pod before cost, and what can be done about it; empty without one."""
    if not lost:
        return ""
    last = lost[-1]
    if last.kept:
        return _story_of_parts(lost)
    count = "An earlier pod is" if len(lost) == 1 else f"{len(lost)} earlier pods are"
    told = f"{count} lost, the last because {last.why}: {last.cost} went with it"
    if len(lost) == 1:
        told = f"{count} lost because {last.why}: {last.cost} went with it"
    kept = {(r.pair, r.route_id, r.repetition) for each in lost for r in each.records}
    if not kept:
        return f"{told}."
    return f"{told}. The recording has {len(kept)}: cancelled and resumed, it goes on from them."


def _story_of_parts(lost: tuple[LostPod, ...]) -> str:
    """Of pods that had a pair each."""
    last = lost[-1]
    if len(lost) == 1:
        return f"The pod {last.name} is lost because {last.why}; {KEPT}."
    return f"{len(lost)} pods are lost, the last ({last.name}) because {last.why}; {KEPT}."


def why_by_events(name: str, events: tuple[ClusterEvent, ...]) -> str:
    """The newest event about that pod that ends one; empty without."""
    if told := _why_by_autoscaler(name, events):
        return told
    about = (each for each in reversed(events) if each.concerns_pod(name))
    ending = next((each for each in about if each.reason in _ENDING_EVENTS), None)
    return _worded(ending.reason, ending.message, rejected=False) if ending else ""


def _why_by_autoscaler(name: str, events: tuple[ClusterEvent, ...]) -> str:
    """That it is an autoscaler that ended the pod; empty where none says so."""
    about = (each for each in reversed(events) if each.concerns_pod(name))
    found = next((each for each in about if _is_by_autoscaler(each)), None)
    if found is None:
        return ""
    return f"{BY_AUTOSCALER[found.reason]} ({words(f'{found.reason}: {found.message}')})"


def _is_by_autoscaler(event: ClusterEvent) -> bool:
    if event.reason == "Evicted":
        return event.message.startswith(_EVICTED_BY_KARPENTER)
    return event.reason in BY_AUTOSCALER


def _worded(reason: str, message: str, *, rejected: bool) -> str:
    plain = REASONS.get(reason, REJECTED if rejected else "")
    said = words(f"{reason}: {message}" if message else reason)
    return f"{plain} ({said})" if plain else said


def _paused_since(job: JobFacts, created: datetime | None) -> bool:
    paused = next((each for each in job.conditions if each.type == "Suspended"), None)
    return bool(paused and paused.since and created and paused.since > created)


def _ended_for_pause(name: str, events: Iterable[ClusterEvent], job: JobFacts) -> bool:
    """The Job controller ended that pod, no later than the pause that the Job still tells of."""
    paused = next((each for each in job.conditions if each.type == "Suspended"), None)
    told = (e for e in events if e.reason == "SuccessfulDelete" and e.message.endswith(f" {name}"))
    deleted = next(told, None)
    if paused is None or deleted is None or not name:
        return False
    # A Job that is paused now has ended all its pods for that; of one that goes on, times decide.
    if paused.status or paused.since is None or deleted.last_seen is None:
        return paused.status
    return deleted.last_seen <= paused.since
