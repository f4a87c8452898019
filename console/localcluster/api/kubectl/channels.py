"""A process and its client over one WebSocket, in the words of `v5.channel.k8s.io`.

It is what kubectl asks for since 1.31; the SPDY of before is not spoken. Each message begins with
the number of its channel. v4, which other clients ask for, is the same without the message that
closes a channel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import WSMsgType, web

from console.localcluster.api.ports import PodSession, StartFailed
from console.localcluster.api.refusals import ApiFailure
from console.localcluster.api.streaming import CLIENT_MAY_LEAVE
from console.localcluster.changes import JsonObject
from console.struct_library import decoder_of

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")

_INPUT, _ENDED, _SIZE, _CLOSES = 0, 3, 4, 255


class _Size(msgspec.Struct, rename="pascal"):
    """Of the client's terminal."""

    width: int
    height: int


def demand_upgrade(request: web.Request, *protocols: str) -> None:
    """Raises ApiFailure 400 for a request that asks for no WebSocket, or for another protocol."""
    asked = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    if not {*protocols} & {each.strip() for each in asked}:
        raise ApiFailure(400, "Upgrade request required")


async def converse(
    request: web.Request, start: Callable[[], Awaitable[PodSession]]
) -> web.StreamResponse:
    """Until the process ends, or its client leaves."""
    socket = web.WebSocketResponse(protocols=PROTOCOLS, compress=False)
    with CLIENT_MAY_LEAVE:
        await socket.prepare(request)
        try:
            session = await start()
        except StartFailed as failure:
            await _end(socket, _refused(failure))
        else:
            await _follow(socket, session)
    return socket


async def _follow(socket: web.WebSocketResponse, session: PodSession) -> None:
    async def send(channel: int, piece: bytes) -> None:
        await socket.send_bytes(bytes((channel,)) + piece)

    running = asyncio.create_task(session.run(send))
    hearing = asyncio.create_task(_hear(socket, session))
    try:
        await asyncio.wait((running, hearing), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await _end(socket, _exit_status(running.result()))
    finally:
        session.hang_up()
        for task in (running, hearing):
            task.cancel()
        await asyncio.gather(running, hearing, return_exceptions=True)


async def _hear(socket: web.WebSocketResponse, session: PodSession) -> None:
    """What the client types, until it leaves."""
    async for message in socket:
        if message.type is WSMsgType.BINARY and message.data:
            channel, told = message.data[0], message.data[1:]
            if channel == _INPUT:
                await session.write(told)
            elif channel == _SIZE:
                size = decoder_of(_Size).decode(told)
                session.resize(size.width, size.height)
            elif channel == _CLOSES and told == bytes((_INPUT,)):
                session.close_input()


async def _end(socket: web.WebSocketResponse, status: JsonObject) -> None:
    await socket.send_bytes(bytes((_ENDED,)) + msgspec.json.encode(status))
    await socket.close()


def _exit_status(code: int) -> JsonObject:
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    message = f"command terminated with non-zero exit code: exit status {code}"
    cause = {"reason": "ExitCode", "message": str(code)}
    failed: JsonObject = {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode"}
    return failed | {"message": message, "details": {"causes": [cause]}}


def _refused(failure: StartFailed) -> JsonObject:
    """As an API server passes on what a kubelet says."""
    return ApiFailure(500, f"Internal error occurred: {failure.what}").status()
