"""The pods of a submission whose pairs have a pod each, as one: what is true of all of them. Pure.

Screens and rules read one pod with all containers, whichever layout it has. Which pod a container
really is in `part_with` tells, for whoever asks the cluster. Refuses to know the Job.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from console.domain.facts import (
    POD_GONE,
    PODS_OVER,
    ContainerFacts,
    ContainerState,
    PodFacts,
)
from console.domain.spans import FIRST
from console.domain.submission import INIT, LOGCOPY, MONITOR
from console.workers.pair_words import ROLES

_OF_PAIR = re.compile(r"(.+)-([1-9]\d{0,5})")
Parts = tuple[PodFacts, ...]


def with_part(parts: Parts, pod: PodFacts) -> Parts:
    """That state of a pod in its index's place."""
    others = (each for each in parts if each.index != pod.index)
    return tuple(sorted((*others, pod), key=lambda each: each.index or 0))


def present(pods: Iterable[PodFacts]) -> Parts:
    """The newest of each index; the newest alone of pods that have all pairs."""
    begin = FIRST
    newest: dict[int | None, PodFacts] = {}
    for pod in sorted(pods, key=lambda each: each.created_at or begin):
        newest[pod.index] = pod
    return tuple(sorted(newest.values(), key=lambda each: each.index or 0))


def part_of(parts: Parts, index: int | None) -> PodFacts | None:
    """The newest pod of that index."""
    return next((each for each in parts if each.index == index), None)


def part_with(parts: Parts, container: str) -> PodFacts | None:
    """The pod that has that container, or is to have it: its name ends with the pair's number."""
    found = next((each for each in parts if each.container(container)), None)
    return found or next((each for each in parts if each.pair == pair_of(container)), None)


def pair_of(container: str) -> int | None:
    """The number in the name of a pair's container; None for one that is of no pair."""
    match = _OF_PAIR.fullmatch(container)
    return int(match[2]) if match else None


def joined(parts: Parts, uid: str) -> PodFacts:
    """All of them as one pod, which is as old as the Job: `uid` is the Job's, in all its life."""
    first, living = parts[0], [each for each in parts if each.phase not in PODS_OVER]
    telling = _telling(parts, living)
    return PodFacts(
        name=first.job,
        namespace=first.namespace,
        uid=uid,
        job=first.job,
        phase=_phase(parts, living),
        containers=_in_order(parts),
        reason=telling.reason if telling else "",
        message=telling.message if telling else "",
        node=", ".join(dict.fromkeys(each.node for each in parts if each.node)),
        created_at=_first(each.created_at for each in parts),
        deleting=all(each.deleting for each in living or parts),
        owner=first.owner,
        placed_at=_first(each.placed_at for each in parts if each.node),
        initialized_at=_first(each.initialized_at for each in parts if each.node),
    )


def _phase(parts: Parts, living: list[PodFacts]) -> str:
    """It runs while any of it does, or has run and waits for its rest; it fails as a whole."""
    phases = {each.phase for each in parts}
    if living:
        begun = phases - {"Pending"} or any(each.failures for each in parts)
        return "Running" if begun else "Pending"
    if "Failed" in phases:
        return "Failed"
    return POD_GONE if phases == {POD_GONE} else "Succeeded"


def _telling(parts: Parts, living: list[PodFacts]) -> PodFacts | None:
    """The one whose trouble is the whole's."""
    told = [each for each in living or parts if each.reason]
    return told[0] if told else None


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in times if each is not None), default=None)


def _in_order(parts: Parts) -> tuple[ContainerFacts, ...]:
    """As one pod has them: what prepares first, the pairs, what merges; each counts the pods that
    its index had before as lives of its own."""
    found = [_counted(each, part) for part in parts for each in part.containers]
    return tuple(sorted(found, key=_place))


def _counted(container: ContainerFacts, part: PodFacts) -> ContainerFacts:
    if not part.failures:
        return container
    return replace(container, restart_count=container.restart_count + part.failures)


def _place(container: ContainerFacts) -> tuple[int, int, int]:
    own, number = container.asked, pair_of(container.name) or 0
    if container.init or own == INIT:
        return 0, number, 0
    if own in ROLES:
        return 1, number, ROLES.index(own)
    return (2 if own == LOGCOPY else 3), number, 0


def merging(pod: PodFacts) -> list[ContainerFacts]:
    """What merges in it: one container, or one for each pair."""
    return [one for one in pod.containers if one.asked in (LOGCOPY, MONITOR)]


def joined_logcopy(pod: PodFacts) -> ContainerFacts | None:
    """The one of several that tells most of how the merging goes: one that does not run while it
    should, else one that runs, else the last that ended. Of upstream's Jobs the monitor."""
    each = merging(pod)
    ill = [one for one in each if one.state is ContainerState.WAITING and one.reason]
    running = [one for one in each if one.state is ContainerState.RUNNING]
    return next(iter((*ill, *running, *reversed(each))), None)
