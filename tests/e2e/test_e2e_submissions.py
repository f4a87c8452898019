"""Submissions on a real cluster: accepted, driven to the end, followed, cancelled, deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.settings import NODE_NAME
from tests.e2e.harness import (
    CONFIG_MAPS,
    CONTAINERS,
    JOBS,
    NAMESPACE,
    NOT_FOUND,
    Console,
    container_id,
    launching,
    node_log,
    pods_of,
    recorded_lines,
    until,
    wait_for,
    wait_for_routes,
)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Console]:
    """The console with an embedded cluster of its own, which the test starts and compares with."""
    console = Console(tmp_path / "embedded", tmp_path / "no-kubeconfig")
    up = console("local", "up", "--time-factor", "0.1")
    assert up.returncode == 0, up.stderr
    yield console
    console("local", "down")


@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
def test_a_job_spec_passes_strict_validation_on_the_server(
    console: Console, cluster: RealCluster, leaderboard: str
) -> None:
    tried = console.launch("tried", "quick", "--leaderboard", leaderboard, "--dry-run", "server")
    assert tried.returncode == 0, tried.stderr
    assert "would be accepted" in tried.stdout
    assert "warning" not in tried.stderr
    render = ["render", *launching("tried", "quick")[1:], "--leaderboard", leaderboard]
    manifests = json.loads(console(*render, "-o", "json").stdout)["items"]
    paths = {"Job": JOBS, "ConfigMap": CONFIG_MAPS}
    assert {manifest["kind"] for manifest in manifests} == set(paths)
    for manifest in manifests:
        path = paths[manifest["kind"]]
        manifest["metadata"].pop("ownerReferences", None)
        cluster.admin.create(f"{path}?dryRun=All&fieldValidation=Strict", manifest)
    assert cluster.admin.get(JOBS)["items"] == []


@pytest.mark.parametrize(
    ("leaderboard", "scenario"), [("2.0", "quick"), ("1.0", "quick"), ("2.0", "crash-once")]
)
def test_the_merged_result_is_the_one_of_the_embedded_cluster(
    console: Console, embedded: Console, leaderboard: str, scenario: str
) -> None:
    """Launched by the same command with --wait, to Complete on both, byte for byte the same."""
    flags = ("--leaderboard", leaderboard, "--wait")
    with embedded.running(*launching("same", scenario), *flags, "--local") as beside:
        real = console.launch("same", scenario, *flags)
        assert real.returncode == 0, real.stderr
        assert "FINAL" in real.stdout
        assert beside.result(300)[0] == 0, beside.narration()
    merged = console("results", "same", "-o", "merged").stdout
    assert merged
    assert merged == embedded("results", "same", "-o", "merged", "--local").stdout


def test_the_pod_runs_init_and_then_nine_containers_without_a_token(
    console: Console, cluster: RealCluster
) -> None:
    done = console.launch("nine", "quick", "--wait")
    assert done.returncode == 0, done.stderr
    (pod,) = pods_of(cluster, "nine")
    assert [each["name"] for each in pod["spec"]["containers"]] == list(CONTAINERS)
    assert pod["spec"]["nodeName"] == NODE_NAME
    init = pod["status"]["initContainerStatuses"][0]["state"]["terminated"]
    assert (init["exitCode"], init["reason"]) == (0, "Completed")
    for status in pod["status"]["containerStatuses"]:
        ended = status["state"]["terminated"]
        assert (ended["exitCode"], status["restartCount"]) == (0, 0), status["name"]
        assert ended["startedAt"] >= init["finishedAt"]
    mounts = {
        mount["mountPath"]
        for container in (*pod["spec"]["containers"], *pod["spec"]["initContainers"])
        for mount in container["volumeMounts"]
    }
    assert "/var/run/secrets/kubernetes.io/serviceaccount" not in mounts
    assert len(wait_for_routes(console, "nine", 20)["pairs"]) == 4


def test_the_recording_holds_every_line_of_every_container(
    console: Console, cluster: RealCluster
) -> None:
    done = console.launch("lines", "quick", "--wait")
    assert done.returncode == 0, done.stderr
    (pod,) = pods_of(cluster, "lines")
    for container in ("private-contents", *CONTAINERS):
        on_the_node = node_log(cluster, pod, container, 0)
        assert on_the_node, container
        assert recorded_lines(console, "lines", container, 0) == on_the_node, container


def test_a_crash_is_followed_over_the_restart_with_its_previous_log(
    console: Console, cluster: RealCluster
) -> None:
    """Pair 2 resumes as attempt 2, costs two restarts, and both its runs are readable."""
    with console.running(*launching("crashed", "crash-once"), "--wait") as launched:
        wait_for(console, "crashed", lambda s: s["pairs"][1]["attempt"] == 2, "pair 2 resumed", 120)
        until(lambda: container_id(cluster, "crashed", "agent-2"), "agent-2 runs again")
        previous = console("logs", "crashed", "-c", "simulator-2", "--previous")
        assert previous.returncode == 0, previous.stderr
        assert "Signal 11" in previous.stdout
        assert "Signal 11" not in console("logs", "crashed", "-c", "simulator-2").stdout
        none = console("logs", "crashed", "-c", "simulator-1", "--previous")
        assert none.returncode == NOT_FOUND
        assert "previous terminated container" in none.stderr
        (pod,) = pods_of(cluster, "crashed")
        halves = ("simulator-2", "agent-2")
        first_runs = {half: node_log(cluster, pod, half, 0) for half in halves}
        code, _ = launched.result(150)
    assert code == 0, launched.narration()
    status = console.status("crashed")
    assert status["status"] == "Complete"
    assert status["budget"]["used"] == 2
    pair = status["pairs"][1]
    assert (pair["attempt"], pair["restarts"]) == (2, 2)
    first = {(each["half"], each["reason"]) for each in pair["ended"] if each["attempt"] == 1}
    assert ("simulator", "crashed") in first
    for half, first_run in first_runs.items():
        assert recorded_lines(console, "crashed", half, 0) == first_run
        assert recorded_lines(console, "crashed", half, 1) == node_log(cluster, pod, half, 1)
    assert "Signal 11" in console("logs", "crashed", "-c", "simulator-2", "--recorded").stdout


def test_list_and_status_show_what_kubernetes_has(console: Console) -> None:
    assert console.launch("listed", "quick", "--wait").returncode == 0
    (row,) = json.loads(console("list", "-o", "json").stdout)
    assert (row["name"], row["status"], row["namespace"]) == ("listed", "Complete", NAMESPACE)
    assert row["routes"] == {"done": 20, "total": 20}
    assert row["restarts"] == 0
    text = console("status", "listed").stdout
    assert "pair 4" in text


def test_a_cancelled_submission_publishes_its_finished_routes(
    console: Console, cluster: RealCluster
) -> None:
    """SIGTERM reaches all nine, the merged result of what is finished is on this machine."""
    with console.running(*launching("cut", "steady"), "--wait") as launched:
        wait_for_routes(console, "cut", 4)
        assert console("cancel", "cut", "--yes").returncode == 0
        code, shown = launched.result(90)
    assert code == 7, launched.narration()
    assert "Cancelled" in launched.narration()
    assert "RouteScenario" in shown
    assert until(lambda: pods_of(cluster, "cut") == [], "the pod is gone")
    assert console.status("cut")["status"] == "Cancelled"
    conditions = cluster.admin.get(f"{JOBS}/cut")["status"]["conditions"]
    assert ("Failed", "DeadlineExceeded") in [(each["type"], each["reason"]) for each in conditions]


def test_a_deleted_submission_leaves_no_orphan(console: Console, cluster: RealCluster) -> None:
    assert console.launch("gone", "steady").returncode == 0
    until(lambda: pods_of(cluster, "gone"), "the pod is there")
    assert console("delete", "gone", "--yes").returncode == 0
    until(lambda: pods_of(cluster, "gone") == [], "the pod is gone")
    maps = [each["metadata"]["name"] for each in cluster.admin.get(CONFIG_MAPS)["items"]]
    assert "gone-workers" not in maps
    told = console("status", "gone")
    assert "There is no Job leaderboard/gone; this is what this console recorded" in told.stderr
    assert "Deleted" in told.stdout
    assert console("status", "never-launched").returncode == NOT_FOUND


def test_the_group_of_the_access_file_may_do_everything(
    cluster: RealCluster, tmp_path: Path
) -> None:
    """A person of the group `leaderboard-operators`, known by a certificate."""
    person = Console(tmp_path / "person", cluster.settings.pki / "operator.kubeconfig")
    own = ("-n", NAMESPACE)
    done = person.launch("group", "quick", "--wait", *own)
    assert done.returncode == 0, done.stderr
    assert person("list", *own).returncode == 0
    assert person("delete", "group", "--yes", *own).returncode == 0
