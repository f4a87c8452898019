"""Starting, finding and ending clusters, and that nothing survives, whoever is killed."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.errors import ClusterUnreachable, NotFound
from console.localcluster import lifecycle
from console.localcluster.lifecycle.state_folder import ClusterFolder
from console.localcluster.node.processes import (
    MARKER,
    environment_of,
    living_processes,
)

pytestmark = pytest.mark.slow

SLEEP = 1_000_000 + os.getpid()
"""Seconds that nobody else on this machine sleeps."""
OWNER = (
    "import sys, time; from pathlib import Path; from console.localcluster import lifecycle;"
    "lifecycle.up(Path(sys.argv[1]), owner=True); print('up', flush=True); time.sleep(60)"
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "cluster-state"
    yield folder
    lifecycle.down(folder)


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def of_cluster(state: Path, cluster_id: str) -> list[int]:
    """Warden, daemon and containers of one cluster that live."""
    marker = f"{MARKER}={cluster_id}".encode()
    own = f'"state_dir": "{state.resolve()}"'.encode()
    found = []
    for entry in living_processes():
        values = environment_of(entry.pid)
        if any(value.startswith(marker) for value in values) or own in command_line(entry.pid):
            found.append(entry.pid)
    return found


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def cluster_id(state: Path) -> str:
    identity = ClusterFolder(state.resolve()).identity()
    assert identity is not None
    return identity.cluster_id


def call(cluster: lifecycle.LocalCluster, path: str, body: dict | None = None) -> dict:
    config = json.loads(cluster.kubeconfig.read_text())
    authority = config["clusters"][0]["cluster"]["certificate-authority-data"]
    trust = ssl.create_default_context(cadata=base64.b64decode(authority).decode())
    headers = {
        "Authorization": f"Bearer {config['users'][0]['user']['token']}",
        "Content-Type": "application/json",
    }
    text = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(cluster.server + path, text, headers)
    with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
        return json.load(answer)


def start_stubborn_pod(cluster: lifecycle.LocalCluster) -> None:
    """Ignores SIGTERM, and has a child in another session with an empty environment."""
    script = f'trap "" TERM; setsid env -i sleep {SLEEP} & while :; do sleep 0.2; done'
    container = {"name": "c", "image": "busybox", "command": ["sh", "-c", script]}
    meta = {"name": "stubborn"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}
    path = "/api/v1/namespaces/default/pods"
    call(cluster, path, pod)
    until(lambda: call(cluster, f"{path}/stubborn")["status"].get("phase") == "Running")
    until(sleepers)


def sleepers() -> list[int]:
    pids = [entry.pid for entry in living_processes()]
    return [pid for pid in pids if command_line(pid).startswith(f"sleep\x00{SLEEP}".encode())]


def port_is_free(cluster: lifecycle.LocalCluster) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(cluster.server.rpartition(":")[2]))) != 0


def test_up_answers_with_a_private_kubeconfig_and_down_leaves_nothing(state):
    """Mode 0600, own context and token; afterwards no process, no port, no file."""
    cluster = lifecycle.up(state, owner=False)
    identity = cluster_id(state)
    assert stat.S_IMODE(cluster.kubeconfig.stat().st_mode) == 0o600
    config = json.loads(cluster.kubeconfig.read_text())
    assert config["current-context"] == "carla-console-local"
    assert call(cluster, "/api/v1/nodes")["items"][0]["metadata"]["name"]
    assert lifecycle.status(state).cluster == cluster
    assert lifecycle.kubeconfig(state) == cluster.kubeconfig
    start_stubborn_pod(cluster)
    assert lifecycle.down(state) is True
    assert of_cluster(state, identity) == []
    assert sleepers() == []
    assert port_is_free(cluster)
    assert not state.exists()


def test_down_leaves_the_users_scenarios(state):
    """The folder beside the cluster's is the user's."""
    (state / "scenarios").mkdir(parents=True)
    (state / "scenarios" / "mine.yaml").write_text("speed: 1\n")
    lifecycle.up(state, owner=False)
    lifecycle.down(state)
    assert [path.name for path in state.rglob("*")] == ["scenarios", "mine.yaml"]


def test_without_a_cluster_status_says_so_and_down_is_content(state):
    """Nothing to find, nothing to end; the words say what is lost with a cluster."""
    found = lifecycle.status(state)
    assert found.cluster is None
    assert "do not survive a restart" in found.text
    with pytest.raises(NotFound, match="No embedded cluster"):
        lifecycle.kubeconfig(state)
    assert lifecycle.down(state) is False


def test_two_ups_at_once_make_one_cluster(state):
    """Both get the same server."""
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda _: lifecycle.up(state, owner=False), range(2))
    assert one == two


def test_clusters_of_different_state_directories_live_side_by_side(tmp_path):
    """Ending one leaves the other."""
    one, two = tmp_path / "one", tmp_path / "two"
    try:
        first, second = lifecycle.up(one, owner=False), lifecycle.up(two, owner=False)
        assert first.server != second.server
        lifecycle.down(one)
        assert lifecycle.status(one).cluster is None
        assert lifecycle.status(two).cluster == second
    finally:
        lifecycle.down(one)
        lifecycle.down(two)


def test_a_killed_daemon_leaves_no_container_behind(state):
    """SIGKILL of the daemon: its warden ends every process and removes the folder."""
    cluster = lifecycle.up(state, owner=False)
    identity = cluster_id(state)
    start_stubborn_pod(cluster)
    os.kill(cluster.pid, signal.SIGKILL)
    until(lambda: not of_cluster(state, identity) and not sleepers())
    until(lambda: not list(state.iterdir()))
    assert lifecycle.status(state).cluster is None


def test_a_killed_warden_takes_the_daemon_with_it(state):
    """SIGKILL of the warden: the daemon ends its containers and clears up."""
    cluster = lifecycle.up(state, owner=False)
    folder = ClusterFolder(state.resolve())
    identity = folder.identity()
    assert identity is not None
    os.kill(identity.warden.pid, signal.SIGKILL)
    until(lambda: not of_cluster(state, identity.cluster_id))
    until(lambda: not list(state.iterdir()))
    assert port_is_free(cluster)


def test_a_cluster_that_does_not_answer_is_never_taken_for_remains(state):
    """Its submissions are somebody's: up says so, and finds it again when it goes on."""
    cluster = lifecycle.up(state, owner=False)
    os.kill(cluster.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ClusterUnreachable, match="does not answer") as refused:
            lifecycle.up(state, owner=False, patience=0.1)
        assert "local down" in str(refused.value)
        assert "does not answer" in lifecycle.status(state).text
    finally:
        os.kill(cluster.pid, signal.SIGCONT)
    assert lifecycle.up(state, owner=False).pid == cluster.pid


def test_up_clears_the_remains_of_a_cluster_that_was_killed_whole(state):
    """Warden and daemon killed at once: the next up ends the orphans and starts anew."""
    cluster = lifecycle.up(state, owner=False)
    folder = ClusterFolder(state.resolve())
    identity = folder.identity()
    assert identity is not None
    container = {"name": "c", "image": "busybox", "command": ["sleep", "6666"]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
    path = "/api/v1/namespaces/default/pods"
    call(cluster, path, {**body, "spec": {"containers": [container]}})
    until(lambda: len(of_cluster(state, identity.cluster_id)) == 4)
    os.kill(identity.warden.pid, signal.SIGSTOP)
    os.kill(cluster.pid, signal.SIGKILL)
    os.kill(identity.warden.pid, signal.SIGKILL)
    until(lambda: len(of_cluster(state, identity.cluster_id)) == 2)
    assert lifecycle.status(state).cluster is None
    fresh = lifecycle.up(state, owner=False)
    assert fresh.server != cluster.server or fresh.pid != cluster.pid
    assert len(of_cluster(state, identity.cluster_id)) == 2, "only the new warden and daemon"


def test_an_owned_cluster_ends_after_its_owner_was_killed(state):
    """SIGKILL of the owner: within seconds no process and no file is left."""
    environment = {**os.environ, "CARLA_CONSOLE_STATE_DIR": "unused"}
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(state)], stdout=subprocess.PIPE, env=environment
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        found = lifecycle.status(state).cluster
        assert found is not None
        assert found.owned
        identity = cluster_id(state)
        start_stubborn_pod(found)
        owner.kill()
    killed = time.monotonic()
    until(lambda: not of_cluster(state, identity) and not list(state.iterdir()))
    assert 3 < time.monotonic() - killed < 12
    assert sleepers() == []


def test_a_cluster_wanted_by_somebody_else_outlives_its_owner(state):
    """`up` without owner makes an owned cluster a lasting one."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(state)], stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        kept = lifecycle.up(state, owner=False)
        assert not kept.owned
        owner.kill()
    assert lifecycle.status(state).cluster == kept
