"""Which events of a node a submission hears of, and which of them befell its pod. Pure.

A node's own events tell of everything that is on it, and most of them are routine. Refuses to know
which pods there are, and what a cause is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from console.domain.facts import ClusterEvent, PodFacts
from console.domain.spans import shifted

AFTERWARDS = timedelta(minutes=1)
"""A node is called not ready 40 seconds after its last sign, and a pod may end before that."""

ROUTINE = frozenset(
    (
        *("CgroupV1", "CheckLimitsForResolvConf", "InvalidDiskCapacity"),
        *("PossibleMemoryBackedVolumesOnDisk", "Unconsolidatable", "DisruptionBlocked"),
    )
)
"""Warnings of a kubelet at each start, and of an autoscaler at each look; they ask for nothing. Of
every other warning nobody can say that it is none: there are as many reasons as controllers."""

_KUBELET = (
    "NodeHasDiskPressure",
    "NodeHasMemoryPressure",
    "NodeHasPIDPressure",
    "NodeHasInsufficientPID",
    "EvictionThresholdMet",
)
_READINESS = ("NodeNotReady", "NodeReady", "Rebooted", "NodeLost", "Shutdown", "NodeShutdown")
_KERNEL = ("SystemOOM", "OOMKilling", "TaskHung", "KernelOops", "NodeClockSkew")
_DISK = (
    *("Ext4Error", "IOError", "XfsHasShutdown", "XfsShutdown"),
    *("FilesystemIsReadOnly", "ReadonlyFilesystem"),
)
"""A detector tells a condition that has changed as Normal, whatever it is."""
_TAKEN_AWAY = (
    *("NodeNotSchedulable", "NodeSchedulable", "DeletingNode", "RemovingNode", "Evicted"),
    *("TaintManagerEviction", "Drain", "Draining", "Cordon", "ScaleDown", "ScaleDownFailed"),
    *("Disrupted", "DisruptionLaunching", "DisruptionTerminating", "InstanceTerminating"),
    *("SpotInterruption", "SpotInterrupted", "SpotITN", "SpotRebalanceRecommendation"),
    *("RebalanceRecommendation", "PreemptScheduled", "RebootScheduled", "TerminateScheduled"),
)
TELLING = frozenset((*_KUBELET, *_READINESS, *_KERNEL, *_DISK, *_TAKEN_AWAY))
"""Of what is no warning: what may end a pod, or says since when the node is well again. Not
NodeHasSufficientMemory and its kind, RegisteredNode, NodeAllocatableEnforced, image collection: a
healthy node says them at each start, and a pressure that is over needs no cause."""


def is_telling(event: ClusterEvent) -> bool:
    """Whether it may explain what becomes of a pod on that node."""
    if event.reason == "Starting":
        # A kube-proxy says it too, and ends no container.
        return "kubelet" in event.message
    if event.type == "Warning":
        return event.reason not in ROUTINE
    return event.reason in TELLING


class Stay(msgspec.Struct, frozen=True, gc=False):
    """A pod on a node, since it was placed there, and until its containers had ended."""

    node: str
    since: datetime
    until: datetime | None = None


def stay_of(pod: PodFacts, now: datetime) -> Stay | None:
    """None before it has a node. `now`: where nothing tells when."""
    if not pod.node:
        return None
    until = None
    if pod.phase in ("Succeeded", "Failed"):
        # A pod that its node evicted may have no container that told its end.
        ends = [each.ended.finished_at for each in pod.containers if each.ended]
        until = max((each for each in ends if each is not None), default=now)
    return Stay(pod.node, pod.placed_at or pod.created_at or now, until)


def befallen(event: ClusterEvent, stay: Stay) -> ClusterEvent | None:
    """The event as far as it happened during the stay, or a moment after.

    Times of events have whole seconds: what is of the second of the placing was there before, as a
    kubelet's start. What is counted up later is told as it was first.
    """
    # Without a time nobody can say that it befell this pod.
    if event.last_seen is None or event.last_seen <= stay.since:
        return None
    if stay.until is None or event.last_seen <= shifted(stay.until, AFTERWARDS):
        return event
    first = event.first_seen
    if first is None or not stay.since < first <= shifted(stay.until, AFTERWARDS):
        return None
    return replace(event, last_seen=first, count=1)


def of_stays(
    events: Iterable[ClusterEvent], stays: Iterable[Stay], node: str
) -> list[ClusterEvent]:
    """What of that node's events befell any of them there, each once."""
    own = [each for each in stays if each.node == node]
    told = ([befallen(each, stay) for stay in own] for each in events if is_telling(each))
    return [next(event for event in each if event) for each in told if any(each)]
