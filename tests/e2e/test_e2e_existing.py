"""The same tests on a cluster that was there before: by its API only, in a namespace of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.cluster import existing
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import ROOT, until

pytestmark = pytest.mark.machine

NAMESPACES = "/api/v1/namespaces"
NOT_RUN = 77
LISTED = "test_list_and_status_show_what_kubernetes_has"
KUBELET_AWAY = "test_a_kubelet_that_was_away_for_a_minute"
ON_THE_DISK = "test_the_recording_holds_every_line_of_every_container"


def suite(kubeconfig: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """`make e2e KUBECONFIG=...` with a few of the tests."""
    own = {key: text for key, text in os.environ.items() if not key.startswith(("E2E", "KUBE"))}
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "tests/e2e"]
    return subprocess.run(
        [*command, "-k", " or ".join(tests)],
        capture_output=True,
        text=True,
        env=own | {"E2E": "1", "E2E_EXISTING": str(kubeconfig), "COLUMNS": "300"},
        cwd=ROOT,
        timeout=600,
        check=False,
    )


def namespaces(cluster: RealCluster) -> set[str]:
    return {each["metadata"]["name"] for each in cluster.admin.get(NAMESPACES)["items"]}


def test_the_suite_runs_on_an_existing_cluster_and_leaves_it_as_it_was(
    cluster: RealCluster,
) -> None:
    """What needs the cluster's machine is reported as not run, with the reason."""
    before = namespaces(cluster)
    done = suite(cluster.settings.pki / "admin.kubeconfig", LISTED, ON_THE_DISK, KUBELET_AWAY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 2 skipped" in done.stdout
    assert "not run on an existing cluster: the disk of its node is read" in done.stdout
    assert "not run on an existing cluster: needs the machine of the cluster" in done.stdout
    assert namespaces(cluster) == before
    assert cluster.room.programs()["kubelet"] is None, "it still runs"


@contextmanager
def namespace(cluster: RealCluster, **labels: str) -> Iterator[None]:
    path = f"{NAMESPACES}/{existing.NAMESPACE}"
    cluster.admin.create(
        NAMESPACES, {"metadata": {"name": existing.NAMESPACE, "labels": labels or None}}
    )
    try:
        yield
    finally:
        cluster.admin.delete(path)
        until(lambda: existing.NAMESPACE not in namespaces(cluster), "the namespace is gone", 120)


def test_a_namespace_of_somebody_else_is_not_touched(cluster: RealCluster) -> None:
    with namespace(cluster):
        refused = suite(cluster.settings.pki / "admin.kubeconfig", LISTED)
        assert refused.returncode == NOT_RUN
        assert "exists and is not ours" in refused.stdout
        assert existing.NAMESPACE in namespaces(cluster)


def test_a_cluster_without_a_fitting_node_is_named_as_the_reason(cluster: RealCluster) -> None:
    """Not run is not passed."""
    cluster.label_node("m5.large")
    refused = suite(cluster.settings.pki / "admin.kubeconfig", LISTED)
    assert refused.returncode == NOT_RUN
    assert "NOT RUN: a node with node.kubernetes.io/instance-type=g5.12xlarge" in refused.stdout
    assert existing.NAMESPACE not in namespaces(cluster)


def test_an_inherited_kubeconfig_is_not_a_choice(
    cluster: RealCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only E2E_EXISTING is; a KUBECONFIG of somebody's shell leads nowhere."""
    monkeypatch.setenv("KUBECONFIG", str(cluster.settings.pki / "admin.kubeconfig"))
    assert existing.kubeconfig() is None


def test_the_images_can_be_carried_to_another_cluster(tmp_path: Path) -> None:
    archive = tmp_path / "images.tar"
    command = [sys.executable, "-m", "tests.e2e.cluster", "images", str(archive)]
    subprocess.run(command, check=True, cwd=ROOT, timeout=300)
    with tarfile.open(archive) as images:
        manifest = images.extractfile("manifest.json")
        assert manifest is not None
        assert b"console.local/team-agent:quick" in manifest.read()
