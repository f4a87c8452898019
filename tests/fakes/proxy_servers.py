"""Real proxies on loopback, HTTP and SOCKS5: they remember what was asked of them, and lead there.

`leads_to` is where every tunnel ends, whatever name was asked for: a test can use names that
nobody else would resolve.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass
class ProxyServer:
    """One proxy."""

    leads_to: int
    login: tuple[str, str] | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)
    """host:port of each tunnel."""

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target = head.split()[:2]
        self.asked.append(target)
        if self.login is not None:
            wanted = base64.b64encode(":".join(self.login).encode()).decode()
            if f"Basic {wanted}" not in head:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return
        there, back = await asyncio.open_connection("127.0.0.1", self.leads_to)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            back.write(head.replace(target, "/version", 1).encode())
        await _join(reader, writer, there, back)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        method = 2 if self.login else 0
        if method not in methods:
            writer.write(b"\x05\xff")
            return
        writer.write(bytes([5, method]))
        if self.login and not await self._let_in(reader, writer):
            return
        kind = (await reader.readexactly(4))[3]
        length = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        raw = await reader.readexactly(length)
        host = raw.decode() if kind == 3 else ".".join(map(str, raw))
        port = int.from_bytes(await reader.readexactly(2))
        self.asked.append(f"{host}:{port}")
        there, back = await asyncio.open_connection("127.0.0.1", self.leads_to)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await _join(reader, writer, there, back)

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        given = []
        await reader.readexactly(1)
        for _ in range(2):
            length = (await reader.readexactly(1))[0]
            given.append((await reader.readexactly(length)).decode())
        known = tuple(given) == self.login
        writer.write(b"\x01\x00" if known else b"\x01\x01")
        return known


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there: asyncio.StreamReader,
    back: asyncio.StreamWriter,
) -> None:
    async def pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while block := await source.read(65536):
            sink.write(block)
            await sink.drain()

    ways = [asyncio.ensure_future(pour(reader, back)), asyncio.ensure_future(pour(there, writer))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        back.close()


@contextlib.asynccontextmanager
async def proxy_server(
    kind: str,
    leads_to: int,
    *,
    login: tuple[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[ProxyServer]:
    """`kind`: http or socks; `tls`: for an https:// proxy."""
    proxy = ProxyServer(leads_to, login)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await getattr(proxy, kind)(reader, writer)
        writer.close()
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await asyncio.sleep(0)  # a connection that was just taken begins, so that it is closed too
        # Its clients are gone, so it ends by itself; cancelled while it connects, a socket stays open.
        if tasks:
            await asyncio.wait(tasks, timeout=1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
