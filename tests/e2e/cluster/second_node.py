"""A second node beside the cluster's own: a kubelet and a runtime in a room of their own.

It can be lost as a machine is whose power fails: everything on it is killed at once, and nobody
tells the API. Owns its programs; flags and configuration are `programs`, as for the first one.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable

from tests.e2e.cluster import images, machine, programs
from tests.e2e.cluster.api import Refused
from tests.e2e.cluster.cluster import ClusterFailed, RealCluster
from tests.e2e.cluster.room import Room
from tests.e2e.cluster.settings import INSTANCE_TYPE

_STARTED = 120.0
_PROGRAMS = {
    "containerd": programs.containerd,
    "kubelet": programs.kubelet,
    "device-plugin": programs.device_plugin,
}


class SecondNode:
    """Of a cluster that is up. `remove` leaves the cluster as it was."""

    def __init__(self, cluster: RealCluster) -> None:
        self._cluster = cluster
        self._place = cluster.settings.second_node
        self._room = Room(self._place.home)

    @property
    def name(self) -> str:
        return self._place.name

    def up(self, gpus: int) -> None:
        """Returns when it is Ready and offers so many GPUs."""
        cluster, place = self._cluster, self._place
        self.remove()
        (place.home / "logs").mkdir(parents=True)
        snapshotter = machine.snapshotter(cluster.settings.home.parent)
        programs.write_configuration(cluster.settings, place, snapshotter)
        self._room.open()
        self._start("containerd", shutil.which("containerd") or "containerd")
        archive = place.home / "images.tar"
        images.write_archive(archive)
        self._wait("containerd", place.containerd_socket.is_socket)
        self._import(str(archive), snapshotter)
        archive.unlink()
        for name in ("kubelet", "device-plugin"):
            self._start(name, str(cluster.settings.home / "bin" / "kube"))
        self._wait("kubelet", lambda: cluster.node_ready(place.name))
        labels = {"node.kubernetes.io/instance-type": INSTANCE_TYPE}
        self._change({"metadata": {"labels": labels}})
        place.gpu_count_file.write_text(f"{gpus}\n")
        self._wait("device-plugin", lambda: cluster.gpus_offered(place.name) == gpus)

    def lose(self) -> None:
        """Its power fails."""
        self._room.close()

    def declare_lost(self) -> None:
        """What its operator does about it: Kubernetes need not wait for it to come back."""
        taint = {
            "key": "node.kubernetes.io/out-of-service",
            "value": "nodeshutdown",
            "effect": "NoExecute",
        }
        self._change({"spec": {"taints": [taint]}})

    def remove(self) -> None:
        """Without a trace, also when it was never there."""
        self._room.close()
        with contextlib.suppress(Refused):
            self._cluster.admin.delete(f"/api/v1/nodes/{self.name}")
        shutil.rmtree(self._place.home, ignore_errors=True)

    def _change(self, patch: dict[str, object]) -> None:
        self._cluster.admin.merge(f"/api/v1/nodes/{self.name}", patch)

    def _start(self, name: str, program: str) -> None:
        self._room.start(name, program, *_PROGRAMS[name](self._cluster.settings, self._place))

    def _import(self, archive: str, snapshotter: str) -> None:
        command = ["ctr", "--address", str(self._place.containerd_socket), "--namespace", "k8s.io"]
        command += ["images", "import", "--snapshotter", snapshotter, archive]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ClusterFailed(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")

    def _wait(self, name: str, condition: Callable[[], bool]) -> None:
        limit = time.monotonic() + _STARTED
        while not condition():
            ended = self._room.programs()[name]
            if ended is not None or time.monotonic() > limit:
                log = self._place.home / "logs" / f"{name}.log"
                last = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
                raise ClusterFailed(f"{name} of {self.name} does not do its part:\n{last}")
            time.sleep(0.1)
