"""Ports of a pod over one connection: kubectl's port-forward, SPDY inside of a WebSocket.

Each connection that kubectl takes is a pair of streams with one number: what is said, and what went
wrong. All share one WebSocket, and kubectl has no windows, so nothing can ask it to be silent on
one stream alone: a pod that has much to take holds all, and only as long as it goes on taking.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import assert_never

from aiohttp import WSMsgType, web

from console.localcluster.api.kubectl.forwarded import Dial, ForwardedConnection, Transmit
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
from console.localcluster.api.streaming import CLIENT_MAY_LEAVE

PROTOCOL = "SPDY/3.1+portforward.k8s.io"
PATIENCE = 10.0
"""Seconds in which a pod takes something of what waits for it, or its connection is reset."""
_MOST_ANSWERS = 64
_LOG = logging.getLogger(__name__)
_UNTAKEN = "A forwarded port took nothing for %g seconds: its connection (stream %d) is reset."


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
    """What is forwarded for one client. `transmit` takes frames, whole ones only."""

    def __init__(self, transmit: Transmit, dial: Dial, patience: float = PATIENCE) -> None:
        self._transmit, self._dial, self._patience = transmit, dial, patience
        self._frames = FrameWriter()
        self._newest = 0
        self._errors: dict[str, int] = {}
        """The streams for what goes wrong, by the number of their connection."""
        self._open: dict[int, tuple[ForwardedConnection, asyncio.Task[None]]] = {}
        """By the stream of what is said."""
        self._answers: set[asyncio.Task[None]] = set()

    async def take(self, frame: Frame) -> None:
        """Do what the client wants. Raises NoSpdy."""
        match frame:
            case StreamOpened():
                await self._take_stream(frame)
            case StreamWritten():
                await self._take_words(frame)
            case StreamReset():
                await self._forget(frame.stream)
            case Pinged():
                await self._answer(lambda: self._frames.pinged(frame.number))
            case ClientLeaving():
                return
            case _:
                assert_never(frame)

    async def close(self) -> None:
        """Nothing of it is left open."""
        for stream in list(self._open):
            await self._forget(stream)
        for answer in list(self._answers):
            answer.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def _take_stream(self, frame: StreamOpened) -> None:
        if frame.stream <= self._newest:
            raise NoSpdy(f"Stream {frame.stream} is opened again: a new one has a higher number.")
        self._newest = frame.stream
        number = frame.headers.get("requestid", "")
        if frame.headers.get("streamtype") == "error":
            self._errors[number] = frame.stream
            await self._answer(lambda: self._frames.accepted(frame.stream))
            return
        errors = self._errors.pop(number, 0)
        one = ForwardedConnection(self._frames, self._transmit, frame.stream, errors)
        running = asyncio.create_task(one.run(self._dial, frame.headers.get("port", "0")))
        self._open[frame.stream] = one, running
        running.add_done_callback(lambda _: self._open.pop(frame.stream, None))
        if frame.last:
            await one.take(b"", last=True, patience=self._patience)

    async def _take_words(self, frame: StreamWritten) -> None:
        if frame.stream not in self._open:
            return
        one, _ = self._open[frame.stream]
        try:
            await one.take(frame.data, last=frame.last, patience=self._patience)
        except TimeoutError:
            _LOG.warning(_UNTAKEN, self._patience, frame.stream)
            await self._forget(frame.stream)
            await self._answer(lambda: self._frames.reset(frame.stream))
            if one.errors:
                # Nothing is told there: kubectl would end, and with it all that it forwards.
                await self._answer(lambda: self._frames.written(one.errors, b"", last=True))

    async def _answer(self, made: Callable[[], bytes]) -> None:
        """Beside the frames that come: a client that does not read its answers still writes.

        Made as it is sent, since the headers of all answers are one compressed stream.
        """

        async def send() -> None:
            with suppress(OSError):
                await self._transmit(made())

        if len(self._answers) >= _MOST_ANSWERS:
            await asyncio.wait(self._answers, return_when=asyncio.FIRST_COMPLETED)
        answer = asyncio.create_task(send())
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    async def _forget(self, stream: int) -> None:
        if (found := self._open.pop(stream, None)) is not None:
            found[1].cancel()
            await asyncio.gather(found[1], return_exceptions=True)
