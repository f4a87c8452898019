"""Pods of an Indexed Job, as the API tells them: which index, and their containers told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from console.cluster import pod_reading
from console.cluster.decoding import Jobs
from console.cluster.indexed import listed
from console.domain.facts import IndexedJob, PodFacts

RUNNING = {"running": {"startedAt": "2026-11-22T10:00:00Z"}}
SIDECARS = ("simulator", "logcopy")


def pod(annotations: dict[str, str]) -> Any:
    owner = {"kind": "Job", "name": "demo", "uid": "j1", "controller": True}
    init = [{"name": "private-contents"}]
    init += [{"name": name, "restartPolicy": "Always"} for name in SIDECARS]
    return {
        "metadata": {
            "name": "demo-2-x1y2z", "namespace": "races", "uid": "u1",
            "annotations": annotations, "ownerReferences": [owner],
        },
        "spec": {"initContainers": init, "containers": [{"name": "agent"}, {"name": "mesh"}]},
        "status": {
            "phase": "Running",
            "initContainerStatuses": [
                {"name": each["name"], "restartCount": 0, "state": RUNNING} for each in init
            ],
            "containerStatuses": [
                {"name": name, "restartCount": 0, "state": RUNNING} for name in ("agent", "mesh")
            ],
        },
    }  # fmt: skip


OF_INDEX_2 = {
    "batch.kubernetes.io/job-completion-index": "2",
    "batch.kubernetes.io/job-index-failure-count": "1",
}


def listed_and_watched(raw: Any) -> list[PodFacts]:
    text = json.dumps(raw)
    line = json.dumps({"type": "MODIFIED", "object": raw}).encode()
    pods = pod_reading.Pods()
    return [pod_reading.Pods().one(text), *(pods.line(line).item for _ in range(2))]


def test_a_pod_of_an_index_has_its_containers_under_the_number_of_its_pair() -> None:
    for found in listed_and_watched(pod(OF_INDEX_2)):
        assert (found.index, found.pair, found.failures) == (2, 3, 1)
        assert [(each.name, each.asked) for each in found.containers] == [
            ("private-contents-3", "private-contents"),
            ("simulator-3", "simulator"), ("logcopy-3", "logcopy"),
            ("agent-3", "agent"), ("mesh-3", "mesh"),
        ]  # fmt: skip


def test_what_goes_on_beside_the_agent_is_no_step_before_it() -> None:
    for found in listed_and_watched(pod(OF_INDEX_2)):
        kinds = {each.asked: (each.init, each.sidecar) for each in found.containers}
        assert kinds["private-contents"] == (True, False)
        assert kinds["simulator"] == kinds["logcopy"] == (False, True)
        assert kinds["agent"] == (False, False)
        assert [each.asked for each in found.containers if each.holds_pod] == ["agent", "mesh"]


@pytest.mark.parametrize("told", [{}, {"batch.kubernetes.io/job-completion-index": "x"}])
def test_any_other_pod_s_containers_keep_their_names(told: dict[str, str]) -> None:
    for found in listed_and_watched(pod(told)):
        assert (found.index, found.failures) == (None, 0)
        assert [each.own_name for each in found.containers] == [""] * 5


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("", ()), ("0", (0,)), ("0,2-4", (0, 2, 3, 4)), ("1-3,7", (1, 2, 3, 7)),
        ("nonsense,5", (5,)), ("3-1", ()),
    ],
)  # fmt: skip
def test_a_list_of_indexes_is_written_out(text: str, indexes: tuple[int, ...]) -> None:
    assert listed(text) == indexes


def test_a_range_without_measure_is_not() -> None:
    assert len(listed("0-999999999")) == 1_000


def job(spec: dict[str, Any], status: dict[str, Any]) -> Any:
    meta = {"name": "demo", "namespace": "races", "uid": "j1"}
    return Jobs().one(json.dumps({"metadata": meta, "spec": spec, "status": status}).encode())


def test_a_job_says_which_of_its_pairs_are_through_and_which_failed() -> None:
    spec = {"completionMode": "Indexed", "backoffLimitPerIndex": 3, "completions": 5}
    status = {"completedIndexes": "0,3-4", "failedIndexes": "2"}
    assert job(spec, status).indexes == IndexedJob(3, (0, 3, 4), (2,))
    assert job(spec, {}).indexes == IndexedJob(3)
    assert job({"completionMode": "NonIndexed"}, {}).indexes is None
    assert job({}, {}).indexes is None
