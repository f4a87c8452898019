"""What cluster-autoscaler and Karpenter say of a pod, in their own words, is what the list says."""

from __future__ import annotations

import pytest
from fakes.folded_boards import at, pod
from msgspec.structs import replace

from console.domain.board import SubmissionStatus as Status
from console.domain.events import ClusterEventSeen, PodSeen
from console.domain.folding import fold
from console.domain.node_events import is_telling
from tests.unit.domain.test_blocking import NODE_SELECTOR, said, shown, unplaced

FULL = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."
NOWHERE = f"0/3 nodes are available: 3 {NODE_SELECTOR}."
KARPENTER = (
    'Failed to schedule pod, incompatible with nodepool "gpu", daemonset overhead='
    '{"cpu":"150m","memory":"240Mi","pods":"5"}, no instance type satisfied resources'
)


def scaled(reason: str, message: str, second: float = 6) -> ClusterEventSeen:
    return said(reason, message, second)


@pytest.mark.parametrize("scheduler", [FULL, NOWHERE])
@pytest.mark.parametrize(
    ("reason", "message", "told"),
    [
        (
            "TriggeredScaleUp",
            "pod triggered scale-up: [{eks-gpu 0->1 (max: 4)}]",
            "a node is being added (eks-gpu 0->1 (max: 4))",
        ),
        (
            "TriggeredScaleUp",
            "pod triggered scale-up: [{eks-a 0->1 (max: 4)} {eks-b 1->2 (max: 2)}]",
            "a node is being added (eks-a 0->1 (max: 4), eks-b 1->2 (max: 2))",
        ),
        (
            "Nominated",
            "Pod should schedule on: nodeclaim/gpu-7xk2p",
            "a node is being added (nodeclaim/gpu-7xk2p)",
        ),
        (
            "Nominated",
            "Pod should schedule on: nodeclaim/gpu-7xk2p, node/ip-10-0-1-7.ec2.internal",
            "a node is being added (nodeclaim/gpu-7xk2p, node/ip-10-0-1-7.ec2.internal)",
        ),
        (
            "Nominated",
            "Pod should schedule on: node/ip-10-0-1-7.ec2.internal",
            "the autoscaler has chosen node/ip-10-0-1-7.ec2.internal for it",
        ),
    ],
)
def test_a_node_that_comes_is_named_and_nothing_is_blocked(
    scheduler: str, reason: str, message: str, told: str
) -> None:
    board = shown(unplaced(scheduler), scaled(reason, message))
    assert board.status is Status.PENDING
    assert board.reason == f"Waiting for room on a node: {scheduler.rstrip('.')}; {told}"


NOT_COMING = [
    (
        "NotTriggerScaleUp",
        "pod didn't trigger scale-up: 1 max node group size reached",
        "1 max node group size reached",
    ),
    (
        "NotTriggerScaleUp",
        "pod didn't trigger scale-up (it wouldn't fit if a new node is added): 2 Insufficient "
        "nvidia.com/gpu",
        "2 Insufficient nvidia.com/gpu",
    ),
    (
        "NotTriggerScaleUp",
        "pod didn't trigger scale-up: max total nodes in cluster reached",
        "max total nodes in cluster reached",
    ),
    (
        "FailedScaleUp",
        "Node scale up in zones europe-west1-c associated with this pod failed: GCE quota "
        "exceeded. Pod is at risk of not being scheduled.",
        "Node scale up in zones europe-west1-c associated with this pod failed: GCE quota "
        "exceeded. Pod is at risk of not being scheduled",
    ),
    (
        "FailedScheduling",
        KARPENTER,
        'incompatible with nodepool "gpu", no instance type satisfied resources',
    ),
    (
        "FailedScheduling",
        'Failed to schedule pod, all available instance types exceed limits for nodepool: "gpu"',
        'all available instance types exceed limits for nodepool: "gpu"',
    ),
    (
        "InsufficientCapacityError",
        "NodeClaim gpu-7xk2p nominated for this pod failed to launch: no capacity for g5.12xlarge",
        "no capacity for g5.12xlarge",
    ),
]


@pytest.mark.parametrize(("reason", "message", "why"), NOT_COMING)
def test_a_node_that_cannot_come_is_told_with_the_autoscalers_reason(
    reason: str, message: str, why: str
) -> None:
    waits = shown(unplaced(FULL), scaled(reason, message))
    said_of_it = f"the autoscaler cannot add a node: {why}"
    assert waits.status is Status.PENDING
    assert waits.reason == f"Waiting for room on a node: {FULL.rstrip('.')}; {said_of_it}"
    blocked = shown(unplaced(NOWHERE), scaled(reason, message))
    assert (blocked.status, blocked.blocked_by) == (Status.BLOCKED, "node")
    assert f"{NODE_SELECTOR}; {said_of_it}. Check the instance type" in blocked.reason


@pytest.mark.parametrize(("reason", "message", "why"), NOT_COMING)
def test_the_newest_word_of_an_autoscaler_counts(reason: str, message: str, why: str) -> None:
    coming = scaled("Nominated", "Pod should schedule on: nodeclaim/gpu-7xk2p", 5)
    board = shown(unplaced(NOWHERE), coming, scaled(reason, message, 9))
    assert board.status is Status.BLOCKED
    again = fold(
        board, scaled("TriggeredScaleUp", "pod triggered scale-up: [{g 0->1 (max: 1)}]", 12)
    )
    assert "a node is being added (g 0->1 (max: 1))" in again.reason


def test_karpenters_word_is_not_taken_for_the_schedulers() -> None:
    """They write events of one reason, and only the scheduler knows the nodes that there are."""
    scheduler, karpenter = said("FailedScheduling", FULL, 5), scaled("FailedScheduling", KARPENTER)
    board = shown(unplaced("", ""), scheduler, karpenter)
    assert board.status is Status.PENDING
    assert f"{FULL.rstrip('.')}; the autoscaler cannot add a node: incompatible" in board.reason


@pytest.mark.parametrize(
    ("reason", "message", "told"),
    [
        ("ScaleDown", "deleting pod for node scale down", "the autoscaler takes its node away"),
        ("Evicted", "Evicted pod: Underutilized", "the autoscaler empties its node"),
        (
            "Disrupted",
            "Deleting the pod to accommodate the terminationTime 2026-03-31 of the node.",
            "the autoscaler ends its node",
        ),
    ],
)
def test_a_pod_that_an_autoscaler_ends_says_so(reason: str, message: str, told: str) -> None:
    ended = replace(
        pod(), deleting=True, reason="EvictionByEvictionAPI", message="Eviction API: evicting"
    )
    board = shown(PodSeen(at(2), pod()), scaled(reason, message, 9), PodSeen(at(10), ended))
    assert board.reason == (
        f"The pod is being ended because {told} ({reason}: {message.rstrip('.')})."
    )


@pytest.mark.parametrize(
    ("reason", "kind", "told"),
    [
        ("ScaleDown", "Normal", True),
        ("ScaleDownFailed", "Warning", True),
        ("DisruptionTerminating", "Normal", True),
        ("TerminationGracePeriodExpiring", "Warning", True),
        ("FailedDraining", "Warning", True),
        ("DisruptionBlocked", "Normal", False),
        ("DisruptionBlocked", "Warning", False),
        ("Unconsolidatable", "Normal", False),
        ("ConsolidationCandidate", "Normal", False),
    ],
)
def test_of_a_node_what_ends_it_is_told_and_what_an_autoscaler_thinks_is_not(
    reason: str, kind: str, told: bool
) -> None:
    event = said(reason, "", about="Node/gpu-1").event
    assert is_telling(replace(event, type=kind)) is told
