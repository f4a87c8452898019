"""One forwarded connection: what the client says to a port of a pod, and what comes back.

It has a task of its own, so that a port that reads slowly holds nobody but who writes to it. Knows
no other connection, and no WebSocket.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from console.localcluster.api.kubectl.spdy import FrameWriter
from console.localcluster.api.ports import PortUnreachable

Dial = Callable[[int], Awaitable[tuple[StreamReader, StreamWriter]]]
Transmit = Callable[[bytes], Awaitable[None]]
"""Whole frames to the client: waits until there is room for more."""

PIECE = 32 * 1024
MOST_UNTAKEN = 256
"""Pieces that the pod has not taken yet: 8 MiB, and what the system holds of a socket."""
_END = b""


class ForwardedConnection:
    """A pair of streams, and a connection to a port. `errors` is 0 where the client wants none."""

    def __init__(self, frames: FrameWriter, transmit: Transmit, stream: int, errors: int) -> None:
        self._frames, self._transmit = frames, transmit
        self._stream, self.errors = stream, errors
        self._untaken: asyncio.Queue[bytes] = asyncio.Queue(MOST_UNTAKEN)
        self._writer: StreamWriter | None = None
        self._being_taken = self._over = False

    async def run(self, dial: Dial, port: str) -> None:
        """From the pod to the client, to its end, which is the connection's for kubectl."""
        try:
            with suppress(OSError):
                await self._transmit(self._frames.accepted(self._stream))
                await self._connected(dial, port)
        finally:
            self._end()

    async def take(self, data: bytes, *, last: bool, patience: float) -> None:
        """What the client says, in order. Waits where the pod has much to take already.

        Raises TimeoutError where it took nothing for so many seconds meanwhile.
        """
        pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
        for piece in (*pieces, _END) if last else pieces:
            if self._over:
                return
            async with asyncio.timeout(patience):
                await self._untaken.put(piece)

    async def _connected(self, dial: Dial, port: str) -> None:
        try:
            reader, self._writer = await dial(int(port))
        except (PortUnreachable, ValueError) as error:
            await self._tell_end(str(error))
            return
        feeding = asyncio.create_task(self._feed(self._writer))
        try:
            # A connection that breaks has an end like any other: kubectl knows of no third.
            with suppress(OSError):
                while piece := await reader.read(PIECE):
                    await self._transmit(self._frames.written(self._stream, piece))
            await self._tell_end("")
        finally:
            feeding.cancel()

    async def _feed(self, writer: StreamWriter) -> None:
        # Broken, it is read to its end by the other task, which ends both.
        with suppress(OSError):
            while piece := await self._untaken.get():
                self._being_taken = True
                writer.write(piece)
                await writer.drain()
                self._being_taken = False
            if writer.can_write_eof():
                writer.write_eof()

    async def _tell_end(self, why: str) -> None:
        if self.errors:
            await self._transmit(self._frames.written(self.errors, why.encode(), last=True))
        await self._transmit(self._frames.written(self._stream, b"", last=True))

    def _end(self) -> None:
        self._over = True
        cut = self._being_taken or not self._untaken.empty()
        # Who waits for room would wait for ever: nobody takes any more.
        while not self._untaken.empty():
            self._untaken.get_nowait()
        if self._writer is None:
            return
        if cut:
            # Closed, it would look whole to the pod, and wait for what is never taken.
            _reset(self._writer)
        self._writer.close()


def _reset(writer: StreamWriter) -> None:
    at_once = struct.pack("ii", 1, 0)
    with suppress(OSError):  # the pod has reset it itself
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()
