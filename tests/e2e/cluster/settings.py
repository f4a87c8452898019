"""Where the test cluster lives, which versions it runs and which addresses it takes.

Bridge, ports and cgroup have fixed names, so that `down` finds what any failed start has left
behind. A second cluster beside the first (another version, say) is another instance: E2E_INSTANCE=1.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

KUBERNETES_VERSION = "1.36.3"
OLDER_KUBERNETES_VERSION = "1.34.4"
_NAMED = {"newest": KUBERNETES_VERSION, "older": OLDER_KUBERNETES_VERSION}
ETCD_VERSION = "3.5.21"
NAME = "carla-console-e2e"
NODE_NAME = "e2e-node"
INSTANCE_TYPE = "g5.12xlarge"
GPU = "nvidia.com/gpu"
GPUS = 8
INSTANCES = 10


@dataclass(frozen=True, slots=True)
class NodePlace:
    """What a node has for itself: its folder, its address, the last parts of its pods' addresses."""

    name: str
    home: Path
    address: str
    pods: tuple[int, int]
    cgroup: str
    key: str
    """Which of the certificates is its own."""

    @property
    def containerd_socket(self) -> Path:
        return self.home / "containerd.sock"

    @property
    def gpu_count_file(self) -> Path:
        """Its device plug-in offers as many GPUs as this file says."""
        return self.home / "gpus"


@dataclass(frozen=True, slots=True)
class Settings:
    """Versions without a leading `v`; `home` is made by `up` and removed by `down`."""

    kubernetes: str
    etcd: str
    cache: Path
    home: Path
    number: int = 0
    bridge: str = "carla-e2e0"
    cgroup: str = "carla-console-e2e"
    address: str = "10.177.0.1"
    subnet: str = "10.177.0.0/24"
    services: str = "10.178.0.0/24"
    api_service: str = "10.178.0.1"
    """The first address of `services`: Kubernetes gives it to the Service of its own API."""
    api_port: int = 26443
    etcd_port: int = 23790
    etcd_peer_port: int = 23800
    controller_manager_port: int = 20257
    scheduler_port: int = 20259
    kubelet_port: int = 20250
    kueue_webhook_port: int = 29443
    kueue_visibility_port: int = 29482
    kueue_health_port: int = 29481

    @property
    def pki(self) -> Path:
        return self.home / "pki"

    @property
    def lock(self) -> Path:
        """Held by the one that brings the cluster up."""
        return self.home.with_name(self.home.name + ".lock")

    @property
    def kernel(self) -> Path:
        """The kernel's settings from before the first of the clusters that are there now."""
        return self.home.with_name(f"{NAME}.kernel.json")

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def node(self) -> NodePlace:
        """The node that is always there, in the cluster's own folder."""
        return NodePlace(NODE_NAME, self.home, self.address, (10, 127), self.cgroup, "node")

    @property
    def second_node(self) -> NodePlace:
        """The one that some tests add, on the same bridge."""
        return NodePlace(
            f"{NODE_NAME}-2",
            self.home / "second-node",
            self.address.removesuffix(".1") + ".2",
            (130, 250),
            f"{self.cgroup}/second-node",
            "second-node",
        )

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.api_port}"


def from_environment() -> Settings:
    """E2E_KUBERNETES_VERSION (a version, `newest` or `older`), E2E_ETCD_VERSION, E2E_INSTANCE (0 to
    4, so that each has a neighbour) and XDG_CACHE_HOME, each optional."""
    return instance(_number())


def neighbour() -> Settings:
    """The second cluster of tests that need one, beside the one of the environment."""
    return instance((_number() + INSTANCES // 2) % INSTANCES)


def _number() -> int:
    return int(os.environ.get("E2E_INSTANCE", "0"))


def instance(number: int) -> Settings:
    """One of the clusters that can be side by side."""
    version = os.environ.get("E2E_KUBERNETES_VERSION", "newest")
    name = NAME + (f"-{number}" if number else "")
    cache = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Settings(
        kubernetes=_NAMED.get(version, version).removeprefix("v"),
        etcd=os.environ.get("E2E_ETCD_VERSION", ETCD_VERSION).removeprefix("v"),
        cache=Path(cache) / "carla-console",
        home=Path("/var/tmp", name),
        number=number,
        cgroup=name,
        **_addresses(number),
    )


def _addresses(instance: int) -> dict[str, Any]:
    """The instance's own bridge and subnet, and the first one's ports moved by a hundred each."""
    first: dict[str, Any] = {
        each.name: each.default for each in fields(Settings) if each.name.endswith("_port")
    }
    return {
        "bridge": f"carla-e2e{instance}",
        "address": f"10.177.{instance}.1",
        "subnet": f"10.177.{instance}.0/24",
        "services": f"10.178.{instance}.0/24",
        "api_service": f"10.178.{instance}.1",
    } | {name: port + 100 * instance for name, port in first.items()}
