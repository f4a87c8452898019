"""A cluster that was there before: only its API is used, and only a namespace of the suite's own.

Never chosen by an inherited KUBECONFIG: E2E_EXISTING names the kubeconfig. What needs the machine
of the cluster (killing its programs, reading its disk, changing its nodes) is skipped with that
reason. Creates and deletes the namespace; touches nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from console.cluster.certificates import authority_pem
from console.cluster.credentials import credentials_of
from console.cluster.naming import access
from console.cluster.tls import context_for
from console.errors import ConsoleError
from tests.e2e.cluster.api import Api, Refused
from tests.e2e.cluster.cluster import ClusterFailed, RealCluster, Say
from tests.e2e.cluster.images import team_agent
from tests.e2e.cluster.requirements import Unmet
from tests.e2e.cluster.settings import GPU, INSTANCE_TYPE, Settings

NAMESPACE = "carla-console-e2e"
OWNER = "leaderboard.carla.org/made-by"
SUITE = "end-to-end-tests"
_GPUS_OF_A_JOB = 4
_LISTED_IMAGES = 50
"""A node tells of no more of its images than that."""
_NAMESPACE_GONE = 180.0
IMPORT = (
    "python -m tests.e2e.cluster images FILE writes them; then: kind load image-archive FILE, or "
    "on the node: ctr -n k8s.io images import FILE"
)


def kubeconfig() -> Path | None:
    """The kubeconfig of the cluster to use, or None for one of our own."""
    named = os.environ.get("E2E_EXISTING")
    return Path(named).expanduser().resolve() if named else None


class ExistingCluster(RealCluster):
    """The cluster of a kubeconfig's current context."""

    def __init__(self, settings: Settings, kubeconfig: Path, say: Say = lambda _: None) -> None:
        try:
            self._access = access(str(kubeconfig))
        except ConsoleError as error:
            raise Unmet(f"a usable kubeconfig is missing: {error.what}") from error
        home = Path(tempfile.mkdtemp(prefix="carla-console-e2e-existing-"))
        super().__init__(replace(settings, home=home), say)
        self._credentials = credentials_of(self._access, lambda: access(str(kubeconfig)))

    @property
    def admin(self) -> Api:
        token = asyncio.run(self._credentials.token())
        tls = context_for(self._access, token.certificate)
        bearer = (token.header or "").removeprefix("Bearer ")
        return Api(self._access.server, tls, self._authority, bearer)

    @property
    def _authority(self) -> str:
        found = authority_pem(self._access.cluster, self._access.cluster_place)
        return (found or b"").decode()

    def entry(self) -> dict[str, Any]:
        """The cluster's entry for a kubeconfig of another user."""
        cluster = self._access.cluster
        entry = {
            "server": self._access.server,
            "tls-server-name": cluster.tls_server_name,
            "proxy-url": cluster.proxy_url,
            "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
            "certificate-authority-data": base64.b64encode(self._authority.encode()).decode(),
        }
        return {key: value for key, value in entry.items() if value}

    def up(self) -> None:
        """The namespace, empty and ours. Raises Unmet for what the cluster lacks."""
        try:
            self._check()
            self._remove_leftover()
        except BaseException:
            shutil.rmtree(self.settings.home)
            raise
        self.settings.pki.mkdir(mode=0o700)
        self.admin.create("/api/v1/namespaces", _namespace())
        self.say(f"using namespace {NAMESPACE} of {self._access.server}")

    def _check(self) -> None:
        try:
            nodes = self.admin.get("/api/v1/nodes")["items"]
        except (Refused, OSError) as error:
            raise Unmet(f"an answer of {self._access.server} is missing: {error}") from error
        _check_nodes(nodes)

    def down(self) -> None:
        self._remove_leftover()
        shutil.rmtree(self.settings.home, ignore_errors=True)

    def recover(self) -> None:
        """Nothing of this cluster is ever disturbed."""

    def traces(self) -> list[str]:
        return [f"namespace {NAMESPACE}"] if self._found() is not None else []

    def _found(self) -> Any:
        try:
            return self.admin.get(f"/api/v1/namespaces/{NAMESPACE}")
        except Refused as refused:
            if refused.code != 404:
                raise
            return None

    def _remove_leftover(self) -> None:
        """Delete the namespace if it is ours. Raises Unmet for anybody else's."""
        found = self._found()
        if found is None:
            return
        if found["metadata"].get("labels", {}).get(OWNER) != SUITE:
            raise Unmet(f"a free namespace is missing: {NAMESPACE} exists and is not ours")
        self.admin.delete(f"/api/v1/namespaces/{NAMESPACE}")
        limit = time.monotonic() + _NAMESPACE_GONE
        while self._found() is not None:
            if time.monotonic() > limit:
                raise ClusterFailed(f"namespace {NAMESPACE} does not go away")
            time.sleep(0.5)

    # ----------------------------------------------------------- what only an own cluster allows

    @property
    def pod_logs(self) -> Path:
        _not_here("the disk of its node is read")

    def start(self, name: str) -> None:
        _not_here(f"its {name} is started")

    def stop(self, name: str) -> None:
        _not_here(f"its {name} is killed")

    def ctr(self, *arguments: str) -> str:
        _not_here("its container runtime is used directly")

    def label_node(self, instance_type: str | None) -> None:
        _not_here("the labels of its node are changed")

    def offer_gpus(self, count: int) -> None:
        _not_here("the GPUs of its node are changed")


def _not_here(what: str) -> NoReturn:
    pytest.skip(f"not run on an existing cluster: {what}")


def _namespace() -> dict[str, Any]:
    security = {f"pod-security.kubernetes.io/{mode}": "privileged" for mode in ("enforce", "warn")}
    return {"metadata": {"name": NAMESPACE, "labels": {OWNER: SUITE, **security}}}


def _check_nodes(nodes: list[dict[str, Any]]) -> None:
    label = "node.kubernetes.io/instance-type"
    fitting = [
        node
        for node in nodes
        if node["metadata"].get("labels", {}).get(label) == INSTANCE_TYPE
        and int(node["status"].get("allocatable", {}).get(GPU, 0)) >= _GPUS_OF_A_JOB
    ]
    if not fitting:
        raise Unmet(f"a node with {label}={INSTANCE_TYPE} and {_GPUS_OF_A_JOB} {GPU} is missing")
    image = team_agent("quick")
    for node in fitting:
        listed = node["status"].get("images", [])
        names = {name for each in listed for name in each.get("names", [])}
        if len(listed) < _LISTED_IMAGES and not any(name.endswith(image) for name in names):
            raise Unmet(f"the stand-in images are missing on a node ({image}). {IMPORT}")
