"""The edge's decoder against the fake cluster's plain reading: of real objects, and of each change
that an API can make to them, both tell the same facts."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.indexed_jobs import PAIRS, apart, part_of
from fakes.reading import job_facts, pod_facts
from hypothesis import given
from hypothesis import strategies as st

from console.cluster import decoding, pod_reading
from console.domain.facts import IndexedJob
from console.specs.compose import compose
from console.specs.template import load_template
from console.specs.values import load_profile

DATA = Path(__file__).parents[1] / "data" / "cluster"
POD = json.loads((DATA / "pod-running.json").read_text())
JOB = json.loads((DATA / "job-running.json").read_text())
SEEN = [json.loads(line)["object"] for line in (DATA / "watch-pods.jsonl").read_text().splitlines()]
WATCHED = [each for each in SEEN if "name" in each["metadata"]]
"""Without the bookmarks between them."""

TIMES = st.sampled_from(["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.123456Z", None])
WORDS = st.sampled_from(["", "Error", "ImagePullBackOff", "Evicted", "OOMKilled", "\x1b[2J"])


def both_pods(stored: dict[str, Any]) -> tuple[Any, Any]:
    return pod_reading.Pods().one(json.dumps(stored)), pod_facts(stored)


def both_jobs(stored: dict[str, Any]) -> tuple[Any, Any]:
    return decoding.Jobs().one(json.dumps(stored)), job_facts(stored)


@pytest.mark.parametrize("stored", [POD, *WATCHED])
def test_real_pods_are_read_alike(stored: dict[str, Any]) -> None:
    edge, plain = both_pods(stored)
    assert edge == plain
    assert edge.name


def test_a_real_job_is_read_alike() -> None:
    edge, plain = both_jobs(JOB)
    assert edge == plain


def test_where_a_jobs_results_go_is_read_alike() -> None:
    stored = copy.deepcopy(JOB)
    marks = stored["metadata"].setdefault("annotations", {})
    marks["leaderboard.carla.org/evalai"] = "https://eval.ai 2098/4137/301234"
    edge, plain = both_jobs(stored)
    assert edge == plain
    assert edge.evalai.submission == 301234


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_composed_job_is_read_alike_with_its_plan(version: str) -> None:
    composed = compose(
        load_template(version), load_profile("embedded").values(version), namespace="races"
    )
    stored = copy.deepcopy(composed.manifest)
    stored["metadata"] |= {"namespace": "races", "uid": "u1"}
    edge, plain = both_jobs(stored)
    assert edge == plain
    assert edge.plan is not None
    assert len(edge.plan.pairs) == 4


def test_a_job_with_a_pod_for_each_pair_and_its_pods_are_read_alike() -> None:
    composed = compose(load_template("2.0"), load_profile("embedded").values("2.0"))
    stored = apart(composed)
    stored["metadata"] |= {"namespace": "races", "uid": "u1"}
    stored["status"] = {"completedIndexes": "0,2", "failedIndexes": "1"}
    edge, plain = both_jobs(stored)
    assert edge == plain
    assert edge.indexes == IndexedJob(3, (0, 2), (1,))
    assert edge.plan.backoff_limit == 3
    for pair in PAIRS:
        edge, plain = both_pods(part_of(pair, "u1", failures=2))
        assert edge == plain
        assert (edge.index, edge.failures) == (pair - 1, 2)


def test_a_job_of_somebody_else_has_no_plan_in_either_reading() -> None:
    stored = {"metadata": {"name": "backup", "namespace": "races", "uid": "u"}, "spec": {}}
    assert [each.plan for each in both_jobs(stored)] == [None, None]


def terminated(draw: Any) -> dict[str, Any]:
    told = {"exitCode": draw(st.sampled_from([0, 1, 137])), "reason": draw(WORDS)}
    return _known(told | {"startedAt": draw(TIMES), "finishedAt": draw(TIMES)})


def _known(told: dict[str, Any]) -> dict[str, Any]:
    """Without what the API leaves out because it is not known."""
    return {name: value for name, value in told.items() if value is not None}


@st.composite
def states(draw: Any) -> dict[str, Any]:
    kind = draw(st.sampled_from(["waiting", "running", "terminated"]))
    if kind == "waiting":
        return {kind: {"reason": draw(WORDS), "message": draw(WORDS)}}
    if kind == "running":
        return {kind: _known({"startedAt": draw(TIMES)})}
    return {kind: terminated(draw)}


@st.composite
def statuses(draw: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Of some of the containers, in any order."""
    told = draw(st.permutations([each for each in names if draw(st.booleans())]))
    return [
        {
            "name": name,
            "restartCount": draw(st.integers(0, 3)),
            "ready": draw(st.booleans()),
            "containerID": f"containerd://{name}",
            "state": draw(states()),
            "lastState": {"terminated": terminated(draw)} if draw(st.booleans()) else {},
        }
        for name in told
    ]


def conditions(draw: Any, kinds: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for kind in kinds:
        if draw(st.booleans()):
            told = {"type": kind, "status": draw(st.sampled_from(["True", "False"]))}
            more = {"reason": draw(WORDS), "message": draw(WORDS)}
            yield _known(told | more | {"lastTransitionTime": draw(TIMES)})


@st.composite
def pods(draw: Any) -> dict[str, Any]:
    init, main, debug = ("private-contents", "mesh"), ("agent-1", "logcopy"), ("debugger",)
    owner = {"kind": draw(st.sampled_from(["Job", "ReplicaSet"])), "name": "demo", "uid": "j1"}
    label = draw(st.sampled_from(["job-name", "batch.kubernetes.io/job-name", "app"]))
    meta = {"name": "demo-x", "namespace": "races", "uid": "p1", "labels": {label: "demo"}}
    if draw(st.booleans()):
        meta["ownerReferences"] = [owner]  # type: ignore[assignment]
    status = {
        "phase": draw(st.sampled_from(["Pending", "Running", "Failed"])),
        "reason": draw(WORDS),
        "message": draw(WORDS),
        "conditions": list(conditions(draw, ("PodScheduled", "Initialized", "DisruptionTarget"))),
        "initContainerStatuses": draw(statuses(init)),
        "containerStatuses": draw(statuses(main)),
        "ephemeralContainerStatuses": draw(statuses(debug)),
    }
    always = {"restartPolicy": "Always"}
    spec = {
        "initContainers": [{"name": init[0]}, {"name": init[1], **always}],
        "containers": [{"name": name} for name in main],
        "ephemeralContainers": [{"name": name} for name in debug],
        "nodeName": draw(st.sampled_from(["", "gpu-1"])),
    }
    times = {"creationTimestamp": draw(TIMES), "deletionTimestamp": draw(TIMES)}
    return {"metadata": {**meta, **_known(times)}, "spec": spec, "status": status}


@given(pods())
def test_whatever_an_api_says_of_a_pod_both_readings_tell_the_same(stored: dict[str, Any]) -> None:
    edge, plain = both_pods(stored)
    assert edge == plain


@st.composite
def jobs(draw: Any) -> dict[str, Any]:
    marks = draw(st.sampled_from([{}, {"leaderboard.carla.org/cancelled-at": "x"}, {"other": "y"}]))
    meta = {"name": "demo", "namespace": "races", "uid": "j1", "annotations": marks}
    uncounted = {"succeeded": draw(st.sampled_from([[], ["p1"]])), "failed": ["p2"]}
    status = {
        "active": draw(st.integers(0, 1)),
        "failed": draw(st.integers(0, 8)),
        "uncountedTerminatedPods": draw(st.sampled_from([None, {}, uncounted])),
        "startTime": draw(TIMES),
        "completionTime": draw(TIMES),
        "conditions": list(conditions(draw, ("Suspended", "FailureTarget", "Failed", "Complete"))),
    }
    spec = {
        "backoffLimit": draw(st.integers(0, 8)),
        "suspend": draw(st.booleans()),
        "parallelism": draw(st.integers(0, 1)),
    }
    times = {"creationTimestamp": draw(TIMES), "deletionTimestamp": draw(TIMES)}
    return {"metadata": {**meta, **_known(times)}, "spec": spec, "status": _known(status)}


@given(jobs())
def test_whatever_an_api_says_of_a_job_both_readings_tell_the_same(stored: dict[str, Any]) -> None:
    edge, plain = both_jobs(stored)
    assert edge == plain
