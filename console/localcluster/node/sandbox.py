"""A pod's sandbox: its address, and a process that does nothing but hold the pod's place.

Whoever ends that process takes the sandbox away from the pod, as the end of a pause container
does on other nodes: everything of the pod is stopped and begins again. Its environment names the
pod: CARLA_CONSOLE_SANDBOX=<pod uid>. Refuses to know containers.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

from console.localcluster.images.catalogue import PATH
from console.localcluster.node.addresses import PodAddresses
from console.localcluster.node.processes import MARKER, kill_process

SANDBOX = "CARLA_CONSOLE_SANDBOX"

_FOR_EVER = "2147483647"


class Sandbox:
    """Lives from its making until `end`, or until its process is killed: then `lost` is set."""

    def __init__(
        self, pod_uid: str, process_id: str, folder: Path, addresses: PodAddresses
    ) -> None:
        self.lost = asyncio.Event()
        self._addresses = addresses
        self.address = addresses.take()
        env = {"PATH": PATH, SANDBOX: pod_uid, MARKER: process_id, "HOME": str(folder)}
        self._holder = subprocess.Popen(
            ["sleep", _FOR_EVER],
            env=env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._pidfd = os.pidfd_open(self._holder.pid)
        asyncio.get_running_loop().add_reader(self._pidfd, self._on_exit)

    @property
    def lives(self) -> bool:
        """As it is now; that it has ended is told through the loop, a little later."""
        return not self.lost.is_set() and self._holder.poll() is None

    def end(self) -> None:
        """No process of it is left, and its address is free."""
        if not self.lost.is_set():
            kill_process(self._holder.pid)
            self._on_exit()
        self._addresses.give_back(self.address)

    def _on_exit(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._holder.wait()
        self.lost.set()
