"""up, down, status, kubeconfig. Knows the folder, the processes and whether the API answers."""

from __future__ import annotations

import os
import secrets
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from console import paths
from console.errors import ClusterUnreachable, ConsoleError, NotFound
from console.localcluster.lifecycle import owners
from console.localcluster.lifecycle.settings import DEFAULT_GPUS, ClusterSettings
from console.localcluster.lifecycle.state_folder import (
    ClusterFolder,
    Endpoint,
    ProcessId,
    sweep_containers,
)
from console.paths import local_command

MEMORY_NOTE = (
    "Jobs, pods and events of the embedded cluster live in its memory: "
    "they end with it and do not survive a restart."
)

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 5
_LOG_TAIL_LINES = 8


@dataclass(frozen=True, slots=True)
class LocalCluster:
    """A cluster that answers."""

    kubeconfig: Path
    server: str
    """URL of the API."""
    pid: int
    """Of the daemon."""
    owned: bool
    """It ends a few seconds after the last process that started it as its owner."""


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What is known of the cluster of a state directory; `cluster` is None when none answers."""

    cluster: LocalCluster | None
    started_at: str
    """RFC 3339, empty when none runs."""
    text: str
    """Plain sentences for people."""


def up(
    state_dir: Path,
    *,
    owner: bool,
    time_factor: float = 1.0,
    gpus: int = DEFAULT_GPUS,
    nodes: int = 1,
    patience: float = 60.0,
) -> LocalCluster:
    """The cluster of this state directory, started if it does not answer already.

    With `owner` the calling process keeps it alive: the cluster ends about five seconds after its
    last owner, even one killed by SIGKILL. `time_factor` scales the pauses that Kubernetes makes
    (restart back-off, batching), not what containers do. It, `nodes` and
    the `gpus` of each only count at the start.
    A cluster that runs but does not answer for `patience` seconds (a busy machine, a stopped
    process) is left alone. Raises ClusterUnreachable for it, ConsoleError when a start fails.
    """
    if not sys.platform.startswith("linux"):
        raise ConsoleError(
            "The embedded cluster needs Linux.",
            why="It watches and ends processes through /proc and pidfds.",
            fix="Connect to a real cluster with --kubeconfig.",
        )
    folder = ClusterFolder(state_dir.resolve())
    with folder.locked():
        found = _answering_in_time(folder, patience)
        if found is None:
            _clear(folder)
            cluster_id = secrets.token_hex(6)
            settings = ClusterSettings(str(folder.state_dir), cluster_id, time_factor, gpus, nodes)
            return _start(folder, settings, owner=owner)
        owners.register(folder.owners, owner=owner)
        return _described(folder, found)


def down(state_dir: Path) -> bool:
    """Ends the cluster: no process, port or file of it is left. False when there was none."""
    folder = ClusterFolder(state_dir.resolve())
    if not folder.state_dir.is_dir():
        return False
    with folder.locked():
        there = folder.path.exists()
        _clear(folder)
        folder.remove_if_empty()
        return there


def status(state_dir: Path) -> ClusterStatus:
    """Whether the cluster runs and where."""
    folder = ClusterFolder(state_dir.resolve())
    endpoint = _answering(folder)
    if endpoint is None and _runs(folder):
        return ClusterStatus(
            None, "", f"The embedded cluster runs but does not answer. {_end_it()}"
        )
    if endpoint is None:
        left = " The remains of an earlier one are cleared by up and down." * folder.path.exists()
        return ClusterStatus(None, "", f"No embedded cluster is running.{left} {MEMORY_NOTE}")
    cluster = _described(folder, endpoint)
    end = "ends with the console that started it" if cluster.owned else "runs until it is ended"
    text = f"The embedded cluster answers at {cluster.server} and {end}. {MEMORY_NOTE}"
    return ClusterStatus(cluster, endpoint.started_at, text)


def kubeconfig(state_dir: Path) -> Path:
    """The kubeconfig of the running cluster, mode 0600. Raises NotFound when none runs."""
    folder = ClusterFolder(state_dir.resolve())
    if not _runs(folder) or folder.endpoint() is None:
        raise NotFound(
            "No embedded cluster is running.",
            why=f"None was started for {folder.state_dir}.",
            fix=f"Start it: {local_command('up')}",
        )
    return folder.kubeconfig


def keep(state_dir: Path) -> None:
    """Own the running cluster with its other owners: it lives as long as one of them.

    Raises NotFound when none runs: none is started, for what was on it is gone.
    """
    kubeconfig(state_dir)
    folder = ClusterFolder(state_dir.resolve())
    if owners.is_owned(folder.owners):
        owners.register(folder.owners, owner=True)


def _start(folder: ClusterFolder, settings: ClusterSettings, *, owner: bool) -> LocalCluster:
    folder.make()
    owners.register(folder.owners, owner=owner)
    with folder.log.open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "console.localcluster", "warden", settings.to_text()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_daemon_env(),
            start_new_session=True,
            check=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while (endpoint := _answering(folder)) is None:
        identity = folder.identity()
        ended = identity is not None and not identity.warden.alive
        if ended or not folder.path.exists() or time.monotonic() > deadline:
            raise _not_started(folder)
        time.sleep(_POLL_SECONDS)
    return _described(folder, endpoint)


def _daemon_env() -> dict[str, str]:
    """Nothing of the user's environment but what Python needs, and where scenarios are found."""
    package = str(Path(__file__).resolve().parents[3])
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": package,
        "LC_ALL": "C.UTF-8",
        "CARLA_CONSOLE_STATE_DIR": str(paths.state().resolve()),
    }


def _not_started(folder: ClusterFolder) -> ConsoleError:
    try:
        lines = folder.log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
    except FileNotFoundError:
        lines = []
    _clear(folder)
    return ConsoleError(
        "The embedded cluster did not start.",
        why="\n".join(lines) or "It gave no reason.",
        fix="Try again; a slow machine may need a second attempt.",
    )


def _clear(folder: ClusterFolder) -> None:
    """Ends what runs, gently first, and removes the folder. The caller has the lock."""
    identity, endpoint = folder.identity(), folder.endpoint()
    if identity is not None:
        _end(identity.warden, signal.SIGTERM)
        _end(identity.warden, signal.SIGKILL)
        if endpoint is not None:
            _end(endpoint.daemon, signal.SIGKILL)
        sweep_containers(identity.cluster_id)
    folder.remove()


def _end(process: ProcessId, number: signal.Signals) -> None:
    if process.alive:
        os.kill(process.pid, number)
        _wait_until(lambda: not process.alive, _STOP_SECONDS)


def _wait_until(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _runs(folder: ClusterFolder) -> bool:
    identity = folder.identity()
    return identity is not None and identity.warden.alive


def _end_it() -> str:
    return f"`{local_command('down')}` ends it and every submission in it."


def _answering_in_time(folder: ClusterFolder, patience: float) -> Endpoint | None:
    """The endpoint of the cluster that runs, or None when none does.

    Raises ClusterUnreachable for one that runs without answering: only its user may give up what
    it holds.
    """
    deadline = time.monotonic() + patience
    while (found := _answering(folder)) is None and _runs(folder):
        if time.monotonic() > deadline:
            raise ClusterUnreachable(
                "The embedded cluster runs but does not answer.",
                why=f"Nothing came from it for {patience:.0f} s; it may be stopped.",
                fix=_end_it(),
            )
        time.sleep(_POLL_SECONDS)
    return found


def _answering(folder: ClusterFolder) -> Endpoint | None:
    """The endpoint when its warden lives and its API says that it is ready."""
    identity, endpoint = folder.identity(), folder.endpoint()
    if identity is None or endpoint is None or not identity.warden.alive:
        return None
    trust = ssl.create_default_context(cadata=endpoint.certificate_pem)
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
    try:
        with direct.open(f"{endpoint.server}/readyz", timeout=_ANSWER_SECONDS):
            return endpoint
    except urllib.error.HTTPError:
        return endpoint
    except OSError:
        return None


def _described(folder: ClusterFolder, endpoint: Endpoint) -> LocalCluster:
    owned = owners.is_owned(folder.owners)
    return LocalCluster(folder.kubeconfig, endpoint.server, endpoint.daemon.pid, owned)
