"""What the end-to-end tests share: the console as a process, and the truth on the node's disk."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.e2e.cluster import existing
from tests.e2e.cluster.api import Refused
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.images import team_agent

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = existing.NAMESPACE if existing.kubeconfig() else "leaderboard"
ACCOUNT = "console"
"""The service account that is bound to the Role of access.yaml."""
CONTAINERS = (
    *(f"{half}-{number}" for number in (1, 2, 3, 4) for half in ("simulator", "agent")),
    "logcopy",
)
JOBS = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
CONFIG_MAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
NOT_FOUND = 5
INELIGIBLE = 8
"""Of a waited launch whose result is complete and does not count, as after a given-up route."""
PERMITTED_LATENESS = 120.0
_CRI_LINE = re.compile(rb"(\S+?)(?:\.(\d+))?Z (?:stdout|stderr) ([PF]) (.*)", re.DOTALL)

Json = Any


@dataclass(frozen=True, slots=True)
class Console:
    """`carla-console` with its own state directory and one kubeconfig."""

    state: Path
    kubeconfig: Path

    def __call__(
        self, *arguments: str, timeout: float = 300, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "console", *arguments],
            capture_output=True,
            text=True,
            env=self._environment() | more,
            timeout=timeout,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Running]:
        """The command in the background; killed at the end of the block if it still runs."""
        self.state.mkdir(parents=True, exist_ok=True)
        out = self.state / f"out-{time.monotonic_ns()}"
        with out.open("wb") as stdout, out.with_suffix(".err").open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "console", *arguments],
                stdout=stdout,
                stderr=stderr,
                stdin=subprocess.DEVNULL,
                env=self._environment(),
            )
        try:
            yield Running(process, out)
        finally:
            process.kill()
            process.wait()

    def launch(self, name: str, scenario: str, *flags: str) -> subprocess.CompletedProcess[str]:
        """A submission of the embedded profile, so that both clusters get the same values."""
        return self(*launching(name, scenario), *flags)

    def status(self, name: str) -> Json:
        shown = self("status", name, "-o", "json")
        assert shown.returncode == 0, shown.stderr
        return json.loads(shown.stdout)

    def recording(self, name: str) -> Path:
        """The folder of the only recording of a submission."""
        (found,) = (self.state / "recordings").glob(f"*/{NAMESPACE}/{name}-*")
        return found

    def _environment(self) -> dict[str, str]:
        own = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "CARLA_CONSOLE"))}
        own |= {"CARLA_CONSOLE_STATE_DIR": str(self.state), "HOME": str(self.state)}
        # A recorder would outlive its test: the one that is about it asks for it, and ends it.
        own |= {"CARLA_CONSOLE_RECORDER": "off"}
        return own | {"KUBECONFIG": str(self.kubeconfig)}


@dataclass(frozen=True, slots=True)
class Running:
    """A command in the background and what it has printed so far."""

    process: subprocess.Popen[bytes]
    out: Path

    def documents(self) -> list[Json]:
        """The whole JSON lines on stdout so far."""
        lines = self.out.read_text().split("\n")[:-1]
        return [json.loads(line) for line in lines if line.strip()]

    def narration(self) -> str:
        return self.out.with_suffix(".err").read_text()

    def result(self, timeout: float) -> tuple[int, str]:
        """Exit code and stdout; the narration is in the failure's message when it is late."""
        code = self.process.wait(timeout)
        return code, self.out.read_text()


def access_file() -> str:
    """access.yaml as it is, in the suite's namespace; an existing cluster's is made by the suite.

    There nothing is put into `default`: the right to events of nodes is optional.
    """
    text = (ROOT / "job_specs" / "access.yaml").read_text()
    documents = text.split("\n---\n")
    kept = documents
    if NAMESPACE != "leaderboard":
        kept = [each for each in documents[1:] if "\n  namespace: default\n" not in each]
    place = "namespace: leaderboard"
    return "\n---\n".join(kept).replace(f"{place}\n", f"namespace: {NAMESPACE}\n")


def launching(name: str, scenario: str) -> list[str]:
    values = {"submission.name": name, "submission.submitted_image_uri": team_agent(scenario)}
    sets = [f"--set={path}={value}" for path, value in values.items()]
    return ["launch", "--profile", "embedded", *sets]


def until(condition: Callable[[], Any], why: str, seconds: float = PERMITTED_LATENESS) -> Any:
    """What the condition says as soon as it is true; fails with `why` when it is late."""
    began = asked = time.monotonic()
    while not (found := condition()):
        now = time.monotonic()
        assert now < began + seconds, f"after {seconds:.0f} s still not: {why}"
        # A question that is a whole console takes a core from what it waits for.
        time.sleep(min(max(0.2, 2 * (now - asked)), 3.0))
        asked = time.monotonic()
    return found


def pods_of(cluster: RealCluster, name: str) -> list[Json]:
    selector = f"?labelSelector=batch.kubernetes.io/job-name%3D{name}"
    found: list[Json] = cluster.admin.get(PODS + selector)["items"]
    return found


def container_id(cluster: RealCluster, name: str, container: str) -> str:
    """The runtime's id of a running container, or empty."""
    for pod in pods_of(cluster, name):
        for status in pod["status"].get("containerStatuses", []):
            if status["name"] == container and "running" in status["state"]:
                return str(status["containerID"])
    return ""


def wait_for_routes(console: Console, name: str, at_least: int, seconds: float = 240) -> Json:
    """The submission's status as soon as so many routes are finished."""

    return wait_for(
        console,
        name,
        lambda status: (status["routes"]["done"] or 0) >= at_least,
        f"{at_least} routes finished",
        seconds,
    )


def wait_for(
    console: Console,
    name: str,
    wanted: Callable[[Json], Any],
    why: str,
    seconds: float = PERMITTED_LATENESS,
) -> Json:
    """The submission's status as soon as it is as wanted; it may not have been created yet."""

    def fits() -> Json | None:
        shown = console("status", name, "-o", "json")
        if shown.returncode:
            assert shown.returncode == NOT_FOUND, shown.stderr
            return None
        status = json.loads(shown.stdout)
        return status if wanted(status) else None

    return until(fits, why, seconds)


def node_log(cluster: RealCluster, pod: Json, container: str, run: int) -> list[bytes]:
    """What the node's disk holds of one container run: `time text`, each whole line once.

    Times have nine digits, as the API gives them; containerd leaves zeros at the end out.
    """
    lines: list[bytes] = []
    line = b""
    for raw in (log_folder(cluster, pod, container) / f"{run}.log").read_bytes().split(b"\n")[:-1]:
        match = _CRI_LINE.fullmatch(raw)
        assert match is not None, raw
        if not line:
            line = match[1] + b"." + (match[2] or b"").ljust(9, b"0") + b"Z "
        line += match[4]
        if match[3] == b"F":
            lines.append(line)
            line = b""
    return lines


def node_logs(cluster: RealCluster, pod: Json, container: str) -> list[str]:
    """The names of a container's log files on the node, rotated ones included."""
    return sorted(path.name for path in log_folder(cluster, pod, container).iterdir())


def log_folder(cluster: RealCluster, pod: Json, container: str) -> Path:
    meta = pod["metadata"]
    folder = f"{meta['namespace']}_{meta['name']}_{meta['uid']}"
    return cluster.pod_logs / folder / container


def recorded_lines(console: Console, name: str, container: str, run: int) -> list[bytes]:
    """What the console recorded of one container run, gaps (`#...`) included."""
    (path,) = (console.recording(name) / container).glob(f"{run}.*log")
    return path.read_bytes().split(b"\n")[:-1]


def each_line_once(console: Console, cluster: RealCluster, name: str) -> None:
    """The recording is what the node has on its disk, line by line, of every run that it has."""
    (pod,) = pods_of(cluster, name)
    for container in ("private-contents", *CONTAINERS):
        runs = [int(file.split(".")[0]) for file in node_logs(cluster, pod, container)]
        assert runs, container
        for run in runs:
            wanted = node_log(cluster, pod, container, run)
            got = recorded_lines(console, name, container, run)
            assert got == wanted, f"run {run} of {container}: {difference(got, wanted)}"


def difference(got: list[bytes], wanted: list[bytes]) -> str:
    """Where two logs part, for a person."""
    pairs = zip_longest(got, wanted)
    at = next((number for number, (one, other) in enumerate(pairs) if one != other), -1)
    return (
        f"{len(got)} lines instead of {len(wanted)}, from line {at} on: "
        f"{got[at : at + 3]} instead of {wanted[at : at + 3]}"
    )


def rerouted(console: Console, server: str, kubeconfig: Path) -> Console:
    """The same console, whose kubeconfig leads to another address."""
    document = json.loads(console.kubeconfig.read_text())
    document["clusters"][0]["cluster"] = {"server": server}
    kubeconfig.write_text(json.dumps(document))
    return Console(console.state, kubeconfig)


def clean(cluster: RealCluster) -> None:
    """Every program runs, the node is as it was, and the namespace is empty."""
    cluster.recover()
    for job in cluster.admin.get(JOBS)["items"]:
        with contextlib.suppress(Refused):
            cluster.admin.delete(f"{JOBS}/{job['metadata']['name']}")

    def empty() -> bool:
        pods = cluster.admin.get(PODS)["items"]
        for pod in pods:
            with contextlib.suppress(Refused):
                cluster.admin.delete(f"{PODS}/{pod['metadata']['name']}?gracePeriodSeconds=0")
        maps = [each["metadata"]["name"] for each in cluster.admin.get(CONFIG_MAPS)["items"]]
        return not pods and maps == ["kube-root-ca.crt"]

    until(empty, "pods and ConfigMaps of deleted Jobs are gone", 90)
