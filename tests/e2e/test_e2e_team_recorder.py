"""recorder.yaml as it is, with the image of the Containerfile: every submission is recorded by it.

Its users are the people of access.yaml: they come in by `kubectl exec`, from a machine that records
nothing.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.cluster.api import Refused
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.recorder_image import write_recorder_archive
from tests.e2e.cluster.settings import NODE_NAME, OLDER_KUBERNETES_VERSION
from tests.e2e.harness import (
    JOBS,
    NAMESPACE,
    PODS,
    ROOT,
    Console,
    clean,
    launching,
    pods_of,
    until,
)
from tests.e2e.tables import Kubectl

pytestmark = pytest.mark.machine

SPEC = ROOT / "job_specs" / "recorder.yaml"
DEPLOYMENT = "deploy/leaderboard-recorder"
LABEL = "app.kubernetes.io/name=leaderboard-recorder"
DISK = "recordings-of-the-test"
FORBIDDEN = 4
ADMITTED = "/api/v1/namespaces/strict/pods?dryRun=All"


@dataclass(frozen=True)
class TeamRecorder:
    """The recorder that runs: an administrator's kubectl, and an operator's."""

    admin: Kubectl
    operator: Kubectl

    def exec(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of the console in the pod."""
        return subprocess.run(
            self.exec_line(*arguments),
            executable=self.operator.program,
            env={"HOME": str(self.operator.home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def exec_line(self, *arguments: str, terminal: bool = False) -> list[str]:
        line = ["kubectl", "--kubeconfig", str(self.operator.kubeconfig), "-n", NAMESPACE, "exec"]
        return [
            *line,
            *(["-it"] if terminal else []),
            DEPLOYMENT,
            "--",
            "carla-console",
            *arguments,
        ]

    def told(self, *arguments: str) -> Any:
        """Its JSON."""
        done = self.exec(*arguments, "-o", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def history(self) -> dict[str, tuple[str, bool]]:
        return {each["name"]: (each["status"], each["ended"]) for each in self.told("history")}

    def lost(self) -> None:
        """Its pod is deleted, as with its node; another one takes its place and its claim."""
        self.admin("delete", "pod", "-l", LABEL, "--wait")
        self.until_ready()

    def until_ready(self) -> None:
        """Its watch is live: its probe says so."""

        def told() -> bool:
            said = self.admin("rollout", "status", DEPLOYMENT, "--timeout=20s")
            return "successfully rolled out" in said

        until(told, "the recorder is ready")


@pytest.fixture(scope="module", autouse=True)
def _clean_namespace(cluster: RealCluster) -> Iterator[None]:
    """When the recorder is gone: its pod is in the namespace too."""
    yield
    clean(cluster)


@pytest.fixture(scope="module")
def recorder(
    cluster: RealCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TeamRecorder]:
    """Applied as the guide says, with a disk for its claim; no trace of it is left."""
    if cluster.settings.kubernetes == OLDER_KUBERNETES_VERSION:
        pytest.skip("one version is enough for an image that takes half a minute to build")
    archive = cluster.settings.home / "recorder.tar"
    write_recorder_archive(archive, image())
    cluster.take_images(archive)
    disk = cluster.settings.home / DISK
    disk.mkdir()
    cluster.admin.create("/api/v1/persistentvolumes", volume(disk))
    program, pki = cluster.settings.home / "bin" / "kube", cluster.settings.pki
    admin = Kubectl(
        program, pki / "admin.kubeconfig", NAMESPACE, tmp_path_factory.mktemp("kubectl")
    )
    team = TeamRecorder(admin, replace(admin, kubeconfig=pki / "operator.kubeconfig"))
    try:
        applied = admin("apply", "-f", str(SPEC))
        assert "deployment.apps/leaderboard-recorder created" in applied, applied
        team.until_ready()
        yield team
    finally:
        admin("delete", "-f", str(SPEC), "--timeout=60s")
        cluster.admin.delete(f"/api/v1/persistentvolumes/{DISK}")
        shutil.rmtree(disk)


def image() -> str:
    (found,) = (
        each["spec"]["template"]["spec"]["containers"][0]["image"]
        for each in yaml.safe_load_all(SPEC.read_text())
        if each["kind"] == "Deployment"
    )
    return str(found)


def volume(disk: Path) -> dict[str, Any]:
    """A folder of the node as a local disk: its owner is set for the pod's group, as of any disk."""
    node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE_NAME]}
    return {
        "metadata": {"name": DISK},
        "spec": {
            "capacity": {"storage": "20Gi"},
            "accessModes": ["ReadWriteOnce"],
            "claimRef": {"namespace": NAMESPACE, "name": "leaderboard-recordings"},
            "local": {"path": str(disk)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [node]}]}},
        },
    }


def test_every_submission_is_recorded_though_no_laptop_is_on(
    recorder: TeamRecorder, console: Console, cluster: RealCluster, tmp_path: Path
) -> None:
    """Launched and left, deleted when it has ended; the recorder's pod is lost meanwhile, and later."""
    assert console(*launching("unwatched", "quick")).returncode == 0
    with InTerminal(recorder, tmp_path) as screen:
        until(lambda: "unwatched" in screen(), "the console in the pod shows it", 60)
    recorder.lost()
    until(lambda: done(cluster, "unwatched"), "it has ended", 180)
    logs = {each: said(recorder, cluster, "unwatched", each) for each in ("agent-1", "logcopy")}
    until(lambda: recorder.history() == {"unwatched": ("Complete", True)}, "its end is recorded")
    assert console("delete", "unwatched", "--yes").returncode == 0
    until(lambda: not pods_of(cluster, "unwatched"), "its pod is gone")

    recorder.lost()
    assert recorder.history() == {"unwatched": ("Complete", True)}
    for container, lines in logs.items():
        told = recorder.exec("logs", "unwatched", "--recorded", "-c", container)
        assert (told.returncode, told.stdout) == (0, lines), told.stderr
    assert recorder.told("results", "unwatched", "--recorded")["final"] is True
    events = recorder.exec("events", "unwatched", "--recorded").stdout
    assert "Complete" in events


def test_the_console_in_it_changes_nothing_and_names_the_right_that_is_missing(
    recorder: TeamRecorder, console: Console, cluster: RealCluster
) -> None:
    assert console.launch("running", "long").returncode == 0
    for words, missing in (
        (launching("from-inside", "quick"), "create jobs"),
        (["cancel", "running", "--yes"], "patch jobs"),
        (["delete", "running", "--yes"], "delete jobs"),
    ):
        refused = recorder.exec(*words)
        assert refused.returncode == FORBIDDEN, refused.stderr
        assert missing in refused.stderr
        assert "Traceback" not in refused.stderr
    names = {each["metadata"]["name"] for each in cluster.admin.get(JOBS)["items"]}
    assert names == {"running"}


def test_its_pod_is_as_the_strictest_level_of_pod_security_demands(
    recorder: TeamRecorder, cluster: RealCluster
) -> None:
    """The server says so itself: it would admit that pod to a namespace of that level."""
    (pod,) = cluster.admin.get(f"{PODS}?labelSelector={LABEL.replace('/', '%2F')}")["items"]
    level = {"pod-security.kubernetes.io/enforce": "restricted"}
    cluster.admin.create("/api/v1/namespaces", {"metadata": {"name": "strict", "labels": level}})
    try:
        until(lambda: account(cluster, "strict"), "the namespace has its account")
        spec = pod["spec"] | {"serviceAccountName": "default"}
        copy = {"metadata": {"name": "copy"}, "spec": spec}
        assert cluster.admin.create(ADMITTED, copy)["metadata"]["name"] == "copy"
        with pytest.raises(Refused, match="violates PodSecurity"):
            cluster.admin.create(ADMITTED, {**copy, "spec": spec | {"hostNetwork": True}})
    finally:
        cluster.admin.delete("/api/v1/namespaces/strict")


def account(cluster: RealCluster, namespace: str) -> bool:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    return any(each["metadata"]["name"] == "default" for each in cluster.admin.get(path)["items"])


def done(cluster: RealCluster, name: str) -> bool:
    status = cluster.admin.get(f"{JOBS}/{name}").get("status", {})
    return any(each["type"] == "Complete" for each in status.get("conditions", []))


def said(recorder: TeamRecorder, cluster: RealCluster, name: str, container: str) -> str:
    """What Kubernetes has of a container's log."""
    (pod,) = pods_of(cluster, name)
    return recorder.admin("logs", pod["metadata"]["name"], "-c", container)


class InTerminal:
    """`kubectl exec -it` in a terminal of 120x40; called, it tells what is on the screen."""

    def __init__(self, recorder: TeamRecorder, folder: Path) -> None:
        self._command = ["tmux", "-S", str(folder / "tmux")]
        program = str(recorder.operator.program)
        line = shlex.join(recorder.exec_line(terminal=True)[1:])
        self._program = f"exec -a kubectl {program} {line}"

    def __enter__(self) -> InTerminal:
        size = ("-x", "120", "-y", "40")
        self._run("-f", "/dev/null", "new-session", "-d", *size, "bash", "-c", self._program)
        return self

    def __call__(self) -> str:
        return self._run("capture-pane", "-p")

    def __exit__(self, *_: object) -> None:
        self._run("kill-server")

    def _run(self, *arguments: str) -> str:
        own = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "TMUX"))}
        done = subprocess.run(
            [*self._command, *arguments], env=own, capture_output=True, text=True, check=True
        )
        return done.stdout
