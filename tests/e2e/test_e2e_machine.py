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
from tests.e2e.cluster.settings import Settings, neighbour
from tests.e2e.harness import ROOT, until

NOT_RUN = 77
COMMAND = [sys.executable, "-m", "tests.e2e.cluster"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """A second cluster that shares nothing with the first, with programs of the test's own."""
    cache = tmp_path / "cache"
    cache.mkdir()
    settings = replace(neighbour(), cache=cache)
    for program in binaries.missing(settings):
        program.write_text("#!/bin/sh\necho 'told to fail'\nexit 3\n")
        program.chmod(0o755)
    return settings


def test_a_failed_start_says_what_failed_and_leaves_no_trace(elsewhere: Settings) -> None:
    with pytest.raises(ClusterFailed, match="kube-apiserver ended with 3:\ntold to fail"):
        RealCluster(elsewhere).up()
    assert machine.traces(elsewhere) == []


def test_taking_down_what_is_not_there_is_no_failure(elsewhere: Settings) -> None:
    RealCluster(elsewhere).down()
    assert machine.traces(elsewhere) == []


MOMENTS = {
    "its folder is there": lambda own: own.home.exists(),
    "its bridge is there": lambda own: Path("/sys/class/net", own.bridge).exists(),
    "its room is opening": lambda own: (own.logs / "room.log").exists(),
    "its images are made": lambda own: any(own.home.glob(".images-*")),
    "its kubelet starts": lambda own: (own.logs / "kubelet.log").exists(),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_start_that_is_killed_leaves_nothing_that_down_does_not_remove(
    cluster: RealCluster, moment: str
) -> None:
    """kill -9 at a bad moment, an instance beside the cluster; then `down` as always."""
    own = replace(neighbour(), cache=cluster.settings.cache)
    spare = {"E2E_INSTANCE": str(own.number), "XDG_CACHE_HOME": str(own.cache.parent)}
    assert not binaries.missing(own), "a start would build them first"
    starting = subprocess.Popen([*COMMAND, "up"], env=os.environ | spare, cwd=ROOT)
    try:
        until(lambda: MOMENTS[moment](own), moment)
    finally:
        starting.kill()
        starting.wait()
        down = subprocess.run(
            [*COMMAND, "down"], env=os.environ | spare, cwd=ROOT, capture_output=True, check=False
        )
    assert down.returncode == 0, down.stderr
    assert machine.traces(own) == []


def up(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "up"],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        cwd=ROOT,
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
