"""The embedded cluster, as the commands and the screens start, find and end it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from console import paths

if TYPE_CHECKING:
    from console.localcluster.lifecycle.commands import LocalCluster


def local_up(
    *, owned: bool, time_factor: float = 1.0, gpus: int | None = None, nodes: int | None = None
) -> LocalCluster:
    """The embedded cluster, started if it does not run; None: as many GPUs or nodes as usual.

    Raises ConsoleError.
    """
    from console.localcluster.lifecycle.commands import up
    from console.localcluster.lifecycle.settings import DEFAULT_GPUS

    return up(
        paths.local(),
        owner=owned,
        time_factor=time_factor,
        gpus=gpus or DEFAULT_GPUS,
        nodes=nodes or 1,
    )


def local_down() -> bool:
    """Stop the embedded cluster; False when none ran."""
    from console.localcluster.lifecycle.commands import down

    return down(paths.local())


def local_lose(node: str) -> None:
    """Lose a node of the embedded cluster with all that runs on it. Raises ConsoleError."""
    from console.localcluster.lifecycle.losing import lose_node

    lose_node(paths.local(), node)


def local_status() -> Any:
    """Whether and where the embedded cluster runs."""
    from console.localcluster.lifecycle.commands import status

    return status(paths.local())


def local_ends_with_us() -> bool:
    """Whether the embedded cluster ends when this process does; looks at its folder only."""
    from console.localcluster.lifecycle.owners import ends_with_us
    from console.localcluster.lifecycle.state_folder import ClusterFolder

    return ends_with_us(ClusterFolder(paths.local().resolve()).owners)


def local_kubeconfig() -> Path:
    """Its kubeconfig; raises NotFound when it does not run."""
    from console.localcluster.lifecycle.commands import kubeconfig

    return kubeconfig(paths.local())


def embedded_routes(image: str) -> bytes | None:
    """The routes file in an image of the embedded cluster's own; None for any other image."""
    from console.localcluster.images.catalogue import routes_of

    return routes_of(image)
