"""The embedded API on a real port with real log files, and ways to ask it, for its tests."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from console.localcluster.api.certificate import TlsIdentity
from console.localcluster.api.ports import LogUnavailable, PodSession, PortUnreachable, StartFailed
from console.localcluster.api.server import ApiServer
from console.localcluster.node.log_sink import LogSink
from console.localcluster.store import Store

_EXTRA = [path for path in os.environ.get("CARLA_CONSOLE_KUBECTL", "").split(":") if path]
KUBECTLS = [shutil.which("kubectl") or "", *_EXTRA]
"""That of the PATH, and those that CARLA_CONSOLE_KUBECTL names, separated by colons."""
RECORDED = Path(__file__).parents[1] / "data" / "kubernetes"
NextEvent = Callable[[], Awaitable[dict[str, Any] | None]]
TOKEN = "a-token-for-tests"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
PODS = "/api/v1/namespaces/default/pods"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
AS_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return found


class WatchedSink(LogSink):
    """Counts who waits for it to grow now: nobody but a test asks."""

    readers = 0

    async def grown(self) -> None:
        self.readers += 1
        try:
            await super().grown()
        finally:
            self.readers -= 1


class RunLogs:
    """The node as far as logs go: one sink per container run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sinks: dict[tuple[str, int], WatchedSink] = {}

    def sink(self, container: str, run: int, max_bytes: int | None = None) -> WatchedSink:
        path = self._folder / container / f"{run}.log"
        return self.sinks.setdefault((container, run), WatchedSink(path, max_bytes))

    def log_file(self, pod: dict[str, Any], container: str, run: int) -> LogSink:
        if (container, run) not in self.sinks:
            raise LogUnavailable("unable to retrieve container logs")
        return self.sinks[container, run]

    async def execute(self, *_: object, **__: object) -> PodSession:
        raise StartFailed("nothing runs here")

    async def dial(self, *_: object) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise PortUnreachable("nothing listens here")


class Bench:
    def __init__(
        self, store: Store, logs: RunLogs, url: str, session: aiohttp.ClientSession
    ) -> None:
        self.store, self.logs, self.url, self.session = store, logs, url, session

    async def ask(
        self, method: str, path: str, body: object = None, **options: Any
    ) -> tuple[int, dict[str, Any]]:
        async with self.call(method, path, body, **options) as answer:
            return answer.status, json.loads(await answer.read())

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        media: str = "application/json",
        accept: str = "application/json",
        token: str = TOKEN,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        headers = {"Accept": accept, "Authorization": f"Bearer {token}"}
        data = (
            body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        )
        if data is not None:
            headers["Content-Type"] = media
        sent = None if data is None else io.BytesIO(data)
        return self.session.request(method, self.url + path, data=sent, headers=headers)

    @asynccontextmanager
    async def watch(self, path: str, accept: str = "application/json") -> AsyncIterator[NextEvent]:
        """A function that waits for the next event, None at the end of the stream."""
        async with self.call("GET", path, accept=accept) as answer:
            assert answer.status == 200, await answer.text()

            async def following() -> dict[str, Any] | None:
                async with asyncio.timeout(5):
                    line = await answer.content.readline()
                event: dict[str, Any] | None = json.loads(line) if line else None
                return event

            yield following

    def readers(self) -> int:
        """How many read the store's changes now: nobody but a test counts them."""
        return len(self.store._subscribers)

    def running_pod(self, **status: object) -> dict[str, Any]:
        """The recorded pod, stored as a controller and a node would have."""
        pod = recorded("pod-running")
        pod["status"] |= status
        return self.store.create("pods", pod)


@asynccontextmanager
async def served(
    folder: Path, tls: TlsIdentity | None = None, **options: Any
) -> AsyncIterator[Bench]:
    store, logs = Store(), RunLogs(folder)
    async with (
        ApiServer(store, logs, TOKEN, tls=tls, **options) as server,
        aiohttp.ClientSession() as session,
    ):
        yield Bench(store, logs, server.url, session)


async def until(true: Callable[[], object]) -> None:
    """Returns when the condition holds; fails after ten seconds."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - the condition is inside a server, not an event of ours
            await asyncio.sleep(0.01)


def job_manifest(name: str = "run-1", **spec: object) -> dict[str, Any]:
    container = {"name": "main", "image": "console.local/shell:1", "command": ["sh"]}
    template = {
        "metadata": {"labels": {"app": "x"}},
        "spec": {"restartPolicy": "OnFailure", "containers": [container]},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": copy.deepcopy({"template": template}) | spec,
    }


def pod_spec(job: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = job["spec"]["template"]["spec"]
    return spec


class Kubectl:
    """A kubectl with a home and a kubeconfig of its own."""

    def __init__(self, program: str, home: Path, server: str, tls: TlsIdentity) -> None:
        self._program = program
        home.mkdir(exist_ok=True)
        config = home / "kubeconfig"
        authority = home / "ca.pem"
        authority.write_text(tls.certificate_pem)
        entry = {
            "name": "c",
            "cluster": {"server": server, "certificate-authority": str(authority)},
        }
        context = {"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "default"}}
        config.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [entry],
                    "contexts": [context],
                    "current-context": "c",
                    "users": [{"name": "u", "user": {"token": TOKEN}}],
                }
            )
        )
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "KUBECONFIG": str(config),
            "KUBECACHEDIR": str(home / "cache"),
        }
        self.home = home

    async def start(
        self, *arguments: str, stdin: int | None = None, stdout: int, stderr: int
    ) -> asyncio.subprocess.Process:
        words, env = (self._program, *arguments), self._environment
        return await asyncio.create_subprocess_exec(
            *words, env=env, stdin=stdin, stdout=stdout, stderr=stderr
        )

    async def run(self, *arguments: str, typed: bytes | None = None) -> tuple[int, str, str]:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        stdin = nothing if typed is None else pipe
        process = await self.start(*arguments, stdin=stdin, stdout=pipe, stderr=pipe)
        async with asyncio.timeout(20):
            out, err = await process.communicate(typed)
        return process.returncode or 0, out.decode(), err.decode()

    async def out(self, *arguments: str) -> str:
        code, out, err = await self.run(*arguments)
        assert code == 0, err
        return out

    def manifest(self, document: dict[str, Any]) -> str:
        path = self.home / f"{document['metadata']['name']}.yaml"
        path.write_text(yaml.safe_dump(document))
        return str(path)


def main(job: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = pod_spec(job)["containers"][0]
    return first
