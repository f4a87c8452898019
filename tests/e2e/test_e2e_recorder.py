"""The recorder beside a real Kubernetes: evidence outlives every console, the pod and the Job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import (
    CONTAINERS,
    JOBS,
    NAMESPACE,
    NOT_FOUND,
    Console,
    launching,
    pods_of,
    until,
)

ON = {"CARLA_CONSOLE_RECORDER": "on"}
NOWHERE = {**ON, "KUBECONFIG": "/nonexistent"}
"""As on a machine that reaches no cluster."""


@pytest.fixture
def recorded(console: Console) -> Iterator[Console]:
    """A console that has a recorder, which ends with the test."""
    yield console
    console("record", "stop", **ON)


def test_why_a_submission_failed_that_nobody_watched_is_known_when_all_of_it_is_gone(
    recorded: Console, cluster: RealCluster, tmp_path: Path
) -> None:
    """Launched, left alone until the budget ends it, deleted; then asked with no cluster at all, and
    on another machine that has nothing but its bundle.
    """
    console, name = recorded, "unwatched"
    launched = console(*launching(name, "crash-in-turn"), "--resumes", "1", **ON)
    assert launched.returncode == 0, launched.stderr
    assert f"the recorder keeps what {name} says" in launched.stderr

    def failed() -> bool:
        job = cluster.admin.get(f"{JOBS}/{name}")
        conditions = job.get("status", {}).get("conditions", [])
        return any(each["type"] == "Failed" for each in conditions)

    until(failed, "the budget has ended it", 300)
    until(lambda: not pods_of(cluster, name), "Kubernetes has deleted its pod", 120)
    rows = json.loads(console("list", "-o", "json", **ON).stdout)
    assert [row["status"] for row in rows if row["name"] == name] == ["Failed"]
    assert console("delete", name, "--yes", **ON).returncode == 0
    until(lambda: console("record", "stop", **ON).returncode == 0, "the recorder has ended")

    tells_why(console, name)
    told = json.loads(console("history", name, "-o", "json", **NOWHERE).stdout)
    assert [(each["name"], each["status"], each["ended"]) for each in told] == [
        (name, "Failed", True)
    ]
    elsewhere = replace(console, state=tmp_path / "another-machine")
    bundle = str(tmp_path / "unwatched.bundle.tgz")
    exported = console("export", name, "-n", NAMESPACE, "-O", bundle, **NOWHERE)
    assert exported.returncode == 0, exported.stderr
    assert (
        elsewhere("status", name, "--recorded", "-n", NAMESPACE, **NOWHERE).returncode == NOT_FOUND
    )
    imported = elsewhere("import", bundle, **NOWHERE)
    assert imported.returncode == 0, imported.stderr
    tells_why(elsewhere, name)


def tells_why(console: Console, name: str) -> None:
    """How it ended, what Kubernetes said of it, and what each container said, with no cluster."""
    words = (name, "--recorded", "-n", NAMESPACE)
    board = json.loads(console("status", *words, "-o", "json", **NOWHERE).stdout)
    assert (board["status"], board["recorded"]) == ("Failed", True)
    ended = console("events", *words, **NOWHERE).stdout
    assert "BackoffLimitExceeded" in ended
    for container in CONTAINERS:
        log = console("logs", *words, "-c", container, **NOWHERE)
        assert log.returncode == 0, log.stderr
        assert log.stdout, container
    crashed = console("logs", *words, "-c", "simulator-1", **NOWHERE).stdout
    assert "attempt 2" in crashed, crashed[-2000:]
