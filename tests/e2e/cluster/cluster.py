"""The whole cluster: brought up in order, taken down whatever is left of it, disturbed on purpose.

Owns the order and the waiting. The programs' flags, images, certificates and the machine's traces
have their own modules.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.cluster import binaries, certificates, images, machine, programs, requirements
from tests.e2e.cluster.api import Api, Refused
from tests.e2e.cluster.room import Room
from tests.e2e.cluster.settings import GPU, GPUS, INSTANCE_TYPE, NODE_NAME, Settings

_FLAGS = {
    "etcd": programs.etcd,
    "kube-apiserver": programs.apiserver,
    "kube-controller-manager": programs.controller_manager,
    "kube-scheduler": programs.scheduler,
    "containerd": programs.containerd,
    "kubelet": programs.kubelet,
    "device-plugin": programs.device_plugin,
    "api-service": programs.api_service,
    "dra-driver": programs.dra_driver,
}
_STARTED = 120.0

Say = Callable[[str], None]


class ClusterFailed(Exception):
    """The cluster did not come up although every requirement was met; names what did not."""


class RealCluster:
    """A control plane and one node. `up` needs `requirements.check` to have passed."""

    def __init__(self, settings: Settings, say: Say = lambda _: None) -> None:
        self.settings = settings
        self.room = Room(settings.home)
        self.say = say

    @property
    def admin(self) -> Api:
        return Api.of(self.settings.server, self.settings.pki, "admin")

    def up(self) -> None:
        """Everything, until the node is Ready. A failed start is taken down again.

        Takes an earlier cluster of this machine down first. Raises Unmet for a port in use.
        """
        kube = binaries.kube_binary(self.settings, self.say)
        etcd = binaries.etcd_binary(self.settings, self.say)
        with _one_at_a_time(self.settings):
            try:
                self._up(kube, etcd)
            except BaseException:
                self._remove()
                raise

    def _up(self, kube: Path, etcd: Path) -> None:
        settings = self.settings
        self._furnish(kube, etcd)
        machine.prepare(settings)
        self.room.open()
        for name in ("etcd", "containerd", "kube-apiserver", "api-service"):
            self.start(name)
        self.say("making the images")
        archive = settings.home / "images.tar"
        images.write_archive(archive)
        self.wait("containerd", settings.node.containerd_socket.is_socket)
        self.take_images(archive)
        self.wait_for_api()
        for name in ("kube-controller-manager", "kube-scheduler", "kubelet", "device-plugin"):
            self.start(name)
        self.wait("kubelet", self.node_ready)
        self.wait("kube-controller-manager", self._accounts_work)
        self.label_node(INSTANCE_TYPE)
        self.offer_gpus(GPUS)

    def _furnish(self, kube: Path, etcd: Path) -> None:
        """The folder with programs, keys and configuration. The programs are copied: the room
        hides /tmp, where the cache may be."""
        home = self.settings.home
        self._remove()
        requirements.check_ports(self.settings)
        machine.remember(self.settings)
        for name in ("logs", "bin"):
            (home / name).mkdir()
        for name, source in (("kube", kube), ("etcd", etcd)):
            shutil.copy2(source, home / "bin" / name)
        shutil.copy2(programs.RELAY, home / "bin")
        certificates.write_all(self.settings)
        snapshotter = machine.snapshotter(self.settings.home.parent)
        programs.write_configuration(self.settings, self.settings.node, snapshotter)

    def entry(self) -> dict[str, str]:
        """What a kubeconfig says of this cluster."""
        authority = str(self.settings.pki / "ca.crt")
        return {"server": self.settings.server, "certificate-authority": authority}

    @property
    def pod_logs(self) -> Path:
        """Where the node keeps the containers' output."""
        return self.settings.home / "room" / "var-log" / "pods"

    def traces(self) -> list[str]:
        """What is left of the cluster, one line each."""
        return machine.traces(self.settings)

    def down(self) -> None:
        """Without a trace, also after a start that was killed, and when there is nothing there."""
        self._remove()
        self.settings.lock.unlink(missing_ok=True)

    def _remove(self) -> None:
        self.room.close()
        Room(self.settings.second_node.home).close()
        machine.restore(self.settings)

    def recover(self) -> None:
        """Every program runs, and the node is as it was."""
        for name, status in self.room.programs().items():
            if status is not None and name in _FLAGS:
                self.start(name)
        self.wait_for_api()
        self.wait("kubelet", self.node_ready)
        self.label_node(INSTANCE_TYPE)
        self.offer_gpus(GPUS)

    # ------------------------------------------------------------------------------- disturbing

    def start(self, name: str) -> None:
        """Start one program of the cluster, as it was started by `up`."""
        flags = _FLAGS[name](self.settings)
        file = name if name in ("etcd", "dra-driver") else "kube"
        elsewhere = {"containerd": "containerd", "api-service": "env"}.get(name)
        program = shutil.which(elsewhere) if elsewhere else self.settings.home / "bin" / file
        self.room.start(name, program or name, *flags)

    def stop(self, name: str) -> None:
        """Kill a program, as a crash would."""
        self.room.stop(name, signal.SIGKILL)

    def kill_container(self, container_id: str) -> None:
        """SIGKILL to all processes of a container or sandbox, given its id or `containerd://id`."""
        number = container_id.removeprefix("containerd://")
        self.ctr("tasks", "kill", "--all", "--signal", "SIGKILL", number)

    def ctr(self, *arguments: str) -> str:
        """containerd's own command, in the namespace of Kubernetes."""
        command = ["ctr", "--address", str(self.settings.node.containerd_socket), "--namespace"]
        done = subprocess.run(
            [*command, "k8s.io", *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ClusterFailed(f"ctr {' '.join(arguments)}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def take_images(self, archive: Path) -> None:
        """Onto the node; the archive is gone afterwards."""
        self.ctr(
            "images",
            "import",
            "--snapshotter",
            machine.snapshotter(self.settings.home.parent),
            str(archive),
        )
        archive.unlink()

    def label_node(self, instance_type: str | None) -> None:
        labels = {"node.kubernetes.io/instance-type": instance_type}
        self.admin.merge(f"/api/v1/nodes/{NODE_NAME}", {"metadata": {"labels": labels}})

    def offer_gpus(self, count: int) -> None:
        """What the node's device plug-in has from now on; returns when the node says so."""
        self.settings.node.gpu_count_file.write_text(f"{count}\n")
        self.wait("device-plugin", lambda: self.gpus_offered() == count)

    def give_out_by_claims(self) -> None:
        """Start the example driver; returns when its devices are known. It has fixed paths."""
        driver = binaries.dra_driver_binary(self.settings, self.say)
        shutil.copy2(driver, self.settings.home / "bin" / "dra-driver")
        inside = self.settings.home / "room" / "var-lib" / "kubelet"
        inside.mkdir(parents=True, exist_ok=True)
        registry = inside / "plugins_registry"
        if not registry.is_symlink():
            registry.symlink_to(self.settings.home / "kubelet" / "plugins_registry")
        self.start("dra-driver")
        self.wait("dra-driver", lambda: self._devices() == GPUS)

    # ---------------------------------------------------------------------------------- looking

    def _devices(self) -> int:
        slices = self.admin.get("/apis/resource.k8s.io/v1/resourceslices")["items"]
        return sum(len(each["spec"].get("devices", [])) for each in slices)

    def node_ready(self, name: str = NODE_NAME) -> bool:
        try:
            node = self.admin.get(f"/api/v1/nodes/{name}")
        except Refused:
            return False
        return any(
            each["type"] == "Ready" and each["status"] == "True"
            for each in node.get("status", {}).get("conditions", [])
        )

    def gpus_offered(self, name: str = NODE_NAME) -> int:
        status = self.admin.get(f"/api/v1/nodes/{name}").get("status", {})
        return int(status.get("allocatable", {}).get(GPU, 0))

    def wait_for_api(self) -> None:
        self.wait("kube-apiserver", self.admin.ready)

    def _accounts_work(self) -> bool:
        try:
            self.admin.get("/api/v1/namespaces/default/serviceaccounts/default")
        except Refused:
            return False
        return True

    def wait(self, name: str, condition: Callable[[], bool]) -> None:
        """For a program of the room. Raises ClusterFailed with its last lines."""
        limit = time.monotonic() + _STARTED
        while not condition():
            ended = self.room.programs()[name]
            if ended is not None or time.monotonic() > limit:
                how = "is not ready" if ended is None else f"ended with {ended}"
                raise ClusterFailed(f"{name} {how}:\n{self._last_lines(name)}")
            time.sleep(0.1)

    def _last_lines(self, name: str) -> str:
        text = (self.settings.logs / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-12:])


def apply(api: Api, text: str) -> None:
    """Create or replace the objects of a YAML text, of the kinds that `access.yaml` has."""
    for document in yaml.safe_load_all(text):
        path = _collection(document)
        try:
            api.create(path, document)
        except Refused as refused:
            if refused.code != 409:
                raise
            name = document["metadata"]["name"]
            api.merge(f"{path}/{name}", document)


def _collection(document: dict[str, Any]) -> str:
    version = document["apiVersion"]
    group = "/api/v1" if version == "v1" else f"/apis/{version}"
    plural = document["kind"].lower() + "s"
    namespace = document["metadata"].get("namespace")
    return f"{group}/namespaces/{namespace}/{plural}" if namespace else f"{group}/{plural}"


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Two starts at once would take each other down."""
    settings.home.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(settings.lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        settings.lock.unlink(missing_ok=True)
        os.close(number)
