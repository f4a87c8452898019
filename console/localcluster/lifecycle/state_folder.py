"""The embedded cluster's folder in a state directory: what is in it, whose it is, who may touch it.

`<state>/cluster/` holds everything of one life of the cluster and goes with it. The state
directory itself is the lock (flock), so that no lock file is left behind.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from console.localcluster.node.disk import remove_tree
from console.localcluster.node.processes import (
    MARKER,
    environment_of,
    kill_process,
    living_processes,
)
from console.results import files

_SWEEPS = 20


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process that cannot be mistaken for a later one with the same pid."""

    pid: int
    started: int
    """Clock ticks after boot, from /proc."""

    @property
    def alive(self) -> bool:
        """It runs still (a zombie does not)."""
        return start_ticks(self.pid) == self.started


@dataclass(frozen=True, slots=True)
class Identity:
    """Written first, by the warden: which life of the cluster this folder belongs to."""

    cluster_id: str
    warden: ProcessId


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Written last, by the daemon: it answers."""

    server: str
    daemon: ProcessId
    started_at: str
    certificate_pem: str
    """What to trust there, and nowhere else."""


class ClusterFolder:
    """Paths and small files of `<state>/cluster`."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.path = state_dir / "cluster"
        self.kubeconfig = self.path / "kubeconfig"
        self.log = self.path / "daemon.log"
        self.owners = self.path / "owners"

    def make(self) -> None:
        """An empty folder, readable by its user only."""
        self.path.mkdir(parents=True, mode=0o700)
        self.owners.mkdir()

    def identity(self) -> Identity | None:
        """Who the folder belongs to, or None."""
        found = _read(self.path / "identity.json")
        if found is None:
            return None
        return Identity(found["cluster_id"], ProcessId(**found["warden"]))

    def endpoint(self) -> Endpoint | None:
        """Where the cluster answers, or None while it does not."""
        found = _read(self.path / "endpoint.json")
        if found is None:
            return None
        return Endpoint(**{**found, "daemon": ProcessId(**found["daemon"])})

    def write(self, part: Identity | Endpoint) -> None:
        """Stores one of the two facts."""
        name = "identity.json" if isinstance(part, Identity) else "endpoint.json"
        write_private(self.path / name, json.dumps(asdict(part)))

    def remove(self) -> None:
        """The whole folder disappears at once for others, then for good."""
        gone = self.state_dir / f"cluster.gone-{os.getpid()}"
        with suppress(FileNotFoundError):
            self.path.rename(gone)
        for leftover in self.state_dir.glob("cluster.gone-*"):
            remove_tree(leftover)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one `up` or `down` at a time for this state directory."""
        descriptor = self._lock()
        try:
            yield
        finally:
            os.close(descriptor)

    def _lock(self) -> int:
        """The locked directory; once more when it was removed while this process waited."""
        while True:
            self.state_dir.mkdir(parents=True, exist_ok=True)
            try:
                descriptor = os.open(self.state_dir, os.O_RDONLY | os.O_DIRECTORY)
            except FileNotFoundError:
                continue
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), self.state_dir.stat()):
                    return descriptor
            os.close(descriptor)

    def remove_if_empty(self) -> None:
        """The state directory itself, unless the user keeps something in it. Needs the lock."""
        with suppress(OSError):
            self.state_dir.rmdir()


def start_ticks(pid: int) -> int | None:
    """When a living process started, in clock ticks after boot; None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(") ")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def own_process() -> ProcessId:
    """The calling process."""
    return process_id(os.getpid())


def process_id(pid: int) -> ProcessId:
    """A running process; one that is gone already is never alive again."""
    return ProcessId(pid, start_ticks(pid) or -1)


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, for its owner only."""
    files.replace(str(path), [text.encode()], permissions=files.PRIVATE)


def sweep_containers(cluster_id: str) -> None:
    """SIGKILL to every process whose environment says that it is a container of this cluster."""
    marker = f"{MARKER}={cluster_id}-".encode()
    for _ in range(_SWEEPS):
        found = [
            entry.pid
            for entry in living_processes()
            if any(value.startswith(marker) for value in environment_of(entry.pid))
        ]
        if not found:
            return
        for pid in found:
            kill_process(pid)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return found
