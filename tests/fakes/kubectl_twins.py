"""The same kubeconfig given to kubectl and to the console, against the same server and proxies.

What each of them did is a value, so that a test can say that they did the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes.guarded_server import Authority, Certificate, GuardedServer, Visit, guarded_server
from fakes.proxy_servers import ProxyServer, proxy_server

from console.cluster.connecting import connect
from console.errors import ConsoleError

NAME = "cluster.invalid"
"""A name that nobody resolves: only a proxy leads there."""
KUBECTL = shutil.which("kubectl")
LOGIN = ("user", "pass:wörd")
TOKEN = {"token": "tok"}
DIRECT = {"server": "<url>", "certificate-authority": "ca.crt"}
NAMED = {"server": f"https://{NAME}:<port>", "certificate-authority": "ca.crt"}
ANYWHERE = {"server": "https://0.0.0.0:<port>", "certificate-authority": "ca.crt"}


@dataclass(frozen=True)
class Deed:
    """What a program did with a kubeconfig."""

    visits: frozenset[Visit]
    """Of one that reached the server; the kubectl on the PATH may first ask for its version."""
    tunnels: frozenset[str]
    """`http cluster.invalid:6443`, for each proxy that was asked."""
    failed: str = field(default="", compare=False)

    @property
    def reached(self) -> bool:
        return not self.failed


@dataclass
class World:
    """One server, its proxies, and a folder with certificates."""

    folder: Path
    server: GuardedServer
    proxies: dict[str, ProxyServer]
    words: dict[str, str]

    def filled(self, value: Any) -> Any:
        """`<url>`, `<port>`, `<http>` ... replaced in every text of it."""
        if isinstance(value, dict):
            return {self.filled(key): self.filled(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.filled(each) for each in value]
        if not isinstance(value, str):
            return value
        for word, text in self.words.items():
            value = value.replace(f"<{word}>", text)
        return value

    def kubeconfig(
        self, user: Any, cluster: Any = None, name: str = "kubeconfig", **more: Any
    ) -> Path:
        usual = {"server": "<url>", "certificate-authority": "ca.crt"}
        document = {
            "current-context": "chosen",
            "contexts": [{"name": "chosen", "context": {"cluster": "there", "user": "me"}}],
            "clusters": [{"name": "there", "cluster": usual if cluster is None else cluster}],
            "users": [{"name": "me", "user": user}],
            **more,
        }
        path = self.folder / name
        path.write_text(json.dumps(self.filled(document)))
        return path

    def environ(self, more: dict[str, str]) -> dict[str, str]:
        usual = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        return {**usual, **self.filled(more)}

    async def kubectl(self, environ: dict[str, str]) -> Deed:
        assert KUBECTL is not None
        process = await asyncio.create_subprocess_exec(
            KUBECTL,
            *("get", "--raw", "/version", "--request-timeout=8s"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environ,
            cwd=self.folder,
        )
        _, said = await process.communicate()
        return self._deed(said.decode().strip()[-300:] if process.returncode else "")

    async def console(self, environ: dict[str, str]) -> Deed:
        try:
            cluster = await connect(environ=environ)
        except ConsoleError as error:
            assert not self.server.visits, "a console that fails has sent nothing"
            return self._deed(str(error))
        await cluster.close()
        return self._deed("")

    def _deed(self, failed: str) -> Deed:
        tunnels = {f"{kind} {to}" for kind, each in self.proxies.items() for to in each.asked}
        visits = frozenset(() if failed else self.server.visits)
        deed = Deed(visits, frozenset(tunnels), failed)
        self.server.visits.clear()
        for proxy in self.proxies.values():
            proxy.asked.clear()
        return deed


@contextlib.asynccontextmanager
async def world(
    folder: Path, authority: Authority, clients: dict[str, Certificate]
) -> AsyncIterator[World]:
    """Everything runs on loopback; each proxy leads to the one server."""
    (folder / "ca.crt").write_bytes(authority.pem)
    for name, certificate in clients.items():
        certificate.write(folder, name)
    names = ("127.0.0.1", "0.0.0.0", "localhost", NAME)
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(guarded_server(authority, *names))
        proxies = {}
        for name, kind, login, tls in (
            ("http", "http", None, None),
            ("login", "http", LOGIN, None),
            ("https", "http", None, server.context),
            ("socks", "socks", None, None),
            ("sockslogin", "socks", LOGIN, None),
        ):
            proxy = proxy_server(kind, server.port, login=login, tls=tls)
            proxies[name] = await stack.enter_async_context(proxy)
        words = {name: f"127.0.0.1:{each.port}" for name, each in proxies.items()}
        words |= {"url": server.url, "port": str(server.port), "folder": str(folder)}
        yield World(folder, server, proxies, words)


async def same(here: World, environ: dict[str, str], *, reached: bool | None = None) -> str:
    """Both did the same; what the console said."""
    filled = here.environ(environ)
    theirs, ours = await here.kubectl(filled), await here.console(filled)
    assert (ours.reached, ours) == (theirs.reached, theirs), (theirs.failed, ours.failed)
    assert reached is None or ours.reached is reached, ours.failed
    return ours.failed


async def with_user(here: World, user: Any, cluster: Any = None, **environ: str) -> str:
    path = here.kubeconfig(user, cluster)
    return await same(here, {"KUBECONFIG": str(path), **environ})
