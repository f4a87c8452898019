"""The parent of the daemon: whatever becomes of the daemon, nothing of its containers survives it.

It is the subreaper of everything below, so even a process that left its session and cleared its
environment becomes its child when its own parent ends, and is killed here. Standard library only,
and small, for it lives as long as the cluster.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from console.localcluster.lifecycle.settings import ClusterSettings
from console.localcluster.lifecycle.state_folder import (
    ClusterFolder,
    Identity,
    own_process,
    sweep_containers,
)
from console.localcluster.node.processes import descendants_of, kill_process

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SWEEPS = 100


def guard(settings: ClusterSettings) -> None:
    """Runs the daemon below this process, waits for its end, clears up. Returns then."""
    folder = ClusterFolder(Path(settings.state_dir))
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    folder.write(Identity(settings.cluster_id, own_process()))
    command = [sys.executable, "-m", "console.localcluster", "serve", settings.to_text()]
    daemon = os.posix_spawn(sys.executable, command, os.environ)

    def forward(number: int, _frame: object) -> None:
        os.kill(daemon, number)

    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGINT, forward)
    _wait_for(daemon)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _kill_everything_below()
    sweep_containers(settings.cluster_id)
    folder.remove()


def end_with_parent() -> None:
    """Called by the daemon: it is told (SIGTERM) when its warden ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for(pid: int) -> None:
    """Reaps every child, adopted ones too, until that one ended."""
    while os.waitpid(-1, 0)[0] != pid:
        pass


def _kill_everything_below() -> None:
    for _ in range(_SWEEPS):
        found = descendants_of(os.getpid())
        if not found:
            return
        for pid in found:
            kill_process(pid)
        _reap()


def _reap() -> None:
    """Collects children that ended; waits for one, so that no sweep is in vain."""
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl refused")
