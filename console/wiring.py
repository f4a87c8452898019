"""The composition root: which concrete edge stands behind each port. Nowhere else says so.

Edges are imported when they are needed: `--help` must not pay for HTTP, TLS or Textual.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
from msgspec.structs import replace

from console import paths

if TYPE_CHECKING:
    from console.localcluster.lifecycle.commands import LocalCluster
    from console.operations.ports.cluster import ClusterDescription, ClusterPort
    from console.operations.services import Services


class WantedCluster(msgspec.Struct, frozen=True):
    """Which cluster the user asked for; None where the flags are silent."""

    kubeconfig: str | None = None
    context: str | None = None
    namespace: str | None = None
    local: bool = False


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def connect(connection: WantedCluster) -> AsyncIterator[Services]:
    """Services on a cluster that has answered; closed at the end. Raises ConsoleError."""
    from console.cluster.connecting import connect as open_cluster
    from console.operations.services import Services
    from console.recorder.recorder import Recorder

    chosen = _localised(connection)
    cluster = await open_cluster(
        chosen.kubeconfig, chosen.context, chosen.namespace, local=chosen.local
    )
    try:
        yield Services(cluster, Recorder(paths.state() / "recordings"), now)
    finally:
        await cluster.close()


class _Unasked(msgspec.Struct, frozen=True):
    """A cluster that is known by its names only."""

    description: ClusterDescription


@asynccontextmanager
async def unasked(connection: WantedCluster) -> AsyncIterator[Services]:
    """Services for what is recorded: their cluster may be out of reach, or gone."""
    from console.operations.services import Services
    from console.recorder.recorder import Recorder

    cluster = _Unasked(await asyncio.to_thread(describe, connection))
    yield Services(cast("ClusterPort", cluster), Recorder(paths.state() / "recordings"), now)


def describe(connection: WantedCluster) -> ClusterDescription:
    """The cluster's names; nothing is sent. Raises InvalidInput for what is named wrongly."""
    from console.cluster.connecting import describe as describe_cluster
    from console.operations.ports.cluster import ClusterDescription, WayIn

    if connection.local and local_status().cluster is None:
        from console.localcluster.lifecycle.kubeconfig_file import CONTEXT, NAMESPACE

        space = connection.namespace or NAMESPACE
        return ClusterDescription(CONTEXT, "", space, way=WayIn(local=True))
    chosen = _localised(connection)
    return describe_cluster(chosen.kubeconfig, chosen.context, chosen.namespace, local=chosen.local)


def _localised(connection: WantedCluster) -> WantedCluster:
    """--local is nothing but the embedded cluster's kubeconfig."""
    if not connection.local:
        return connection
    return replace(connection, kubeconfig=str(local_kubeconfig()), context=None)


def open_console(connection: WantedCluster, *, theme: str | None, mouse: bool) -> int:
    """The screens on that cluster; the exit code. Starts the embedded cluster for --local."""
    from console.tui.opening import open_screens

    return open_screens(
        connect,
        connection,
        start_local=lambda: _own_local(connection),
        ends_local=local_ends_with_us,
        theme=theme,
        mouse=mouse,
    )


def _own_local(asked: WantedCluster) -> WantedCluster:
    """Start the embedded cluster, owned by this process unless it runs already.

    Where another cluster was asked for before, its flags say nothing about this one.
    """
    local_up(owned=True)
    return asked if asked.local else WantedCluster(local=True)


def local_up(*, owned: bool, time_factor: float = 1.0) -> LocalCluster:
    """The embedded cluster, started if it does not run. Raises ConsoleError."""
    from console.localcluster.lifecycle.commands import up

    return up(_local_state(), owner=owned, time_factor=time_factor)


def local_down() -> bool:
    """Stop the embedded cluster; False when none ran."""
    from console.localcluster.lifecycle.commands import down

    return down(_local_state())


def local_status() -> Any:
    """Whether and where the embedded cluster runs."""
    from console.localcluster.lifecycle.commands import status

    return status(_local_state())


def local_ends_with_us() -> bool:
    """Whether the embedded cluster ends when this process does; looks at its folder only."""
    from console.localcluster.lifecycle.owners import ends_with_us
    from console.localcluster.lifecycle.state_folder import ClusterFolder

    return ends_with_us(ClusterFolder(_local_state().resolve()).owners)


def local_kubeconfig() -> Path:
    """Its kubeconfig; raises NotFound when it does not run."""
    from console.localcluster.lifecycle.commands import kubeconfig

    return kubeconfig(_local_state())


def embedded_routes(image: str) -> bytes | None:
    """The routes file in an image of the embedded cluster's own; None for any other image."""
    from console.localcluster.images.catalogue import routes_of

    return routes_of(image)


def _local_state() -> Path:
    return paths.state() / "local"
