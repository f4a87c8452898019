"""Recorded answers of a real 1.36 cluster as facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.cluster import decoding, pod_reading
from console.domain.facts import ContainerState

RECORDED = Path(__file__).parents[1] / "data" / "cluster"


def test_a_pod_has_its_containers_in_the_manifest_s_order() -> None:
    """Statuses come sorted by name; init containers lead."""
    pod = pod_reading.Pods().one((RECORDED / "pod-running.json").read_bytes())
    halves = [f"{half}-{n}" for n in (1, 2, 3, 4) for half in ("simulator", "agent")]
    assert [c.name for c in pod.containers] == ["prepare", *halves, "logcopy"]
    assert (pod.job, pod.phase, pod.restarts) == ("pairx", "Running", 2)
    agent = pod.container("agent-1")
    assert agent is not None
    assert (agent.state, agent.restart_count) == (ContainerState.TERMINATED, 1)
    assert agent.ended is not None
    assert agent.ended.exit_code == agent.previous.exit_code == 4
    assert pod.containers[0].init


def test_a_job_that_is_no_submission_is_read_without_a_plan() -> None:
    """Its facts stand; no plan is invented."""
    job = decoding.Jobs().one((RECORDED / "job-running.json").read_bytes())
    assert (job.name, job.backoff_limit, job.active, job.plan) == ("pairx", 8, 1, None)


def test_events_name_what_they_are_about() -> None:
    """Both event formats of a real server, with null times and counts."""
    items = json.loads((RECORDED / "events.json").read_bytes())["items"]
    events = [decoding.EVENTS.one(json.dumps(item).encode())[0] for item in items]
    assert all(each.last_seen is not None and each.count >= 1 for each in events)
    assert all(each.first_seen is not None for each in events)
    assert all(each.first_seen <= each.last_seen for each in events)
    abouts = {each.about for each in events}
    assert any(about.endswith(" simulator-1") for about in abouts)
    assert any(about.startswith("Job/") for about in abouts)


def test_recorded_watch_lines_are_understood() -> None:
    """Bookmarks carry a version, objects decode."""
    for raw in (RECORDED / "watch-pods.jsonl").read_bytes().splitlines():
        line = pod_reading.Pods().line(raw)
        assert line.metadata.resource_version
        assert (line.item is None) == (line.type == "BOOKMARK")
        if line.item is not None:
            assert line.item == pod_reading.Pods().one(json.dumps(json.loads(raw)["object"]))
            assert line.item.containers


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[1]", b'{"metadata": 3}', b"\xff\xfe", b'{"metadata":{"uid":7}}']
)
def test_nonsense_is_an_error_of_ours(raw: bytes) -> None:
    """Never an exception of the decoder's own."""
    with pytest.raises(decoding.DecodingFailed):
        pod_reading.Pods().one(raw)


def test_pods_that_a_job_has_seen_to_end_and_not_added_up_are_counted() -> None:
    """A controller names them by uid first, and adds them as it lets them go."""
    raw = json.loads((RECORDED / "job-running.json").read_bytes())
    waiting = {"failed": ["a", "b"], "succeeded": ["c"]}
    raw["status"] |= {"failed": 1, "terminating": 3, "uncountedTerminatedPods": waiting}
    job = decoding.Jobs().one(json.dumps(raw).encode())
    assert (job.failed, job.succeeded, job.terminating) == (3, 1, 3)
    raw["status"]["uncountedTerminatedPods"] = {}
    assert decoding.Jobs().one(json.dumps(raw).encode()).failed == 1


def test_a_pod_in_a_list_is_the_one_that_is_read_alone() -> None:
    lines = (RECORDED / "watch-pods.jsonl").read_bytes().splitlines()
    told = [json.loads(raw) for raw in lines]
    pods = [each["object"] for each in told if each["type"] != "BOOKMARK"]
    page = pod_reading.Pods().page(json.dumps({"items": pods}).encode())
    assert page.items is not None
    listed = [pod_reading.Pods().facts(each) for each in page.items]
    assert listed == [pod_reading.Pods().one(json.dumps(each)) for each in pods]
    assert all(each.containers for each in listed)
