"""The daemon: store, API, controllers and nodes in one event loop, until somebody ends it."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from pathlib import Path

from console.localcluster.api.certificate import make_identity
from console.localcluster.api.defaulting import default_pod
from console.localcluster.api.server import ApiServer
from console.localcluster.controllers.garbage import GarbageCollector
from console.localcluster.controllers.job_controller import (
    JobController,
    TimeToLive,
    forget_old_events,
)
from console.localcluster.controllers.orphaned_pods import OrphanedPods
from console.localcluster.controllers.scheduler import Scheduler
from console.localcluster.controllers.taints import CordonTaints
from console.localcluster.lifecycle import owners
from console.localcluster.lifecycle.kubeconfig_file import kubeconfig_text
from console.localcluster.lifecycle.settings import ClusterSettings
from console.localcluster.lifecycle.state_folder import (
    ClusterFolder,
    Endpoint,
    own_process,
    write_private,
)
from console.localcluster.lifecycle.warden import end_with_parent
from console.localcluster.node.nodes import Nodes
from console.localcluster.store import Store, timestamp

_EVENT_SWEEP_SECONDS = 300.0


def serve_until_stopped(settings: ClusterSettings) -> None:
    """Returns at SIGTERM, SIGINT or the end of the last owner, when every process is gone."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    end_with_parent()
    folder = ClusterFolder(Path(settings.state_dir))
    identity = folder.identity()
    if identity is None or identity.warden.pid != os.getppid():
        return
    asyncio.run(_serve(settings, folder))
    if os.getppid() != identity.warden.pid:
        folder.remove()


async def _serve(settings: ClusterSettings, folder: ClusterFolder) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = Store()
    factor = settings.time_factor
    count, cluster_id = settings.nodes, settings.cluster_id
    nodes = Nodes(store, folder.path, cluster_id, count=count, time_factor=factor)
    nodes.register(settings.gpus)
    token, tls = secrets.token_urlsafe(32), make_identity()
    async with asyncio.TaskGroup() as group:
        parts = [
            group.create_task(nodes.run()),
            group.create_task(JobController(store, default_pod, time_factor=factor).run()),
            group.create_task(TimeToLive(store).run()),
            group.create_task(GarbageCollector(store).run()),
            group.create_task(Scheduler(store).run()),
            group.create_task(CordonTaints(store).run()),
            group.create_task(OrphanedPods(store, time_factor=factor).run()),
            group.create_task(_forget_events(store)),
            group.create_task(_stop_without_owners(folder.owners, stop)),
        ]
        async with ApiServer(store, nodes, token, tls=tls) as server:
            trusted = tls.certificate_pem
            write_private(folder.kubeconfig, kubeconfig_text(server.url, token, trusted))
            started_at = timestamp(store.now())
            folder.write(Endpoint(server.url, own_process(), started_at, trusted))
            await stop.wait()
        for part in parts:
            part.cancel()


async def _stop_without_owners(folder: Path, stop: asyncio.Event) -> None:
    await owners.last_owner_gone(folder)
    stop.set()


async def _forget_events(store: Store) -> None:
    while True:
        await asyncio.sleep(_EVENT_SWEEP_SECONDS)
        forget_old_events(store)
