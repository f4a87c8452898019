"""GET pods/<name>/exec, attach, portforward: into a pod, over a WebSocket.

Refused before it is one: what the API can know. What the node says comes over it.
"""

from __future__ import annotations

from contextlib import aclosing
from functools import partial

from aiohttp import web

from console.localcluster.api.kubectl import channels, forwarding
from console.localcluster.api.log_query import LogOptions, choose_container, choose_run
from console.localcluster.api.log_stream import stream_log
from console.localcluster.api.options import boolean
from console.localcluster.api.paths import Target
from console.localcluster.api.ports import LogFile, LogUnavailable, PodSession, Send
from console.localcluster.api.refusals import ApiFailure, as_api_failures
from console.localcluster.api.settings import SETTINGS
from console.localcluster.changes import JsonObject


async def serve_exec(request: web.Request, target: Target) -> web.StreamResponse:
    """A process in a container. Raises ApiFailure 400 or 404."""
    pod, container = _chosen(request, target)
    words = request.query.getall("command", [])
    if not words:
        raise ApiFailure(400, "you must specify at least 1 command for the container")
    tty, stdin = boolean(request.query, "tty"), boolean(request.query, "stdin")
    channels.demand_upgrade(request, *channels.PROTOCOLS)
    node = request.app[SETTINGS].node
    start = partial(node.execute, pod, container, words, tty=tty, stdin=stdin)
    return await channels.converse(request, start)


async def serve_attach(request: web.Request, target: Target) -> web.StreamResponse:
    """What a container says from now on. Raises ApiFailure 400 or 404."""
    pod, container = _chosen(request, target)
    channels.demand_upgrade(request, *channels.PROTOCOLS)
    run = choose_run(pod, container, previous=False)
    try:
        log = request.app[SETTINGS].node.log_file(pod, container, run)
    except LogUnavailable as error:
        raise ApiFailure(400, error.what) from error

    async def start() -> PodSession:
        return _Listening(log, container)

    return await channels.converse(request, start)


async def serve_port_forward(request: web.Request, target: Target) -> web.StreamResponse:
    """Connections to ports of a pod. Raises ApiFailure 400 or 404."""
    pod = _pod(request, target)
    channels.demand_upgrade(request, forwarding.PROTOCOL)
    return await forwarding.forward(request, partial(request.app[SETTINGS].node.dial, pod))


class _Listening:
    """Attached to a container: it hears what is logged, and types into nothing.

    The node's containers read no input, so a kubelet would have none to pass on either.
    """

    def __init__(self, log: LogFile, container: str) -> None:
        self._log = log
        self._options = LogOptions(
            container, follow=True, previous=False, timestamps=False, since=b"", tail=0, limit=None
        )

    async def run(self, send: Send) -> int:
        async with aclosing(stream_log(self._log, self._options)) as pieces:
            async for piece in pieces:
                await send(1, piece)
        return 0

    async def write(self, data: bytes) -> None: ...

    def close_input(self) -> None: ...

    def resize(self, columns: int, rows: int) -> None: ...

    def hang_up(self) -> None: ...


def _chosen(request: web.Request, target: Target) -> tuple[JsonObject, str]:
    pod = _pod(request, target)
    return pod, choose_container(pod, request.query.get("container", ""))


def _pod(request: web.Request, target: Target) -> JsonObject:
    store = request.app[SETTINGS].store
    with as_api_failures(target.resource):
        return store.get(target.resource.name, target.namespace, target.name)
