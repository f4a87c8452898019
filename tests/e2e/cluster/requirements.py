"""What the cluster needs of this machine, each checked and named; Debian packages are installed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tests.e2e.cluster import binaries
from tests.e2e.cluster.settings import Settings
from tests.e2e.cluster.turns import turn

_PACKAGES = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "buildah": "buildah",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "/usr/lib/cni/host-local": "containernetworking-plugins",
    "/bin/busybox": "busybox-static",
    "ip": "iproute2",
}
_CGROUPS = Path("/sys/fs/cgroup")
_CONTROLLERS = ("cpu", "cpuset", "memory", "pids")
_GO = (1, 26)


class Unmet(Exception):
    """This machine cannot run the cluster: the message names the one requirement that is missing.

    Not a failure of anything tested.
    """


def check(settings: Settings) -> None:
    """Raises Unmet with the first requirement that is missing. Installs packages when it can."""
    if sys.platform != "linux":
        raise Unmet("Linux is missing: kubelet and containers need its kernel")
    if os.geteuid() != 0:
        raise Unmet("root is missing: kubelet, containerd and a network bridge need it")
    _check_namespaces()
    _check_cgroups(settings.cgroup)
    with turn(settings.home.parent):
        _check_packages()
    if binaries.missing(settings):
        _check_go()


def _check_namespaces() -> None:
    if shutil.which("unshare") is None:
        raise Unmet("unshare (util-linux) is missing")
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "proc", "proc", "/proc"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        raise Unmet(f"mount and process namespaces are missing: {tried.stderr.strip()}")


def cgroup_hierarchies() -> list[Path]:
    """Every mounted hierarchy: one with cgroup v2, one for each controller with v1."""
    if (_CGROUPS / "cgroup.controllers").exists():
        return [_CGROUPS]
    return [path for path in _CGROUPS.iterdir() if (path / "cgroup.procs").exists()]


def _check_cgroups(name: str) -> None:
    hierarchies = cgroup_hierarchies() if _CGROUPS.is_dir() else []
    if not hierarchies:
        raise Unmet(f"cgroups are missing: nothing is mounted at {_CGROUPS}")
    unified = hierarchies == [_CGROUPS]
    offered = (
        (_CGROUPS / "cgroup.controllers").read_text().split()
        if unified
        else [path.name for path in hierarchies]
    )
    for controller in _CONTROLLERS:
        if not any(controller in each.split(",") for each in offered):
            raise Unmet(f"the cgroup controller {controller} is missing")
    for hierarchy in hierarchies:
        _try_cgroup(hierarchy / f"{name}-check", unified)


def _try_cgroup(folder: Path, unified: bool) -> None:
    try:
        if unified:
            wanted = " ".join(f"+{controller}" for controller in _CONTROLLERS)
            (folder.parent / "cgroup.subtree_control").write_text(wanted)
        folder.mkdir(exist_ok=True)
        folder.rmdir()
    except OSError as error:
        raise Unmet(f"a free cgroup is missing: {error}") from error


def check_images() -> None:
    """What the stand-in images are made of, beside the Python that runs this. Raises Unmet."""
    if not Path("/bin/busybox").exists():
        raise Unmet("/bin/busybox is missing: it is the images' shell (package busybox-static)")


def _check_packages() -> None:
    absent = sorted({package for tool, package in _PACKAGES.items() if shutil.which(tool) is None})
    if not absent:
        return
    if shutil.which("apt-get") is None:
        raise Unmet(f"{', '.join(absent)} missing, and no apt-get to install them")
    install = ["apt-get", "install", "-y", "--no-install-recommends", *absent]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (install, ["apt-get", "update"], install):
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=quiet)
        if done.returncode == 0 and command is install:
            return
    raise Unmet(f"{', '.join(absent)} missing: {done.stderr.strip()[-300:]}")


def check_ports(settings: Settings) -> None:
    """Another program's ports would make the cluster fail late and strangely. Raises Unmet."""
    ports = [settings.api_port, settings.etcd_port, settings.etcd_peer_port]
    ports += [settings.controller_manager_port, settings.scheduler_port]
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise Unmet(f"the free port {port} is missing: {error}") from error


def _check_go() -> None:
    if shutil.which("go") is None:
        raise Unmet("Go is missing, and Kubernetes is not built yet")
    says = subprocess.run(["go", "version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"go(\d+)\.(\d+)", says)
    if found is None or (int(found[1]), int(found[2])) < _GO:
        raise Unmet(f"Go {_GO[0]}.{_GO[1]} or newer is missing: {says.strip()}")
