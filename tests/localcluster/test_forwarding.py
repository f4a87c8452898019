"""Ports that are forwarded over one connection: what one pod does not take is no matter of others.

Real sockets stand for the pods; their buffers are small, so that little fills them.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from console.localcluster.api.kubectl.forwarded import MOST_UNTAKEN, PIECE, ForwardedConnection
from console.localcluster.api.kubectl.forwarding import Connections
from console.localcluster.api.kubectl.spdy import (
    Frame,
    FrameReader,
    FrameWriter,
    NoSpdy,
    Pinged,
    StreamOpened,
    StreamReset,
    StreamWritten,
)

MORE_THAN_IS_KEPT = bytes(MOST_UNTAKEN * PIECE + 2 * 1024 * 1024)
SMALL = 16 * 1024


class Pods:
    """By their ports: one that answers in capitals, one that reads when it may, one that breaks."""

    ECHO, SILENT, BREAKING = 1, 2, 3

    def __init__(self) -> None:
        self.may_read, self.heard = asyncio.Event(), asyncio.get_running_loop().create_future()
        self.at: dict[int, int] = {}

    async def echo(self, reader: StreamReader, writer: StreamWriter) -> None:
        while data := await reader.read(PIECE):
            writer.write(data.upper())
        writer.close()

    async def silent(self, reader: StreamReader, writer: StreamWriter) -> None:
        await self.may_read.wait()
        try:
            self.heard.set_result(await reader.read(-1))
        except ConnectionResetError as error:
            self.heard.set_result(error)
        writer.close()

    async def breaking(self, reader: StreamReader, writer: StreamWriter) -> None:
        await self.may_read.wait()
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.close()

    async def dial(self, port: int) -> tuple[StreamReader, StreamWriter]:
        ours = socket.create_connection(("127.0.0.1", self.at[port]))
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        return await asyncio.open_connection(sock=ours)


@pytest.fixture
async def pods() -> AsyncIterator[Pods]:
    made, servers = Pods(), []
    serving = {made.ECHO: made.echo, made.SILENT: made.silent, made.BREAKING: made.breaking}
    for port, serve in serving.items():
        listening = socket.create_server(("127.0.0.1", 0))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        servers.append(await asyncio.start_server(serve, sock=listening, limit=SMALL))
        made.at[port] = listening.getsockname()[1]
    yield made
    made.may_read.set()
    for server in servers:
        server.close()


class Client:
    """Reads what it is sent, unless it is told not to."""

    def __init__(self, pods: Pods, patience: float = 10) -> None:
        self.reads, self.frames = asyncio.Event(), list[Frame]()
        self.reads.set()
        self._reader, self._news = FrameReader(), asyncio.Condition()
        self.connections = Connections(self._received, pods.dial, patience)

    async def _received(self, data: bytes) -> None:
        await self.reads.wait()
        async with self._news:
            self.frames += self._reader.feed(data)
            self._news.notify_all()

    async def opens(self, number: int, port: int) -> int:
        """Of four streams each two are one connection's; that of what is said."""
        told = {"requestid": str(number), "port": str(port)}
        first = 4 * number + 1
        await self.does(StreamOpened(first, {**told, "streamtype": "error"}, last=True))
        await self.does(StreamOpened(first + 2, {**told, "streamtype": "data"}, last=False))
        return first + 2

    async def does(self, frame: Frame) -> None:
        async with asyncio.timeout(10):
            await self.connections.take(frame)

    async def says(self, stream: int, data: bytes, *, last: bool = False) -> None:
        await self.does(StreamWritten(stream, data, last))

    async def hears(self, *frames: Frame) -> None:
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: all(each in self.frames for each in frames))


@asynccontextmanager
async def client_of(pods: Pods, patience: float = 10) -> AsyncIterator[Client]:
    client = Client(pods, patience)
    try:
        yield client
    finally:
        await client.connections.close()


async def test_a_pod_that_takes_nothing_holds_no_other_connection(pods: Pods) -> None:
    async with client_of(pods) as client:
        slow, quick = await client.opens(0, Pods.SILENT), await client.opens(1, Pods.ECHO)
        await client.says(slow, bytes(4 * 1024 * 1024))
        await client.says(quick, b"more")
        await client.hears(StreamWritten(quick, b"MORE", last=False))
    pods.may_read.set()
    assert isinstance(await pods.heard, ConnectionResetError), "what is cut must not look whole"


async def test_a_pod_that_takes_its_time_gets_every_byte(pods: Pods) -> None:
    async with client_of(pods) as client:
        slow = await client.opens(0, Pods.SILENT)
        saying = asyncio.create_task(client.says(slow, MORE_THAN_IS_KEPT + b"end", last=True))
        await asyncio.wait([saying], timeout=0.05)
        assert not saying.done(), "all of it is kept"
        pods.may_read.set()
        await saying
        assert await pods.heard == MORE_THAN_IS_KEPT + b"end"


async def test_of_a_pod_that_never_takes_it_the_connection_alone_is_reset(
    pods: Pods, caplog: pytest.LogCaptureFixture
) -> None:
    async with client_of(pods, patience=0.02) as client:
        slow, quick = await client.opens(0, Pods.SILENT), await client.opens(1, Pods.ECHO)
        with caplog.at_level(logging.WARNING):
            await client.says(slow, MORE_THAN_IS_KEPT)
        assert f"took nothing for 0.02 seconds: its connection (stream {slow})" in caplog.text
        # An error that is told would end all that kubectl forwards.
        await client.hears(StreamReset(slow), StreamWritten(slow - 2, b"", last=True))
        await client.says(slow, b"nobody hears that")
        await client.says(quick, b"more")
        await client.hears(StreamWritten(quick, b"MORE", last=False))
        pods.may_read.set()
        assert isinstance(await pods.heard, ConnectionResetError)


async def test_a_client_that_reads_no_answer_is_still_listened_to(pods: Pods) -> None:
    async with client_of(pods) as client:
        stream = await client.opens(0, Pods.SILENT)
        pods.may_read.set()
        client.reads.clear()
        await client.does(Pinged(1))
        await client.opens(1, Pods.ECHO)
        await client.says(stream, b"words", last=True)
        client.reads.set()
        await client.hears(Pinged(1), StreamWritten(stream, b"", last=True))
        assert await pods.heard == b"words"


async def test_a_stream_that_is_opened_again_is_refused_and_takes_nobodys_place(
    pods: Pods,
) -> None:
    async with client_of(pods) as client:
        stream = await client.opens(1, Pods.ECHO)
        with pytest.raises(NoSpdy, match=f"Stream {stream} is opened again"):
            await client.does(StreamOpened(stream, {"streamtype": "data", "port": "2"}, last=False))
        await client.says(stream, b"more")
        await client.hears(StreamWritten(stream, b"MORE", last=False))


async def test_a_pod_that_resets_its_connection_ends_it_like_any_other(pods: Pods) -> None:
    sent = bytearray()

    async def transmit(data: bytes) -> None:
        sent.extend(data)

    one = ForwardedConnection(FrameWriter(), transmit, stream=3, errors=1)
    running = asyncio.create_task(one.run(pods.dial, str(Pods.BREAKING)))
    await one.take(bytes(4 * 1024 * 1024), last=False, patience=10)
    pods.may_read.set()
    await running
    assert [*FrameReader().feed(bytes(sent))][-1] == StreamWritten(3, b"", last=True)
