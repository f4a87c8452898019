"""Starts, finds and ends an embedded cluster: what `local up|down|status|kubeconfig` do.

    up(state_dir, *, owner, time_factor=1.0, gpus=64) -> LocalCluster
    down(state_dir) -> bool
    status(state_dir) -> ClusterStatus
    kubeconfig(state_dir) -> Path

All of them block; none prints. A state directory has at most one cluster; different state
directories have their own. The cluster's objects live in memory: they end with it.
"""

from __future__ import annotations

from console.localcluster.lifecycle.commands import (
    MEMORY_NOTE,
    ClusterStatus,
    LocalCluster,
    down,
    kubeconfig,
    status,
    up,
)
from console.localcluster.lifecycle.kubeconfig_file import CONTEXT

__all__ = [
    "CONTEXT",
    "MEMORY_NOTE",
    "ClusterStatus",
    "LocalCluster",
    "down",
    "kubeconfig",
    "status",
    "up",
]
