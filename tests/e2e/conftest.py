"""Opt-in: `E2E=1 python -m pytest tests/e2e` (that is `make e2e`). One real cluster for all tests.

Without E2E=1 nothing here is collected. With it, but on a machine that lacks a requirement, every
test is skipped with the requirement's name and pytest exits with 77: not run is not passed.
E2E_KEEP=1 uses the cluster that is up, or leaves this one up. E2E_EXISTING=KUBECONFIG uses that
cluster, in a namespace of the suite's own; what needs the cluster's machine is skipped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.e2e.cluster import certificates, existing, requirements  # noqa: E402
from tests.e2e.cluster.cluster import RealCluster, apply  # noqa: E402
from tests.e2e.cluster.existing import ExistingCluster  # noqa: E402
from tests.e2e.cluster.settings import from_environment  # noqa: E402
from tests.e2e.harness import (  # noqa: E402
    ACCOUNT,
    NAMESPACE,
    Console,
    access_file,
    clean,
)

ASKED = os.environ.get("E2E") == "1"
KEPT = os.environ.get("E2E_KEEP") == "1"
NOT_RUN = 77
SETTINGS = from_environment()
EXISTING = existing.kubeconfig()
OWN_CLUSTER_ONLY = {
    "test_e2e_parity": "compares every event of a node that nobody else uses",
    "test_e2e_permissions": "stops the controller manager and changes the node's labels",
    "test_e2e_privileges": "reads the node's disk",
    "test_e2e_budget": "kills containers and sandboxes on the node",
    "test_e2e_claims": "starts a driver of claims on the node",
    "test_e2e_kueue": "brings Kueue into the cluster",
    "test_e2e_two_nodes": "adds a node of its own and kills it",
    "test_e2e_machine": "is about the cluster that the suite brings up itself",
    "test_the_group_of_the_access_file_may_do_everything": "needs a certificate of that group",
}
"""Files and tests that are not run on an existing cluster, beside those marked `machine`."""

collect_ignore_glob = [] if ASKED else ["test_*.py"]
_unmet: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "machine: needs the machine of the cluster, not its API only"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items if EXISTING else ():
        marked = "needs the machine of the cluster" if item.get_closest_marker("machine") else ""
        names = (item.path.stem, getattr(item, "originalname", item.name))
        why = next((OWN_CLUSTER_ONLY[each] for each in names if each in OWN_CLUSTER_ONLY), marked)
        if why:
            item.add_marker(pytest.mark.skip(f"not run on an existing cluster: {why}"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not ASKED:
        terminalreporter.write_line("end-to-end tests not run: `make e2e` runs them")
    elif _unmet:
        terminalreporter.write_line(f"end-to-end tests NOT RUN: {_unmet[0]}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if _unmet and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = NOT_RUN


@pytest.fixture(scope="session")
def cluster() -> Iterator[RealCluster]:
    """A control plane and one node with the images; gone without a trace afterwards."""
    try:
        real = _cluster()
    except requirements.Unmet as unmet:
        _unmet.append(str(unmet))
        pytest.skip(str(unmet))
    _give_access(real)
    yield real
    if EXISTING or not KEPT:
        real.down()
        assert real.traces() == []


def _cluster() -> RealCluster:
    """Up. Raises Unmet for what is missing."""
    if EXISTING is not None:
        real: RealCluster = ExistingCluster(SETTINGS, EXISTING, _say)
        real.up()
        return real
    real = RealCluster(SETTINGS, _say)
    if KEPT and real.room.process() is not None:
        real.recover()
        return real
    requirements.check(SETTINGS)
    real.up()
    return real


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _give_access(real: RealCluster) -> None:
    """access.yaml as it is, and one account bound to its Role, whose token the console gets."""
    admin = real.admin
    apply(admin, access_file())
    accounts = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"
    subject = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": NAMESPACE}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "leaderboard-console"}
    own = {"name": ACCOUNT, "namespace": NAMESPACE}
    bindings = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}/rolebindings"
    for path, document in (
        (accounts, {"metadata": own}),
        (bindings, {"metadata": own, "roleRef": role, "subjects": [subject]}),
    ):
        if not any(each["metadata"]["name"] == ACCOUNT for each in admin.get(path)["items"]):
            admin.create(path, document)
    request = {"spec": {"expirationSeconds": 86400}}
    token = admin.create(f"{accounts}/{ACCOUNT}/token", request)["status"]["token"]
    user = {"token": token}
    kubeconfig = real.settings.pki / "account.kubeconfig"
    certificates.write_kubeconfig(kubeconfig, real.entry(), user, NAMESPACE)


@pytest.fixture
def console(cluster: RealCluster, tmp_path: Path) -> Console:
    """The console as the account that has the Role of access.yaml and nothing else."""
    return Console(tmp_path / "console", cluster.settings.pki / "account.kubeconfig")


@pytest.fixture(autouse=True)
def _clean_namespace(cluster: RealCluster) -> Iterator[None]:
    """Each test leaves a healthy cluster and an empty namespace."""
    yield
    clean(cluster)
