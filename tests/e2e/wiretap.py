"""A line between the console and the API server that can be listened to and cut.

Speaks plain HTTP on loopback and TLS without a certificate of its own to the server, passes
everything on as it comes, and notes each exchange. Runs in a thread of its own. Knows nothing of what is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from tests.e2e.cluster.api import Api

_OF_THE_HOP = {"connection", "content-length", "transfer-encoding", "host", "accept-encoding"}
_EXPIRED = b'"code":410'
_PATIENCE = 30


@dataclass(slots=True)
class Exchange:
    """One request and how it was answered; `expired`: with a 410, also inside a watch."""

    method: str
    path: str
    watch: bool
    token: str
    status: int = 0
    expired: bool = False


class Wiretap:
    """Use as a context manager; `url` is the server's address for a kubeconfig."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wiretap")
        self._open: set[asyncio.Transport] = set()
        self._closed = False
        self.exchanges: list[Exchange] = []
        self.url = ""

    def __enter__(self) -> Wiretap:
        self._thread.start()
        self._do(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)
        self._loop.close()

    def cut(self) -> None:
        """Every connection breaks now, in the middle of whatever it carries."""

        async def abort() -> None:
            for transport in list(self._open):
                transport.abort()

        self._do(abort())

    @contextmanager
    def interrupted(self) -> Iterator[None]:
        """No connection at all during the block."""
        self._closed = True
        self.cut()
        try:
            yield
        finally:
            self._closed = False

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    async def _start(self) -> None:
        verify = ssl.create_default_context(cadata=self._api.authority)
        connector = aiohttp.TCPConnector(ssl=verify, limit=0)
        self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is None or self._closed:
            return _broken(transport)
        token = request.headers.get("Authorization", "")
        exchange = Exchange(request.method, request.path, "watch" in request.query, token)
        self.exchanges.append(exchange)
        self._open.add(transport)
        try:
            return await self._exchange(request, exchange)
        except (aiohttp.ClientError, OSError):
            return _broken(transport)
        finally:
            self._open.discard(transport)

    async def _exchange(self, request: web.Request, exchange: Exchange) -> web.StreamResponse:
        async with self._session.request(
            request.method,
            URL(self._api.server + request.raw_path, encoded=True),
            headers=_passed_on(request.headers),
            data=await request.read() or None,
            timeout=aiohttp.ClientTimeout(total=None),
        ) as answer:
            exchange.status = answer.status
            response = web.StreamResponse(
                status=answer.status, headers=_passed_on(answer.headers), reason=answer.reason
            )
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                exchange.expired = exchange.expired or (exchange.watch and _EXPIRED in chunk)
                await response.write(chunk)
            await response.write_eof()
            return response


def _passed_on(headers: Any) -> list[tuple[str, str]]:
    """Without those that belong to one connection; nothing is compressed, so it can be read."""
    return [(name, value) for name, value in headers.items() if name.lower() not in _OF_THE_HOP]


def _broken(transport: asyncio.BaseTransport | None) -> web.Response:
    with contextlib.suppress(AttributeError):
        transport.abort()  # type: ignore[union-attr]
    return web.Response()
