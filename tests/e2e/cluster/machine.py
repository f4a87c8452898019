"""What the cluster changes outside its room, and how that is undone: bridge, cgroups, settings.

Everything here can be called at any time, also when there is nothing to undo.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.cluster.requirements import cgroup_hierarchies
from tests.e2e.cluster.settings import NAME, Settings
from tests.e2e.cluster.turns import turn

# The kubelet and the bridge plug-in set these for the whole machine.
_KERNEL_SETTINGS = (
    "net/ipv4/ip_forward",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
_PATIENCE = 20.0


def remember(settings: Settings) -> None:
    """Make the cluster's folder; the first cluster writes the kernel's settings down."""
    with turn(settings.home.parent):
        settings.home.mkdir()
        if not settings.kernel.exists():
            found = {name: text for name in _KERNEL_SETTINGS if (text := _kernel_setting(name))}
            settings.kernel.write_text(json.dumps(found))


def prepare(settings: Settings) -> None:
    """The bridge of the pods with the node's address, and the parent of all their cgroups."""
    for command in (
        ["ip", "link", "add", settings.bridge, "type", "bridge"],
        ["ip", "address", "add", f"{settings.address}/24", "dev", settings.bridge],
        ["ip", "address", "add", f"{settings.second_node.address}/32", "dev", settings.bridge],
        ["ip", "address", "add", f"{settings.api_service}/32", "dev", settings.bridge],
        ["ip", "link", "set", settings.bridge, "up"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    for hierarchy in cgroup_hierarchies():
        for node in (settings.node, settings.second_node):
            folder = hierarchy / node.cgroup
            folder.mkdir(exist_ok=True)
            _allow_processors(hierarchy, folder)


def _allow_processors(hierarchy: Path, folder: Path) -> None:
    """A new cpuset of cgroup v1 is empty, and no process can enter it."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        if (folder / name).exists() and not (folder / "cgroup.controllers").exists():
            (folder / name).write_text((hierarchy / name).read_text())


def snapshotter(folder: Path) -> str:
    """How containerd keeps images on that disk: overlayfs cannot lie on an overlay, as in a container."""
    command = ["stat", "--file-system", "--format=%T", str(folder)]
    kind = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "native" if "overlay" in kind else "overlayfs"


def restore(settings: Settings) -> None:
    """Take away bridge, cgroups and folder; the last cluster sets the kernel's settings back."""
    subprocess.run(["ip", "link", "delete", settings.bridge], check=False, capture_output=True)
    for hierarchy in cgroup_hierarchies():
        _remove_cgroup(hierarchy / settings.cgroup)
    with turn(settings.home.parent):
        shutil.rmtree(settings.home, ignore_errors=True)
        if settings.kernel.exists() and not _others(settings):
            _restore_kernel(settings.kernel)


def _others(settings: Settings) -> list[Path]:
    """The folders of clusters that are still there."""
    return [place for place in settings.home.parent.glob(f"{NAME}*") if place.is_dir()]


def _restore_kernel(written: Path) -> None:
    for name, text in json.loads(written.read_text()).items():
        if _kernel_setting(name) != text:
            Path("/proc/sys", name).write_text(text)
    written.unlink()


def traces(settings: Settings) -> list[str]:
    """What of the cluster is on this machine now, one line each; empty after `restore`."""
    places = {"folder": settings.home, "lock": settings.lock}
    found = [f"{kind} {place}" for kind, place in places.items() if place.exists()]
    if Path("/sys/class/net", settings.bridge).exists():
        found.append(f"network bridge {settings.bridge}")
    for hierarchy in cgroup_hierarchies():
        if (hierarchy / settings.cgroup).exists():
            found.append(f"cgroup {hierarchy / settings.cgroup}")
    with turn(settings.home.parent):
        if settings.kernel.exists() and not _others(settings):
            found.append(f"kernel settings other than in {settings.kernel}")
    home = str(settings.home)
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    found += [f"mount {line.split()[1]}" for line in mounts if home in line]
    found += [f"process {number}: {line[:120]}" for number, line in _processes(home)]
    return found


def _processes(home: str) -> Iterator[tuple[int, str]]:
    """Processes with the folder in their command line; not this one, which may have it too."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                line = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
            except (FileNotFoundError, ProcessLookupError):
                continue
            if f"{home}/" in line or f"{home} " in line:
                yield int(entry.name), line


def _kernel_setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def _remove_cgroup(root: Path) -> None:
    """Kill what is left inside, then remove the folders from the leaves up."""
    if not root.is_dir():
        return
    limit = time.monotonic() + _PATIENCE
    for folder in sorted((p for p in (root, *root.rglob("*")) if p.is_dir()), reverse=True):
        while True:
            try:
                folder.rmdir()
                break
            except OSError:
                if time.monotonic() > limit:
                    raise
                _kill_members(folder)
                time.sleep(0.05)


def _kill_members(folder: Path) -> None:
    for number in (folder / "cgroup.procs").read_text().split():
        if int(number) != os.getpid():
            try:
                os.kill(int(number), signal.SIGKILL)
            except ProcessLookupError:
                continue
