"""aiohttp's connection, by which a body in plain chunks is read for less. Knows no request.

All that comes is read into one buffer of the session. Of an answer in plain chunks the library
reads the head, and everything from the first chunk on that is not plain; of all others the whole.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator

from console.cluster.chunks import PlainChunks
from console.cluster.http_library import aiohttp

# After it: it is who loads the library.
from aiohttp.client_proto import ResponseHandler  # isort: skip
from aiohttp.http import RawResponseMessage  # isort: skip

BUFFER = 256 * 1024
"""Bytes, of which a copy is left to whoever reads."""
KEPT = 8 * 1024 * 1024
"""Bytes of freed memory that the process keeps."""
_HEAD, _HEAD_ENDS = b"HTTP/1.1 ", b"\r\n\r\n"


class AnswerConnection(ResponseHandler, asyncio.BufferedProtocol):
    """One of a session, whose connections share the buffer: each leaves it when it has read."""

    def __init__(self, loop: asyncio.AbstractEventLoop, buffer: bytearray) -> None:
        super().__init__(loop)
        self._shared, self._view = buffer, memoryview(buffer)
        self._body: aiohttp.StreamReader | None = None
        """Of the newest answer."""
        self._in_chunks = False
        self._chunks: PlainChunks | None = None

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view

    def buffer_updated(self, count: int) -> None:
        if self._chunks is None:
            self.data_received(bytes(self._view[:count]))
        else:
            self._take(self._chunks, self._shared, count)

    def data_received(self, data: bytes) -> None:
        """Also called, with nothing, by the library itself when it wants to go on."""
        if self._chunks is not None:
            if data:
                self._take(self._chunks, data, len(data))
            return
        end = self._end_of_head(data)
        if not end:
            self._leave_to_library(data)
            return
        self._in_chunks = False
        super().data_received(data[:end])
        if self._in_chunks and self._body is not None:
            self._body.begin_http_chunk_receiving()
            self._chunks = PlainChunks()
        if end < len(data) and self.exception() is None:
            self.data_received(data[end:])

    def feed_data(
        self, data: tuple[RawResponseMessage, aiohttp.StreamReader], size: int = 0
    ) -> None:
        """An answer of which the head was read."""
        message, self._body = data
        self._in_chunks = message.chunked and not message.compression and not self._body.is_eof()
        super().feed_data(data, size)

    def _end_of_head(self, data: bytes) -> int:
        """Where it ends, if an answer begins here and its head is whole; else 0."""
        if data.startswith(_HEAD) and (self._body is None or self._body.is_eof()):
            return data.find(_HEAD_ENDS) + len(_HEAD_ENDS) if _HEAD_ENDS in data else 0
        return 0

    def _take(self, chunks: PlainChunks, came: bytes | bytearray, end: int) -> None:
        assert self._body is not None
        self.start_timeout()
        told, rest = chunks.feed(came, end)
        self._body.feed_data(told)
        if rest is not None:
            self._chunks = None
            self._leave_to_library(rest)

    def _leave_to_library(self, data: bytes) -> None:
        super().data_received(data)
        # It tells whoever waits for an answer of its refusal, and nobody who reads a body.
        refused, body = self.exception(), self._body
        if refused and body and not (body.is_eof() or body.exception()):
            body.set_exception(aiohttp.ClientPayloadError(str(refused)))


class StreamedBody:
    """The body of an answer that may go on for ever."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response, self._content = response, response.content

    async def readany(self) -> bytes:
        return await self._content.readany()

    def iter_any(self) -> AsyncIterator[bytes]:
        return self._content.iter_any()

    async def rest(self, seconds: float) -> None:
        """What comes meanwhile waits in the kernel: to be woken for each packet costs the most."""
        connection = self._response.connection
        transport = None if connection is None else connection.transport
        if transport is None:
            await asyncio.sleep(seconds)
            return
        transport.pause_reading()
        try:
            await asyncio.sleep(seconds)
        finally:
            transport.resume_reading()


def read_for_less(connector: aiohttp.BaseConnector) -> None:
    """By a private place of the library: without it, its connections are its own."""
    _keep_freed_memory()
    loop = asyncio.get_running_loop()
    connector._factory = functools.partial(AnswerConnection, loop, bytearray(BUFFER))  # type: ignore[assignment]


def _keep_freed_memory() -> None:
    """A block is taken and left a thousand times a second. Given back to the system, its pages
    would be cleared each time; glibc keeps twice as much as the largest piece it ever took back.
    """
    bytes(KEPT // 2)
