"""The cluster and the machine: what is missing is named, and a failed start leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.cluster import binaries, machine
from tests.e2e.cluster.cluster import ClusterFailed, RealCluster
from tests.e2e.cluster.settings import Settings, from_environment

NOT_RUN = 77


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """A second cluster that shares nothing with the first, with programs of the test's own."""
    cache = tmp_path / "cache"
    cache.mkdir()
    settings = from_environment()
    settings = replace(settings, cache=cache)
    for program in binaries.missing(settings):
        program.write_text("#!/bin/sh\necho 'told to fail'\nexit 3\n")
        program.chmod(0o755)
    return replace(
        settings,
        home=settings.home.with_name("carla-console-e2e-failing"),
        bridge="carla-e2e1",
        cgroup="carla-console-e2e-failing",
        address="10.178.0.1",
        subnet="10.178.0.0/24",
        api_port=27443,
        etcd_port=24790,
        etcd_peer_port=24800,
        controller_manager_port=21257,
        scheduler_port=21259,
        kubelet_port=21250,
    )


def test_a_failed_start_says_what_failed_and_leaves_no_trace(elsewhere: Settings) -> None:
    with pytest.raises(ClusterFailed, match="kube-apiserver ended with 3:\ntold to fail"):
        RealCluster(elsewhere).up()
    assert machine.traces(elsewhere) == []


def test_taking_down_what_is_not_there_is_no_failure(elsewhere: Settings) -> None:
    RealCluster(elsewhere).down()
    assert machine.traces(elsewhere) == []


def up(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.e2e.cluster", "up"],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        cwd=Path(__file__).resolve().parents[2],
        check=False,
    )


def test_a_missing_requirement_is_named_and_nothing_is_run(tmp_path: Path) -> None:
    """Here Go, with nothing built yet: every other tool is still found."""
    for folder in os.environ["PATH"].split(os.pathsep):
        for tool in Path(folder).iterdir() if Path(folder).is_dir() else ():
            if tool.name != "go" and not (tmp_path / tool.name).exists():
                (tmp_path / tool.name).symlink_to(tool)
    refused = up(PATH=str(tmp_path), E2E_KUBERNETES_VERSION="0.0.0")
    assert refused.returncode == NOT_RUN
    assert refused.stderr == "not run: Go is missing, and Kubernetes is not built yet\n"
