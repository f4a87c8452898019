"""What the containers of a submission may do on a real node, and that they need no common user."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import (
    CONTAINERS,
    INELIGIBLE,
    Console,
    container_id,
    launching,
    pods_of,
    until,
    wait_for,
    wait_for_routes,
)

pytestmark = pytest.mark.machine

ROOT = Path(__file__).resolve().parents[2]
WORKERS_USER = 64000
SIMULATORS_USER, AGENTS_USER = 1000, 2345
AGENTS_CAPABILITIES = sum(1 << number for number in (0, 1, 3, 5, 6, 7))
"""CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID, as the kernel numbers them."""
FILTERED = "2"
TOKENS = ("var/run/secrets", "run/secrets/kubernetes.io")


@contextmanager
def submission(console: Console, cluster: RealCluster, name: str, *flags: str) -> Iterator[None]:
    """A submission all of whose containers run."""
    launched = console(*launching(name, "steady"), *flags)
    assert launched.returncode == 0, launched.stderr
    for container in CONTAINERS:
        until(lambda c=container: container_id(cluster, name, c), f"{container} runs", 90)
    yield
    assert console("delete", name, "--yes").returncode == 0


def processes(cluster: RealCluster, name: str, container: str) -> list[Path]:
    """The /proc folders of a container's processes; its cgroup carries its id."""
    wanted = container_id(cluster, name, container).removeprefix("containerd://")
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdecimal() and wanted in read(place / "cgroup"):
            found.append(place)
    return found


def read(path: Path) -> str:
    """A process that has ended meanwhile says nothing."""
    try:
        return path.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def looked_at(cluster: RealCluster, name: str, container: str) -> dict[str, str]:
    """Field by field what the kernel says of a container's first process."""

    def fields() -> dict[str, str]:
        folders = sorted(processes(cluster, name, container), key=lambda each: int(each.name))
        rows = (line.partition(":") for line in read(folders[0] / "status").splitlines())
        told = {key: value.strip() for key, _, value in rows}
        root = next(
            line.split() for line in read(folders[0] / "mountinfo").splitlines() if " / / " in line
        )
        told["root"] = "read-only" if "ro" in root[5].split(",") else "writable"
        told["tokens"] = " ".join(t for t in TOKENS if (folders[0] / "root" / t).exists())
        return told

    told: dict[str, str] = until(fields, f"a process of {container} can be looked at")
    return told


def test_every_container_has_the_privileges_of_its_spec_and_no_token(
    console: Console, cluster: RealCluster
) -> None:
    """As the kernel says: user, capabilities, escalation, system calls, secrets."""
    with submission(console, cluster, "looked-at"):
        seen = {name: looked_at(cluster, "looked-at", name) for name in CONTAINERS}
        owners = set(owned(cluster, "looked-at", "carla-python-api"))
    assert {name: each["tokens"] for name, each in seen.items() if each["tokens"]} == {}
    assert owners == {WORKERS_USER}
    logcopy = seen["logcopy"]
    assert set(logcopy["Uid"].split()) == set(logcopy["Gid"].split()) == {str(WORKERS_USER)}
    assert logcopy["root"] == "read-only"
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(logcopy[kind], 16) == 0, kind
    for name, each in seen.items():
        if name.startswith("simulator"):
            continue
        assert (each["NoNewPrivs"], each["Seccomp"]) == ("1", FILTERED), name
        if name.startswith("agent"):
            assert int(each["CapBnd"], 16) == AGENTS_CAPABILITIES, name


def owned(cluster: RealCluster, name: str, volume: str) -> Iterator[int]:
    """The owners of what lies in a volume of a submission's pod."""
    (pod,) = pods_of(cluster, name)
    place = cluster.settings.home / "kubelet" / "pods" / pod["metadata"]["uid"] / "volumes"
    for path in sorted((place / "kubernetes.io~empty-dir" / volume).iterdir()):
        yield path.stat().st_uid


@pytest.fixture
def three_users(tmp_path: Path) -> Path:
    """The shipped Job with images of other users, and a team that hides its files from others."""
    template = yaml.safe_load((ROOT / "job_specs" / "leaderboard_2.0.yaml").read_text())
    for container in template["spec"]["template"]["spec"]["containers"]:
        half = container["name"].partition("-")[0]
        if half in ("simulator", "agent"):
            user = SIMULATORS_USER if half == "simulator" else AGENTS_USER
            container["securityContext"]["runAsUser"] = user
            container["securityContext"]["runAsGroup"] = user
        if half == "agent":
            container["args"][1] = f"umask 077; {container['args'][1]}"
    path = tmp_path / "three-users.yaml"
    path.write_text(yaml.safe_dump(template, sort_keys=False))
    return path


def test_three_different_users_share_a_pod_through_a_crash_a_cancel_and_a_resume(
    console: Console, cluster: RealCluster, three_users: Path
) -> None:
    """Init and logcopy, simulators, and agents with a umask of 077: nothing is unreadable."""
    spec = ("--spec", str(three_users), "--resumes", "10")
    with console.running(*launching("users", "crash-in-turn"), *spec, "--wait") as launched:
        wait_for(console, "users", lambda s: s["pairs"][0]["attempt"] == 2, "pair 1 resumed", 120)
        kept = wait_for_routes(console, "users", 4, 180)["routes"]["done"]
        users = {
            name: looked_at(cluster, "users", name)["Uid"].split()[1]
            for name in ("simulator-4", "agent-4", "logcopy")
        }
        assert console("cancel", "users", "--yes").returncode == 0
        assert launched.result(120)[0] == 7, launched.narration()
    wanted = (SIMULATORS_USER, AGENTS_USER, WORKERS_USER)
    assert tuple(users.values()) == tuple(map(str, wanted))
    resumed = console("resume", "users", "--as", "users-again", "--resumes", "5", "--wait")
    assert resumed.returncode in (0, INELIGIBLE), resumed.stderr  # by where the cancel cut
    assert "drives stay" in resumed.stderr
    status = console.status("users-again")
    assert (status["status"], status["routes"]) == ("Complete", {"done": 20, "total": 20})
    results: Any = json.loads(console("results", "users-again", "-o", "json").stdout)
    assert results["final"] is True
    assert len(results["records"]) == 20 >= kept
