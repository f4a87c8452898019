"""Ports of a pod over one connection: kubectl's port-forward, SPDY inside of a WebSocket.

Each connection that kubectl takes is a pair of streams with one number: what is said, and what went
wrong.
"""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import assert_never

from aiohttp import WSMsgType, web

from console.localcluster.api.kubectl.spdy import (
    ClientLeaving,
    Frame,
    FrameReader,
    FrameWriter,
    NoSpdy,
    Pinged,
    StreamOpened,
    StreamReset,
    StreamWritten,
)
from console.localcluster.api.ports import PortUnreachable
from console.localcluster.api.streaming import CLIENT_MAY_LEAVE

PROTOCOL = "SPDY/3.1+portforward.k8s.io"
Dial = Callable[[int], Awaitable[tuple[StreamReader, StreamWriter]]]

_PIECE = 32 * 1024


async def forward(request: web.Request, dial: Dial) -> web.StreamResponse:
    """Until the client leaves."""
    socket = web.WebSocketResponse(protocols=(PROTOCOL,), compress=False)
    with CLIENT_MAY_LEAVE:
        await socket.prepare(request)
        reader, connections = FrameReader(), Connections(socket.send_bytes, dial)
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY:
                    for frame in reader.feed(message.data):
                        await connections.take(frame)
        except NoSpdy as error:
            await socket.close(code=1002, message=error.what.encode())
        finally:
            await connections.close()
    return socket


class Connections:
    """What is forwarded for one client. `send` takes frames, whole ones only."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]], dial: Dial) -> None:
        self._send, self._dial = send, dial
        self._frames = FrameWriter()
        self._errors: dict[str, int] = {}
        """The streams for what goes wrong, by the number of their connection."""
        self._writers: dict[int, StreamWriter] = {}
        """By the stream of what is said."""
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def take(self, frame: Frame) -> None:
        """Do what the client wants."""
        match frame:
            case StreamOpened():
                await self._open(frame)
            case StreamWritten():
                await self._write(frame)
            case StreamReset():
                await self._forget(frame.stream)
            case Pinged():
                await self._send(self._frames.pinged(frame.number))
            case ClientLeaving():
                return
            case _:
                assert_never(frame)

    async def close(self) -> None:
        """Nothing of it is left open."""
        for stream in list(self._tasks):
            await self._forget(stream)

    async def _open(self, frame: StreamOpened) -> None:
        await self._send(self._frames.accepted(frame.stream))
        number = frame.headers.get("requestid", "")
        if frame.headers.get("streamtype") == "error":
            self._errors[number] = frame.stream
            return
        errors = self._errors.pop(number, 0)
        try:
            reader, writer = await self._dial(int(frame.headers.get("port", "0")))
        except (PortUnreachable, ValueError) as error:
            await self._send(self._frames.written(errors, str(error).encode(), last=True))
            await self._send(self._frames.written(frame.stream, b"", last=True))
            return
        self._writers[frame.stream] = writer
        work = self._carry(reader, frame.stream, errors)
        self._tasks[frame.stream] = asyncio.create_task(work)

    async def _carry(self, reader: StreamReader, stream: int, errors: int) -> None:
        """From the pod to the client, to its end, which is the connection's for kubectl."""
        try:
            with suppress(OSError):
                while piece := await reader.read(_PIECE):
                    await self._send(self._frames.written(stream, piece))
            with suppress(OSError):
                for each in (stream, errors):
                    await self._send(self._frames.written(each, b"", last=True))
        finally:
            self._tasks.pop(stream, None)
            if (writer := self._writers.pop(stream, None)) is not None:
                writer.close()

    async def _write(self, frame: StreamWritten) -> None:
        writer = self._writers.get(frame.stream)
        if writer is None:
            return
        with suppress(OSError):
            writer.write(frame.data)
            if frame.last and writer.can_write_eof():
                writer.write_eof()
            await writer.drain()

    async def _forget(self, stream: int) -> None:
        if (task := self._tasks.pop(stream, None)) is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if (writer := self._writers.pop(stream, None)) is not None:
            writer.close()
