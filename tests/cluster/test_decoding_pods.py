"""Pods that die as a whole, and containers that the cluster or somebody has put into a pod."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from console.cluster import pod_reading


def pod(status: dict[str, Any], spec: dict[str, Any] | None = None) -> Any:
    meta = {"name": "demo-x1y2z", "namespace": "races", "uid": "u1"}
    return pod_reading.Pods().one(
        json.dumps({"metadata": meta, "spec": spec or {}, "status": status})
    )


def condition(kind: str, reason: str, message: str, status: str = "True") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


DISRUPTED = condition("DisruptionTarget", "EvictionByEvictionAPI", "Eviction API: evicting")
UNPLACED = condition("PodScheduled", "Unschedulable", "0/1 nodes", "False")


@pytest.mark.parametrize(
    ("status", "reason", "message"),
    [
        (
            {"phase": "Failed", "reason": "OutOfnvidia.com/gpu", "message": "Node didn't have"},
            "OutOfnvidia.com/gpu", "Node didn't have",
        ),
        ({"conditions": [DISRUPTED]}, "EvictionByEvictionAPI", "Eviction API: evicting"),
        ({"conditions": [UNPLACED, DISRUPTED]}, "EvictionByEvictionAPI", "Eviction API: evicting"),
        (
            {"reason": "Evicted", "message": "low on memory", "conditions": [DISRUPTED]},
            "Evicted", "low on memory",
        ),
        ({"conditions": [UNPLACED]}, "Unschedulable", "0/1 nodes"),
        ({"conditions": [{**DISRUPTED, "status": "False"}]}, "", ""),
    ],
)  # fmt: skip
def test_why_a_pod_ends_is_read_from_wherever_the_cluster_says_it(
    status: dict[str, Any], reason: str, message: str
) -> None:
    found = pod(status)
    assert (found.reason, found.message) == (reason, message)


def test_containers_that_were_put_into_the_pod_are_there_with_what_they_are() -> None:
    names = ("istio-init", "istio-proxy"), ("agent-1", "mesh"), ("debugger",)
    init, plain, debug = ([{"name": name} for name in each] for each in names)
    init[1]["restartPolicy"] = "Always"
    running = {"running": {}}
    statuses = [[{"name": n, "restartCount": 2, "state": running} for n in each] for each in names]
    found = pod(
        {
            "initContainerStatuses": statuses[0],
            "containerStatuses": statuses[1],
            "ephemeralContainerStatuses": statuses[2],
        },
        {"initContainers": init, "containers": plain, "ephemeralContainers": debug},
    )
    kinds = [(each.name, each.init, each.sidecar, each.ephemeral) for each in found.containers]
    assert kinds == [
        ("istio-init", True, False, False),
        ("istio-proxy", True, True, False),
        ("agent-1", False, False, False),
        ("mesh", False, False, False),
        ("debugger", False, False, True),
    ]
    assert found.restarts == 8
    assert [each.name for each in found.containers if each.holds_pod] == ["agent-1", "mesh"]


def test_since_when_a_pod_has_its_place_and_its_containers_their_turn_is_read() -> None:
    placed, begun = "2026-11-22T10:00:01Z", "2026-11-22T10:00:09Z"
    found = pod(
        {
            "conditions": [
                {**UNPLACED, "lastTransitionTime": placed},
                {"type": "Initialized", "status": "True", "lastTransitionTime": begun},
            ]
        }
    )
    assert found.placed_at == datetime(2026, 11, 22, 10, 0, 1, tzinfo=UTC)
    assert found.initialized_at == datetime(2026, 11, 22, 10, 0, 9, tzinfo=UTC)
    untold = pod({})
    assert (untold.placed_at, untold.initialized_at) == (None, None)
