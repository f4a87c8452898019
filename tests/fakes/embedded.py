"""The embedded cluster inside the test's own event loop: API, controllers and node, no daemon."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from console.cluster.connecting import connect
from console.cluster.edge import KubernetesCluster
from console.localcluster.api.defaulting import default_pod
from console.localcluster.api.server import ApiServer
from console.localcluster.controllers.garbage import GarbageCollector
from console.localcluster.controllers.job_controller import JobController, TimeToLive
from console.localcluster.controllers.orphaned_pods import OrphanedPods
from console.localcluster.controllers.scheduler import Scheduler
from console.localcluster.controllers.taints import CordonTaints
from console.localcluster.lifecycle.state_folder import sweep_containers
from console.localcluster.node.nodes import Nodes
from console.localcluster.node.processes import MARKER, environment_of, living_processes
from console.localcluster.store import Store

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: test
clusters: [{{name: test, cluster: {{server: "{url}"}}}}]
users: [{{name: test, user: {{token: s3cret}}}}]
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
"""


@dataclass
class Embedded:
    store: Store
    kubeconfig: Path
    cluster: KubernetesCluster

    async def ask(self, method: str, path: str, body: Any, content: str = "json") -> None:
        """What another client than ours asks for, such as kubectl."""
        headers = {
            "Authorization": "Bearer s3cret",
            "Content-Type": f"application/{content}",
        }
        url = f"{self.cluster.description.server}{path}"
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, json=body) as answer,
        ):
            assert answer.ok, await answer.text()

    async def patch(self, path: str, body: Any) -> None:
        """As `kubectl patch` does it."""
        await self.ask("PATCH", path, body, "strategic-merge-patch+json")

    def kill(self, container: str) -> None:
        """SIGKILL to what the container's supervisor started; the supervisor lives on."""
        pod = self.store.list("pods")[0]
        statuses = pod["status"]["containerStatuses"]
        found = next(each["containerID"] for each in statuses if each["name"] == container)
        marker = f"{MARKER}={found.rpartition('/')[2]}".encode()
        for entry in living_processes():
            mine = marker in environment_of(entry.pid)
            command = Path(f"/proc/{entry.pid}/cmdline").read_bytes() if mine else b""
            if mine and b"pair_supervisor.sh" not in command:
                os.kill(entry.pid, signal.SIGKILL)


@contextlib.asynccontextmanager
async def embedded_cluster(
    folder: Path, *, time_factor: float = 0.1, gpus: int = 8, nodes: int = 1
) -> AsyncIterator[Embedded]:
    """A cluster that really runs containers, and the console's edge connected to it."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    store = Store()
    cluster_id = f"test{os.getpid()}x{id(store):x}"
    kubelet = Nodes(store, folder, cluster_id, count=nodes, time_factor=time_factor)
    kubelet.register(gpus)
    parts = [
        asyncio.create_task(part)
        for part in (
            kubelet.run(),
            JobController(store, default_pod, time_factor=time_factor).run(),
            TimeToLive(store).run(),
            GarbageCollector(store).run(),
            Scheduler(store).run(),
            CordonTaints(store).run(),
            OrphanedPods(store, time_factor=time_factor).run(),
        )
    ]
    kubeconfig = folder / "kubeconfig"
    try:
        async with ApiServer(store, kubelet, "s3cret") as server:
            kubeconfig.write_text(KUBECONFIG.format(url=server.url))
            cluster = await connect(str(kubeconfig))
            try:
                yield Embedded(store, kubeconfig, cluster)
            finally:
                await cluster.close()
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        sweep_containers(cluster_id)
