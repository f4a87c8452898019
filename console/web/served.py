"""The server: a page, its parts, and a console for each browser tab. Begins no session by itself.

What textual-serve serves to everybody stands behind the door here. It never writes the link: not
into a log, not into the arguments or the environment of a console.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
import signal
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from textual_serve.server import Server

from console.errors import Conflict
from console.web.door import TOKEN, UNKNOWN, USED, Door

PAGE = Path(__file__).parent / "page"
LOOPBACK = "127.0.0.1"
SECONDS_TO_END = 10.0
"""For the consoles; each needs up to five to leave."""
_SESSION = "/ws"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " connect-src 'self' ws:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class GuardedServer(Server):
    """textual-serve's, behind a door and with a page of ours."""

    def __init__(self, words: Sequence[str], door: Door) -> None:
        """`words`: the console's program and arguments."""
        super().__init__(
            shlex.join(words),
            title="Leaderboard Console",
            templates_path=PAGE,
        )
        self.door = door
        self._sessions: set[asyncio.Task[Any]] = set()

    async def guarded(self) -> web.Application:
        """All that it serves."""
        app = await self._make_app()
        app.middlewares.append(self._guard)
        app.router.add_get("/focus.js", _focus)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """The caller tells where it is, once that is known."""

    async def on_shutdown(self, app: web.Application) -> None:
        """The consoles leave with the server."""
        for session in self._sessions:
            session.cancel()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        session = request.path == _SESSION
        if why := self.door.refusal(request.headers, session=session):
            return _refused(why)
        cookie = f"console-{request.host.rpartition(':')[2]}"
        if request.path == "/" and TOKEN in request.query:
            return self._came_in(request.query[TOKEN], cookie)
        if not self.door.knows(request.cookies.get(cookie, "")):
            return _refused(UNKNOWN)
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _came_in(self, token: str, cookie: str) -> web.StreamResponse:
        """With the cookie, and without the link in what the browser shows."""
        if not self.door.redeem(token):
            return _refused(USED)
        response = web.Response(status=303, headers={"Location": "/", **_HEADERS})
        response.set_cookie(cookie, self.door.pass_word, httponly=True, samesite="Strict")
        return response

    async def handle_index(self, request: web.Request) -> Any:
        """By the name that the browser knows us by: a tunnel may have another port."""
        self.public_url = f"http://{request.host}"
        return await super().handle_index(request)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A console, from here to the end of its tab."""
        task = asyncio.current_task()
        assert task is not None  # aiohttp has one for each request
        self._sessions.add(task)
        try:
            return await super().handle_websocket(request)
        finally:
            self._sessions.discard(task)


async def _focus(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "focus.js")


def _refused(why: str) -> web.Response:
    return web.Response(status=403, text=f"{why}\n", headers=_HEADERS)


Tell = Callable[[str], None]


def serve(words: Sequence[str], port: int, told: Tell, warned: Tell) -> None:
    """Serve that console on loopback until a signal ends it. `told` gets the link, `warned` woes.

    `port` 0: any that is free. Raises Conflict for one that is taken.
    """
    logging.getLogger("textual-serve").addHandler(_OneLine("a session", warned))
    logging.getLogger("aiohttp.server").addHandler(_OneLine("a request", warned))
    asyncio.run(_served(GuardedServer(words, Door()), port, told))


async def _served(server: GuardedServer, port: int, told: Tell) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    # Without a log of requests: the first of them is the link.
    runner = web.AppRunner(await server.guarded(), access_log=None, shutdown_timeout=SECONDS_TO_END)
    await runner.setup()
    try:
        await _bound(runner, port)
        told(f"http://{LOOPBACK}:{runner.addresses[0][1]}{server.door.link}")
        await ended.wait()
    finally:
        await runner.cleanup()


async def _bound(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
    except OSError as error:
        raise Conflict(
            f"Port {port} of this machine cannot be used.",
            why=error.strerror or str(error),
            fix="Choose another one with --port, or none: then a free one is taken.",
        ) from error


class _OneLine(logging.Handler):
    """What went wrong with something, in a line: no traceback is for a user."""

    def __init__(self, what: str, warned: Tell) -> None:
        super().__init__(logging.WARNING)
        self._what, self._warned = what, warned

    def emit(self, record: logging.LogRecord) -> None:
        self._warned(f"{self._what}: {record.getMessage().partition(chr(10))[0][:200]}")
