"""What the scheduler's words mean: no node fits, or a fitting one has no room yet. Pure.

`0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) didn't match Pod's node
affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful …`: the second
part is the verdict of the scheduler itself whether room could be made on a node at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from console.domain.blockage import BlockKind
from console.domain.facts import ClusterEvent, PodFacts
from console.domain.scaling import is_of_autoscaler, scaling

_ROOM = re.compile(
    r"^(insufficient |too many pods"
    r"|node\(s\) (didn't have free ports|exceed max volume"
    r"|didn't (satisfy|match) .*(anti-affinity|topology spread)|had no available disk"
    r"|unavailable due to persistentvolumeclaim with readwriteoncepod))",
    re.IGNORECASE,
)
"""What others hold: it comes free when they finish, unless no node has as much."""
_CLAIMED = "cannot allocate all claims"
"""Of these the scheduler says always that preemption is not helpful: it never preempts for them."""
_SOON = re.compile(r"taint \{node\.(cloudprovider\.)?kubernetes\.io/(?!unschedulable)")
"""A node that is not ready yet, or that recovers."""
_VOLUME = re.compile(r"persistentvolume|\bpvc|volume (node affinity|zone)", re.IGNORECASE)
_COUNTED = re.compile(r"^(\d+) (.+)$")
_NOT_HELPFUL = re.compile(r"(\d+) Preemption is not helpful")
_OF_ALL = re.compile(r"\b0/(\d+) nodes are available")


_VERDICT = re.compile(r"\.?\s(no new claims to deallocate, )?preemption: ")
"""What follows tells of pods that would have to go, not of this one."""


class Unplaced(msgspec.Struct, frozen=True, gc=False):
    """The scheduler's words; `kind` None: the pod waits for room that will come."""

    words: str
    kind: BlockKind | None
    advice: str
    scaling: str = ""
    """What an autoscaler says of another node; empty where none says anything."""

    @property
    def refusal(self) -> str:
        """Its words about the nodes alone."""
        return _VERDICT.split(self.words)[0]

    @property
    def told(self) -> str:
        """The words of both."""
        return f"{self.words.rstrip('.')}; {self.scaling}" if self.scaling else self.words


def why_unplaced(pod: PodFacts, told: Sequence[ClusterEvent]) -> Unplaced | None:
    """Why a pod has no node, from its condition, else from its events; None: nothing is said."""
    # A gate is somebody's wish that it wait, as a queue has it: no node was asked yet.
    if pod.reason == "SchedulingGated":
        return None
    message = pod.message if pod.reason == "Unschedulable" else ""
    if not message:
        refused = (e for e in reversed(told) if e.reason == "FailedScheduling")
        message = next((e.message for e in refused if not is_of_autoscaler(e)), "")
    if not message:
        return None
    found, said = judged(message), scaling(told)
    if said is None:
        return found
    if said.coming:
        return Unplaced(message, None, "", said.words)
    return replace(found, scaling=said.words)


def judged(message: str) -> Unplaced:
    """A message of the scheduler: whether some node only lacks room."""
    reasons, _, preemption = message.partition("preemption:")
    parts = _reasons(reasons)
    held = any(_ROOM.search(each) for each in parts) and not _room_never_comes(preemption)
    # Claims are held by pods that finish; the scheduler only never preempts for them.
    held = held or any(each.startswith(_CLAIMED) for each in parts)
    if held or any(_SOON.search(each) for each in parts):
        return Unplaced(message, None, "")
    if parts and all(_VOLUME.search(each) for each in parts):
        advice = "Create the volume claim, or see why it is not bound."
        return Unplaced(message, BlockKind.VOLUME, advice)
    return Unplaced(message, BlockKind.NODE, _advice(parts))


def _advice(parts: Sequence[str]) -> str:
    """Of what the nodes were refused for: a cordon comes before all else, a taint names no key
    since Kubernetes 1.33, and one that keeps others' pods off stands beside most other reasons."""
    if any("were unschedulable" in each for each in parts):
        return "Have a cordoned node that fits uncordoned, or add one."
    if parts and all("untolerated taint" in each for each in parts):
        return "See the nodes' taints (one that is not ready has one too), or add a node without."
    return "Check the instance type and GPUs it asks for, or add such a node."


def _reasons(text: str) -> list[str]:
    """What is said of some nodes each, without their number."""
    _, colon, listed = text.partition("nodes are available:")
    told = [each for each in (listed if colon else text).split(", ") if each.strip(" .")]
    counted = [match[2] for each in told if (match := _COUNTED.match(each.strip()))]
    return counted or told


def _room_never_comes(preemption: str) -> bool:
    """Ending every other pod would not help on any node: none is big enough, though it were empty.

    Servers before 1.33 do not tell this of a node that is too small.
    """
    total, hopeless = _OF_ALL.search(preemption), _NOT_HELPFUL.search(preemption)
    return bool(total and hopeless and total[1] == hopeless[1])
