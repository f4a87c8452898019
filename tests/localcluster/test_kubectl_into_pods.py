"""`kubectl exec`, `attach` and `port-forward` into pods that really run."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import struct
import termios
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from api_bench import KUBECTLS, TOKEN, Kubectl
from fakes.sweeps import sweep
from node_cluster import Cluster, cluster, shell, until

from console.localcluster.api.certificate import TlsIdentity, make_identity
from console.localcluster.api.server import ApiServer

pytestmark = pytest.mark.kubectl

WORKS = "echo up; while :; do sleep 0.05; done"
ECHO = """
import socket, sys
server = socket.create_server((sys.argv[1], 0))
print(server.getsockname()[1], flush=True)
while True:
    one, _ = server.accept()
    with one:
        while data := one.recv(65536):
            one.sendall(data.upper())
"""


@pytest.fixture(scope="module")
def identity() -> TlsIdentity:
    return make_identity()


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with cluster(tmp_path / "cluster") as made:
        yield made


@pytest.fixture
async def server(local: Cluster, identity: TlsIdentity) -> AsyncIterator[ApiServer]:
    async with ApiServer(local.store, local.kubelet, TOKEN, tls=identity) as server:
        yield server


@pytest.fixture(params=sweep(KUBECTLS, KUBECTLS[-1]))
def kubectl(
    request: pytest.FixtureRequest, server: ApiServer, tmp_path: Path, identity: TlsIdentity
) -> Kubectl:
    if not request.param:
        pytest.skip("there is no kubectl on the PATH")
    return Kubectl(request.param, tmp_path / "kubectl", server.url, identity)


async def running_pod(local: Cluster, **more: object) -> None:
    local.create_pod(shell("a", WORKS, **more), shell("b", "exit 0"), restartPolicy="Never")
    await until(lambda: local.status("a")["state"].get("running"))
    await until(lambda: local.log("a"))


async def test_a_command_runs_in_the_containers_environment_and_folder(
    local: Cluster, kubectl: Kubectl
) -> None:
    mount = {"volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]}
    local.create_pod(
        shell(
            "a",
            "echo written > /scratch/file; " + WORKS,
            env=[{"name": "TEAM", "value": "raven"}],
            workingDir="/scratch",
            **mount,
        ),
        volumes=[{"name": "scratch", "emptyDir": {}}],
    )
    await until(lambda: local.status("a")["state"].get("running"))
    await until(lambda: local.log("a"))
    told = await kubectl.out(
        "exec", "pod", "--", "sh", "-c", "echo $TEAM; cat file; cat /scratch/file"
    )
    assert told.splitlines() == ["raven", "written", "written"]


async def test_its_exit_code_and_both_its_outputs_come_back(
    local: Cluster, kubectl: Kubectl
) -> None:
    await running_pod(local)
    words = ("exec", "pod", "-c", "a", "--", "sh", "-c", "echo out; echo err >&2; exit 7")
    code, out, err = await kubectl.run(*words)
    assert (code, out) == (7, "out\n")
    assert err == "err\ncommand terminated with exit code 7\n"


async def test_what_is_piped_in_reaches_its_end(local: Cluster, kubectl: Kubectl) -> None:
    await running_pod(local)
    text = b"".join(b"line %d\n" % number for number in range(50_000))
    code, out, err = await kubectl.run("exec", "-i", "pod", "-c", "a", "--", "cat", typed=text)
    assert (code, err) == (0, "")
    assert out.encode() == text


async def test_what_cannot_begin_says_why(local: Cluster, kubectl: Kubectl) -> None:
    await running_pod(local)
    await until(lambda: local.status("b")["state"].get("terminated"))
    code, _, err = await kubectl.run("exec", "pod", "-c", "a", "--", "no-such-program")
    assert code == 1
    assert 'exec: "no-such-program": executable file not found in $PATH' in err
    code, _, err = await kubectl.run("exec", "pod", "-c", "b", "--", "ls")
    assert code == 1
    assert 'container not found ("b")' in err
    code, _, err = await kubectl.run("exec", "pod", "-c", "other", "--", "ls")
    assert code == 1
    assert "container other is not valid for pod pod" in err


class Terminal:
    """A kubectl on a terminal of its own."""

    def __init__(self, kubectl: Kubectl, *words: str) -> None:
        self._end, child = pty.openpty()
        self.resize(30, 100)
        self._started = kubectl.start(*words, stdin=child, stdout=child, stderr=child)
        self._child = child
        self._written = ""

    async def __aenter__(self) -> Terminal:
        self.process = await self._started
        os.close(self._child)
        os.set_blocking(self._end, False)
        asyncio.get_running_loop().add_reader(self._end, self._read)
        return self

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._end)
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        os.close(self._end)

    def _read(self) -> None:
        try:
            self._written += os.read(self._end, 65536).decode()
        except OSError:
            asyncio.get_running_loop().remove_reader(self._end)

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    async def shows(self, text: str) -> None:
        try:
            await until(lambda: text in self._written)
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in {self._written!r}") from None
        self._written = ""


async def test_a_shell_has_a_terminal_of_the_size_of_ours(local: Cluster, kubectl: Kubectl) -> None:
    await running_pod(local)
    async with Terminal(kubectl, "exec", "-it", "pod", "-c", "a", "--", "sh") as terminal:
        terminal.type("stty size; tty; echo $TERM\n")
        await terminal.shows("30 100")
        terminal.resize(40, 120)
        terminal.process.send_signal(28)
        # Its own echo has no such line; and a trap of the shell hears nothing while a program runs.
        terminal.type("until stty size | grep '40 1[2]0'; do sleep 0.1; done\n")
        await terminal.shows("40 120")
        terminal.type("sleep 60\n")
        await until(lambda: local.running("sleep", "60"))
        terminal.type("\x03")
        await until(lambda: not local.running("sleep", "60"))
        terminal.type("exit 3\n")
        await terminal.shows("command terminated with exit code 3")
        assert await terminal.process.wait() == 3


async def test_a_shell_whose_client_is_gone_ends(local: Cluster, kubectl: Kubectl) -> None:
    await running_pod(local)
    before = set(local.processes())
    async with Terminal(kubectl, "exec", "-it", "pod", "-c", "a", "--", "sh") as terminal:
        terminal.type("echo $((40 + 2))\n")
        await terminal.shows("42")
        terminal.process.kill()
    await until(lambda: not [p for p in set(local.processes()) - before if shell_of(p)])


def shell_of(pid: int) -> bool:
    file = Path(f"/proc/{pid}/cmdline")
    return file.exists() and file.read_bytes() == b"sh\0"


async def test_what_a_shell_leaves_behind_ends_with_the_container(
    local: Cluster, kubectl: Kubectl
) -> None:
    await running_pod(local)
    left = "setsid sleep 60 >/dev/null 2>&1 </dev/null &"
    assert await kubectl.out("exec", "pod", "-c", "a", "--", "sh", "-c", left) == ""
    await until(lambda: local.running("sleep", "60"))
    await kubectl.out("delete", "pod", "pod", "--grace-period=0", "--force")
    await until(lambda: not local.running("sleep", "60"))


async def test_attached_one_hears_what_is_said_from_now_on_to_the_end(
    local: Cluster, kubectl: Kubectl, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    local.create_pod(
        shell("a", f"echo before; until [ -e {go} ]; do sleep 0.05; done; echo after"),
        restartPolicy="Never",
    )
    await until(lambda: local.status("a")["state"].get("running") and local.log("a"))
    attached = asyncio.create_task(kubectl.run("attach", "pod"))
    await until(lambda: readers(local) or attached.done())
    go.touch()
    code, out, err = await attached
    assert (code, out) == (0, "after\n"), err


def readers(local: Cluster) -> int:
    """Who waits for the log to grow: nobody but a test counts them."""
    return len(local.kubelet.log_file(local.pod(), "a", 0)._waiting)


@pytest.mark.parametrize("listens", ["$(IP)", "127.0.0.1"])
async def test_a_forwarded_port_carries_both_ways(
    local: Cluster, kubectl: Kubectl, listens: str
) -> None:
    address = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
    echo = {"command": ["python3", "-c", ECHO, listens], "env": address}
    local.create_pod({"name": "a", "image": "console.local/shell:1", **echo})
    await until(lambda: local.status("a")["state"].get("running") and local.log("a"))
    port = local.log("a")[0]
    async with forwarded(kubectl, port) as ours:
        data = bytes(range(97, 123)) * 40_000
        first, second = await asyncio.gather(said(ours, data), said(ours, b"second"))
        assert first == data.upper()
        assert second == b"SECOND"


async def test_a_connection_that_is_over_keeps_no_socket_of_the_pod(
    local: Cluster, kubectl: Kubectl
) -> None:
    echo = {"command": ["python3", "-c", ECHO, "127.0.0.1"]}
    local.create_pod({"name": "a", "image": "console.local/shell:1", **echo})
    await until(lambda: local.status("a")["state"].get("running") and local.log("a"))
    async with forwarded(kubectl, local.log("a")[0]) as ours:
        before = sockets()
        for _ in range(5):
            assert await said(ours, b"more") == b"MORE"
        await until(lambda: sockets() <= before)


def sockets() -> int:
    """Of this process, in which the API server runs."""
    return sum(1 for each in Path("/proc/self/fd").iterdir() if _is_socket(each))


def _is_socket(file: Path) -> bool:
    try:
        return os.readlink(file).startswith("socket:")
    except OSError:
        return False


async def test_a_port_where_nothing_listens_says_so(local: Cluster, kubectl: Kubectl) -> None:
    await running_pod(local)
    process = await kubectl.start("port-forward", "pod/pod", ":1", stdout=-1, stderr=-1)
    ours = await listening(process)
    assert await said(ours, b"x") == b""
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert b"error forwarding port 1 to pod pod" in err


class forwarded:
    """A port of ours that is one of the pod's."""

    def __init__(self, kubectl: Kubectl, port: str) -> None:
        self._kubectl, self._port = kubectl, port

    async def __aenter__(self) -> int:
        words = ("port-forward", "pod/pod", f":{self._port}")
        self._process = await self._kubectl.start(*words, stdout=-1, stderr=-1)
        return await listening(self._process)

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.communicate()


async def listening(process: asyncio.subprocess.Process) -> int:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 20)
    return int(line.partition(b" -> ")[0].rpartition(b":")[2])


async def said(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def tell() -> None:
        writer.write(data)
        await writer.drain()
        writer.write_eof()

    _, heard = await asyncio.gather(tell(), asyncio.wait_for(reader.read(), 20))
    writer.close()
    return heard


async def test_a_request_for_no_websocket_is_told_to_ask_for_one(
    local: Cluster, server: ApiServer
) -> None:
    await running_pod(local)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for way in ("exec?command=ls&", "attach?", "portforward?"):
            url = f"{server.url}/api/v1/namespaces/default/pods/pod/{way}container=a"
            async with session.post(url, ssl=False) as answer:
                told = json.loads(await answer.read())
                assert (answer.status, told["message"]) == (400, "Upgrade request required")
