"""A real HTTP server on loopback whose answers a test writes: for clients that must survive it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from aiohttp import web

HEAD = b"HTTP/1.1 200 OK\r\n"
ITEM = json.dumps({"metadata": {"name": "p", "uid": "u", "resourceVersion": "1"}}).encode()
LIST = b'{"metadata":{"resourceVersion":"5"},"items":[' + ITEM
MANY = (b"," + ITEM) * 2000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WildServer:
    """Serves the next handler of the script; the last one stays."""

    def __init__(self, *script: Handler) -> None:
        self.script = list(script)
        self.requests: list[web.Request] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        await request.read()
        handler = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return await handler(request)

    def queries(self, key: str) -> list[str | None]:
        """That parameter of every request, in order."""
        return [each.query.get(key) for each in self.requests]


@contextlib.asynccontextmanager
async def wild_server(*script: Handler) -> AsyncIterator[WildServer]:
    server = WildServer(*script)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def body(content: bytes, status: int = 200, **headers: str) -> Handler:
    """One whole answer."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=content, status=status, headers=headers)

    return answer


def pieces(*parts: bytes, cut: bool = False, hold: bool = False) -> Handler:
    """A chunked body in these pieces; then a clean end, a cut connection, or silence."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        if cut:
            assert request.transport is not None
            request.transport.abort()
        elif hold:
            await asyncio.Event().wait()
        return response

    return answer


def kubeconfig(folder: Path, url: str, user: str = "token: tok-1") -> str:
    """A kubeconfig for that server; `user` is the YAML of the user section."""
    path = folder / "kubeconfig"
    path.write_text(
        f"""\
apiVersion: v1
kind: Config
current-context: wild
clusters:
- name: wild
  cluster: {{server: "{url}"}}
users:
- name: me
  user:
    {user}
contexts:
- name: wild
  context: {{cluster: wild, user: me, namespace: races}}
"""
    )
    return str(path)


PLUGIN_VERSION = "client.authentication.k8s.io/v1"


def plugin_user(command: str, *args: str) -> str:
    """A user section with a credential plug-in, whole as kubectl wants it."""
    plugin = {
        "apiVersion": PLUGIN_VERSION,
        "interactiveMode": "Never",
        "command": command,
        "args": args,
    }
    return f"exec: {json.dumps(plugin)}"


def credential(**status: str) -> str:
    """What such a plug-in prints."""
    answer = {"apiVersion": PLUGIN_VERSION, "kind": "ExecCredential", "status": status}
    return json.dumps(answer)


def endless(start: bytes, block: bytes, status: int = 200, **headers: str) -> Handler:
    """A body that goes on for as long as somebody reads it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        await response.write(start)
        while True:
            await response.write(block)

    return answer


def numbered(first: int, count: int, token: str) -> bytes:
    meta = {"resourceVersion": "5", "continue": token}
    items = [
        {"metadata": {"name": f"p{i}", "uid": f"u{i}"}, "spec": {"containers": [{"name": "a"}]}}
        for i in range(first, first + count)
    ]
    return json.dumps({"metadata": meta, "items": items}).encode()


@contextlib.asynccontextmanager
async def raw_server(start: bytes, again: bytes) -> AsyncIterator[str]:
    """A server below HTTP: it writes a start, then every 10 ms the other bytes."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                for part in itertools.chain([start], itertools.repeat(again)):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.01)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
