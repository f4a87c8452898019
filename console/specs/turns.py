"""How a Job carries its turn, in labels and annotations: written at a launch, read back from it.

So the queue is in the cluster, where everybody sees it and no process can lose it. A Job that waits
is suspended and says since when; that word goes with its start. A later suspension is another's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from console.domain.facts import Turn
from console.errors import InvalidInput

# A list of Jobs reads turns, and composes nothing.
if TYPE_CHECKING:
    from console.specs.compose import Composed

BATCH_LABEL = "leaderboard.carla.org/batch"
TURN_ANNOTATION = "leaderboard.carla.org/turn"
"""`3/7`"""
AT_MOST_ANNOTATION = "leaderboard.carla.org/at-most"
QUEUED_ANNOTATION = "leaderboard.carla.org/queued-at"
QUEUE_LABEL = "kueue.x-k8s.io/queue-name"
"""Kueue admits Jobs with it, from the queue that it names."""
LEFT_ANNOTATION = "leaderboard.carla.org/left-queue"
"""The queue of Kueue that a cancel took the Job out of: a resume goes into it again."""
_DEFAULT_QUEUE = "default"
"""Into which Kueue puts what names none, where a namespace has one of that name."""
_TURN = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")
_AT_MOST = re.compile(r"[1-9]\d{0,5}")

Patch = dict[str, Any]
LET_GO: Patch = {"spec": {"suspend": False}}
"""What a suspended Job runs by."""


def in_turn(composed: Composed, turn: Turn) -> Composed:
    """The same Job with its place in the batch. Raises InvalidInput for one of Kueue's queue."""
    import copy  # for launches alone

    manifest = copy.deepcopy(composed.manifest)
    meta = manifest["metadata"]
    refuse_queue(manifest)
    meta.setdefault("labels", {})[BATCH_LABEL] = turn.batch
    meta.setdefault("annotations", {}).update(
        {
            TURN_ANNOTATION: f"{turn.place}/{turn.size}",
            AT_MOST_ANNOTATION: str(turn.at_most),
        }
    )
    return replace(composed, manifest=manifest)


def queue_of(manifest: Mapping[str, Any]) -> str:
    """The queue of Kueue that a Job names; empty where it names none."""
    return str((manifest["metadata"].get("labels") or {}).get(QUEUE_LABEL, ""))


def refuse_queue(manifest: Mapping[str, Any]) -> None:
    """Raises InvalidInput for a Job of Kueue's queue: it takes no turns of ours."""
    if queue := queue_of(manifest):
        raise InvalidInput(
            f"{manifest['metadata']['name']} goes into Kueue's queue {queue}.",
            fix="Leave out --at-most: Kueue decides how many run.",
        )


def into_queue(composed: Composed, queue: str) -> Composed:
    """The same Job for that queue of Kueue, whichever it was for. Raises InvalidInput for what is
    no name of one. Without one it stays as it is."""
    if not queue or queue == queue_of(composed.manifest):
        return composed
    from console.specs.names import label_value  # a list of Jobs names none

    if wrong := label_value(queue):
        raise InvalidInput(f"The queue {queue} {wrong}.", fix="Name a LocalQueue of Kueue.")
    meta = composed.manifest["metadata"]
    labels = {**(meta.get("labels") or {}), QUEUE_LABEL: queue}
    return replace(composed, manifest={**composed.manifest, "metadata": {**meta, "labels": labels}})


def without_queue(composed: Composed) -> Composed:
    """The same Job for no queue of Kueue that it names itself."""
    if not queue_of(composed.manifest):
        return composed
    meta = composed.manifest["metadata"]
    labels = {name: each for name, each in meta["labels"].items() if name != QUEUE_LABEL}
    return replace(composed, manifest={**composed.manifest, "metadata": {**meta, "labels": labels}})


def out_of_queue(queue: str, *, into_default: bool = False) -> Patch:
    """What takes a suspended Job out of that queue of Kueue: into none, where that is allowed."""
    labels = {QUEUE_LABEL: _DEFAULT_QUEUE if into_default else None}
    return {"metadata": {"labels": labels, "annotations": {LEFT_ANNOTATION: queue}}}


def left_queue(annotations: Mapping[str, Any]) -> dict[str, str]:
    """The label of the queue that a cancelled Job was in; empty where it has left none."""
    queue = annotations.get(LEFT_ANNOTATION)
    return {QUEUE_LABEL: str(queue)} if queue else {}


def start_of(manifest: Mapping[str, Any], *, now: datetime) -> Patch:
    """What lets a Job go that has all it needs: to its turn, or to run. Empty for one in a queue of
    Kueue, which may have let it go already."""
    labels = manifest["metadata"].get("labels") or {}
    if QUEUE_LABEL in labels:
        return {}
    if BATCH_LABEL in labels:
        said = now.isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"metadata": {"annotations": {QUEUED_ANNOTATION: said}}}
    return {"spec": {"suspend": bool(manifest["spec"].get("suspend"))}}


def turn_begins(version: str) -> Patch:
    """What starts a Job whose turn has come, unless it is another one since that version."""
    meta = {"resourceVersion": version, "annotations": {QUEUED_ANNOTATION: None}}
    return {"metadata": meta, **LET_GO}


def turn_of(labels: Mapping[str, str] | None, annotations: Mapping[str, str] | None) -> Turn | None:
    """The turn that a Job of the cluster carries; None where it is in no batch, or not readable."""
    if not labels or not annotations or BATCH_LABEL not in labels:
        return None
    place = _TURN.fullmatch(annotations.get(TURN_ANNOTATION, ""))
    limit = _AT_MOST.fullmatch(annotations.get(AT_MOST_ANNOTATION, ""))
    if place is None or limit is None:
        return None
    return Turn(labels[BATCH_LABEL], int(place[1]), int(place[2]), int(limit[0]))
