"""A real HTTP server with submissions, which can forget tokens and versions: the wire's troubles.

It serves the Jobs, their pods, events and the logs that a test writes; `refuse` says what it answers instead.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from console.operations.ports.cluster import JsonObject

STATUS = {401: "Unauthorized", 403: "Forbidden", 410: "Expired", 500: "InternalError"}


OF_NODES = "events of nodes"
"""The kind of those that are asked for with a selector."""


class SmallApi:
    """`asked` counts requests by what they want: list, watch, log, get."""

    def __init__(self, job: JsonObject, pod: JsonObject) -> None:
        self.job, self.pod = job, pod
        self.more: list[tuple[JsonObject, JsonObject]] = []
        """Further submissions beside that one, Job and pod."""
        self.events: list[JsonObject] = []
        self.watching: Counter[str] = Counter()
        """Watches that are open now, by resource."""
        self.logs: dict[str, list[bytes]] = defaultdict(list)
        self.asked: Counter[str] = Counter()
        self.refuse: dict[str, int] = {}
        """What is answered with that status: list, watch, log, get, of all kinds or one (`list events`);
        `watch line`: inside it."""
        self.url = ""
        self._cut = asyncio.Event()

    def cut(self) -> None:
        """Break every open stream."""
        self._cut.set()
        self._cut = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/version":
            return web.json_response({"gitVersion": "v1.36.0", "major": "1", "minor": "36"})
        what = self._what(request)
        self.asked[what] += 1
        kind = _kind(request)
        self.asked[f"{what} {kind}"] += 1
        if code := self.refuse.get(f"{what} {kind}", self.refuse.get(what, 0)):
            return web.json_response(_status(code), status=code)
        if what == "log":
            return await self._log(request)
        if what == "watch":
            return await self._watch(request, kind)
        if what == "get":
            return web.json_response(self.job)
        return web.json_response({"metadata": {"resourceVersion": "10"}, "items": self._all(kind)})

    def _all(self, kind: str) -> list[JsonObject]:
        if kind == OF_NODES:
            return [each for each in self.events if each["involvedObject"]["kind"] == "Node"]
        if kind == "events":
            return [each for each in self.events if each["involvedObject"]["kind"] != "Node"]
        submissions = [(self.job, self.pod), *self.more]
        return [job if kind == "jobs" else pod for job, pod in submissions]

    def _what(self, request: web.Request) -> str:
        if request.path.endswith("/log"):
            return "log"
        if "watch" in request.query:
            return "watch"
        return "get" if request.path.endswith(f"/jobs/{self.job['metadata']['name']}") else "list"

    async def _watch(self, request: web.Request, kind: str) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if code := self.refuse.get("watch line"):
            line = web.json_response({"type": "ERROR", "object": _status(code)}).body
            await response.write(bytes(line) + b"\n")  # type: ignore[arg-type]
            return response
        self.watching[kind] += 1
        try:
            await self._cut.wait()
        finally:
            self.watching[kind] -= 1
        return response

    async def _log(self, request: web.Request) -> web.StreamResponse:
        lines, sent, cut = self.logs[request.query["container"]], 0, self._cut
        response = web.StreamResponse()
        await response.prepare(request)
        while not cut.is_set():
            for line in lines[sent:]:
                await response.write(line)
            sent = len(lines)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(cut.wait(), 0.02)
        return response


def _kind(request: web.Request) -> str:
    chosen = request.query.get("fieldSelector", "")
    if request.path == "/api/v1/namespaces/default/events" and "involvedObject.kind=Node" in chosen:
        return OF_NODES
    return request.path.split("/")[-1]


def _status(code: int) -> dict[str, Any]:
    word = STATUS[code]
    return {"kind": "Status", "status": "Failure", "message": word, "reason": word, "code": code}


@contextlib.asynccontextmanager
async def small_api(job: JsonObject, pod: JsonObject) -> AsyncIterator[SmallApi]:
    api = SmallApi(job, pod)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
