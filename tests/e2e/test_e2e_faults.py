"""Faults on a real cluster: what the console shows of each, and what survives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.images import team_agent
from tests.e2e.harness import (
    JOBS,
    NAMESPACE,
    PODS,
    ROOT,
    Console,
    container_id,
    each_line_once,
    launching,
    node_log,
    node_logs,
    pods_of,
    recorded_lines,
    until,
    wait_for,
    wait_for_routes,
)

POD_UID = "io.kubernetes.pod.uid"


def reason_of(
    console: Console, name: str, wanted: str, seconds: float = 120, status: str = "Blocked"
) -> str:
    """The reason shown for a submission that does not run once it speaks of `wanted`."""
    shown = wait_for(
        console,
        name,
        lambda s: s["status"] == status and wanted in s["reason"],
        f"{status} because of {wanted!r}",
        seconds,
    )
    return str(shown["reason"])


def test_a_killed_container_is_resumed_and_every_route_is_kept(
    console: Console, cluster: RealCluster
) -> None:
    """kill -9 leaves no marker: the attempt is counted, the pair resumes, the result is complete."""
    with console.running(*launching("killed", "steady"), "--wait") as launched:
        wait_for_routes(console, "killed", 4)
        before = wait_for(console, "killed", lambda s: s["pairs"][2]["route"], "pair 3 drives")
        cluster.kill_container(container_id(cluster, "killed", "agent-3"))
        wait_for(console, "killed", lambda s: s["pairs"][2]["attempt"] == 2, "pair 3 resumed")
        code, shown = launched.result(180)
    assert code == 0, launched.narration()
    assert "20/20" in shown
    after = console.status("killed")
    assert after["routes"]["done"] == 20 > before["routes"]["done"]
    assert [pair["attempt"] for pair in after["pairs"]] == [1, 1, 2, 1]
    assert after["budget"]["byContainer"] == {"simulator-3": 1, "agent-3": 1}
    assert after["pairs"][2]["agent"]["restarts"] == 1
    each_line_once(console, cluster, "killed")


def test_a_lost_sandbox_costs_a_restart_of_every_container_and_the_routes_stay(
    console: Console, cluster: RealCluster
) -> None:
    """With the limit of 8 the Job fails; what was finished is in the recording, and it says why."""
    with console.running(*launching("sandbox", "steady"), "--wait") as launched:
        done = wait_for_routes(console, "sandbox", 4)["routes"]["done"]
        (pod,) = pods_of(cluster, "sandbox")
        uid = pod["metadata"]["uid"]
        wanted = f'labels."io.cri-containerd.kind"==sandbox,labels."{POD_UID}"=={uid}'
        sandbox = cluster.ctr("containers", "list", "-q", wanted).strip()
        cluster.kill_container(sandbox)
        code, _ = launched.result(120)
    assert code == 7, launched.narration()
    assert "restart budget of 8 is used up" in launched.narration()
    assert until(lambda: pods_of(cluster, "sandbox") == [], "the pod is deleted")
    status = console.status("sandbox")
    assert status["status"] == "Failed"
    kept = json.loads(console("results", "sandbox", "-o", "json").stdout)
    assert len(kept["records"]) >= done
    assert kept["final"] is False


def test_an_image_that_cannot_be_pulled_is_named_with_its_container(console: Console) -> None:
    image = "localhost:1/team/agent:7"
    flags = [*launching("unpulled", "quick"), f"--set=submission.submitted_image_uri={image}"]
    assert console(*flags).returncode == 0
    reason = wait_for(
        console, "unpulled", lambda s: "cannot be pulled" in s["reason"], "the image is blamed"
    )["reason"]
    assert "agent-" in reason
    assert image in reason


def test_a_missing_node_label_is_shown_as_the_reason_for_waiting(
    console: Console, cluster: RealCluster
) -> None:
    """And the submission starts by itself when a node with the label comes."""
    cluster.label_node("m5.large")
    assert console.launch("unplaced", "quick").returncode == 0
    reason = reason_of(console, "unplaced", "No node can take the pod")
    assert "node affinity/selector" in reason
    cluster.label_node("g5.12xlarge")
    wait_for(console, "unplaced", lambda s: s["status"] == "Running", "it runs")


def test_two_submissions_fit_and_the_third_waits_for_gpus(
    console: Console, cluster: RealCluster
) -> None:
    for name in ("first", "second", "third"):
        assert console.launch(name, "steady").returncode == 0
    waiting = reason_of(console, "third", "Waiting for room on a node", status="Pending")
    assert "nvidia.com/gpu" in waiting
    wait_for(console, "second", lambda s: s["status"] == "Running", "the second runs")
    assert console("delete", "first", "--yes").returncode == 0
    wait_for(console, "third", lambda s: s["status"] == "Running", "the third runs", 90)


def test_a_quota_that_refuses_the_pod_is_shown_as_the_reason(
    console: Console, cluster: RealCluster
) -> None:
    quotas = f"/api/v1/namespaces/{NAMESPACE}/resourcequotas"
    quota = {"metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}
    cluster.admin.create(quotas, quota)
    try:
        until(lambda: cluster.admin.get(f"{quotas}/none").get("status"), "the quota is in force")
        assert console.launch("over", "quick").returncode == 0
        assert "exceeded quota" in reason_of(console, "over", "does not create the pod")
    finally:
        cluster.admin.delete(f"{quotas}/none")


def test_a_pod_security_level_that_refuses_the_pod_is_shown_as_the_reason(
    console: Console, cluster: RealCluster
) -> None:
    """The Job itself is accepted with a warning, which the launch prints."""
    name = "pod-security.kubernetes.io/"
    strict = {f"{name}enforce": "baseline", f"{name}warn": "baseline"}
    open_again = {f"{name}enforce": "privileged", f"{name}warn": "privileged"}
    path = f"/api/v1/namespaces/{NAMESPACE}"
    cluster.admin.merge(path, {"metadata": {"labels": strict}})
    try:
        launched = console.launch("insecure", "quick")
        assert launched.returncode == 0
        assert "PodSecurity" in launched.stderr
        reason = reason_of(console, "insecure", "does not create the pod")
        assert "violates PodSecurity" in reason
    finally:
        cluster.admin.merge(path, {"metadata": {"labels": open_again}})


def test_no_line_is_lost_when_the_node_rotates_its_logs(
    console: Console, cluster: RealCluster
) -> None:
    """Four agents write 12 MB each; the node keeps 10 MiB in a file. Every frame is recorded once."""
    done = console.launch("flood", "flood", "--wait")
    assert done.returncode == 0, done.stderr
    (pod,) = pods_of(cluster, "flood")
    kept = node_logs(cluster, pod, "agent-1")
    assert len(kept) > 1, "the node has not rotated: the test tests nothing"
    for agent in ("agent-1", "agent-2", "agent-3", "agent-4"):
        frames = [
            int(line.split(b"frame ")[1].split(b":")[0])
            for line in recorded_lines(console, "flood", agent, 0)
            if b" [agent] frame " in line
        ]
        assert frames == [*range(40000)] * 5, agent


def test_an_agent_that_is_killed_for_its_memory_is_shown_as_such(
    console: Console, cluster: RealCluster, tmp_path: Path
) -> None:
    template = (ROOT / "job_specs" / "leaderboard_2.0.yaml").read_text()
    head, mark, rest = template.partition("        - name: agent-1\n")
    assert mark
    spec = tmp_path / "small.yaml"
    spec.write_text(f"{head}{mark}          resources: {{limits: {{memory: 12Mi}}}}\n{rest}")

    def killed(status: Any) -> bool:
        agent = status["pairs"][0]["agent"]
        return bool(agent and agent["lastExit"] and agent["lastExit"]["reason"] == "OOMKilled")

    launched = console.launch("small", "steady", "--spec", str(spec))
    assert launched.returncode == 0, launched.stderr
    wait_for(console, "small", killed, "OOMKilled is shown for agent-1")


def test_an_evicted_pod_starts_anew_and_the_recording_keeps_the_first(
    console: Console, cluster: RealCluster
) -> None:
    """A deleted pod is replaced by the Job; its routes are lost there, not here."""
    with console.running(*launching("moved", "steady"), "--wait") as launched:
        wait_for_routes(console, "moved", 4)
        (pod,) = pods_of(cluster, "moved")
        cluster.admin.delete(f"{PODS}/{pod['metadata']['name']}")
        code, shown = launched.result(240)
    assert code == 0, launched.narration()
    assert "FINAL" in shown
    logs = sorted(path.name for path in (console.recording("moved") / "logcopy").iterdir())
    assert len(logs) == 2
    (second,) = pods_of(cluster, "moved")
    own = second["metadata"]["uid"].partition("-")[0]
    (of_second,) = (console.recording("moved") / "agent-1").glob(f"0.{own}.log")
    on_the_node = node_log(cluster, second, "agent-1", 0)
    assert of_second.read_bytes().split(b"\n")[:-1] == on_the_node


def test_the_budget_ends_a_submission_that_never_recovers(
    console: Console, cluster: RealCluster
) -> None:
    """Limit 8: three resumes did work, the fourth ended the Job; other pairs' routes are kept."""
    with console.running(*launching("hopeless", "hopeless-pair"), "--wait") as launched:
        code, _ = launched.result(300)
    assert code == 7, launched.narration()
    assert "restart budget of 8 is used up" in launched.narration()
    until(lambda: pods_of(cluster, "hopeless") == [], "the pod is gone")
    status = console.status("hopeless")
    assert status["status"] == "Failed"
    kept = json.loads(console("results", "hopeless", "-o", "json").stdout)
    assert kept["final"] is False
    finished = {record["routeId"] for record in kept["records"]}
    assert finished >= {f"RouteScenario_{number}" for number in (*range(10), *range(15, 20))}
    journal = console("logs", "hopeless", "-c", "simulator-3", "--recorded").stdout
    assert journal.count("Signal 11 caught") == 4


def test_fifty_launches_and_deletions_leave_no_orphan(
    console: Console, cluster: RealCluster
) -> None:
    """No node takes them, so that this is about the objects only."""
    cluster.label_node("m5.large")
    names = [f"many-{number}" for number in range(50)]
    for name in names:
        assert console.launch(name, "quick").returncode == 0
    assert len(json.loads(console("list", "-o", "json").stdout)) == 50
    for name in names:
        assert console("delete", name, "--yes").returncode == 0
    until(lambda: cluster.admin.get(PODS)["items"] == [], "every pod is gone")
    assert cluster.admin.get(JOBS)["items"] == []


def test_the_image_of_an_agent_is_the_one_that_was_submitted(
    console: Console, cluster: RealCluster
) -> None:
    assert console.launch("imaged", "quick").returncode == 0
    (pod,) = until(lambda: pods_of(cluster, "imaged"), "the pod is there")
    images = {each["name"]: each["image"] for each in pod["spec"]["containers"]}
    assert {images[f"agent-{number}"] for number in (1, 2, 3, 4)} == {team_agent("quick")}
