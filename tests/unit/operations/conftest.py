"""A composed submission on a fake cluster, with a real recorder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster

from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.values import load_profile


@pytest.fixture
def composed() -> Composed:
    template, values = load_template("2.0"), load_profile("embedded").values("2.0")
    return compose(template, values, namespace="races", nonce="n0nce")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def services(cluster: FakeCluster, tmp_path: Path) -> Services:
    return Services(cluster, Recorder(tmp_path / "recordings"), lambda: datetime.now(UTC))


@pytest.fixture
def pod_of() -> Any:
    """A pod with the containers `name=(state, restarts)`; others are left out."""

    def build(phase: str = "Running", **containers: tuple[str, int]) -> dict[str, Any]:
        names = [name.replace("_", "-") for name in containers]
        states = {
            "running": {"running": {"startedAt": "2026-11-22T10:00:00Z"}},
            "ended": {"terminated": {"exitCode": 0, "reason": "Completed"}},
            "crashed": {"terminated": {"exitCode": 139, "reason": "Error"}},
            "waiting": {"waiting": {"reason": "ContainerCreating"}},
        }
        statuses = [
            {"name": name, "restartCount": restarts, "state": states[state]}
            for name, (state, restarts) in zip(names, containers.values(), strict=True)
        ]
        return {
            "kind": "Pod",
            "metadata": {
                "name": "demo-abcde", "namespace": "races", "uid": "pod-1",
                "labels": {"job-name": "demo"}, "creationTimestamp": "2026-11-22T10:00:00Z",
            },
            "spec": {"containers": [{"name": name} for name in names], "nodeName": "n"},
            "status": {"phase": phase, "containerStatuses": statuses},
        }  # fmt: skip

    return build
