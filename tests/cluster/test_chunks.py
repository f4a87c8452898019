"""Bodies in chunks: what is taken apart here, and what is left to the library."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from aiohttp import ClientPayloadError
from fakes.exact_server import exact_server
from fakes.wild_server import kubeconfig
from hypothesis import given
from hypothesis import strategies as some

from console.cluster.chunks import PlainChunks
from console.cluster.connecting import connect
from console.cluster.connection import AnswerConnection, StreamedBody
from console.errors import ConsoleError
from console.operations.ports.cluster import LogLines, LogRequest

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
LINE = b"2026-11-22T10:00:01.000000000Z said\n"


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def cut(body: bytes, *places: int) -> list[bytes]:
    ends = sorted({0, len(body), *(each % (len(body) + 1) for each in places)})
    return [body[start:end] for start, end in itertools.pairwise(ends)]


def taken(pieces: list[bytes]) -> tuple[bytes, bytes | None]:
    """All data, and what is left for the library of the piece in which it is left something."""
    chunks, data = PlainChunks(), b""
    for piece in pieces:
        told, rest = chunks.feed(bytearray(piece) + b"an older read", len(piece))
        data += told
        if rest is not None:
            return data, rest
    return data, None


@given(
    some.lists(some.binary(min_size=1, max_size=40) | some.just(b"\r\n5\r\n"), max_size=8),
    some.lists(some.integers(0, 400), max_size=8),
)
def test_plain_chunks_are_joined_wherever_the_packets_are_cut(
    said: list[bytes], places: list[int]
) -> None:
    data, rest = taken([*cut(b"".join(map(chunk, said)), *places), LAST])
    assert data == b"".join(said)
    assert rest == LAST


@pytest.mark.parametrize("place", range(30))
def test_a_chunk_that_is_not_plain_is_left_to_the_library_from_its_size_on(place: int) -> None:
    strange = chunk(b"c", b";why=not")
    before = chunk(b"a") + chunk(b"b")
    pieces = cut(before + strange, min(place, len(before)))
    assert taken(pieces) == (b"ab", strange)


def test_a_chunk_longer_than_it_said_is_left_so_that_no_size_is_found() -> None:
    data, rest = taken([b"1\r\na2\r\nbc\r\n"])
    assert data == b"a"
    assert rest is not None
    assert rest.startswith(b"\r\n")


class Unread(asyncio.Transport):
    """The socket of a connection that is fed by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self) -> None:
        self.told.append("resume")

    def close(self) -> None:
        self.told.append("close")


async def body_of(answer: bytes, packet: int) -> bytes:
    """As a connection tells it that reads so many bytes at once. Raises as its body does."""
    connection = AnswerConnection(asyncio.get_running_loop(), bytearray(packet))
    connection.connection_made(Unread())
    connection.set_response_params()
    for start in range(0, len(answer), packet):
        piece = answer[start : start + packet]
        connection.get_buffer(-1)[: len(piece)] = piece
        connection.buffer_updated(len(piece))
    _, body = await connection.read()
    connection.connection_lost(None)
    told = b""
    while piece := await body.readany():
        told += piece
    return told


BODIES = {
    "plain": chunk(b"one ") + chunk(b"two") + LAST,
    "empty": LAST,
    "an extension": chunk(b"one ") + chunk(b"t", b";x=y") + chunk(b"wo") + LAST,
    "a size with zeros": chunk(b"one ") + b"0003\r\ntwo\r\n" + LAST,
    "trailers": chunk(b"one two") + b"0\r\nSeen: all\r\n\r\n",
    "ends of lines as data": chunk(b"\r\n\r\n") + chunk(b"HTTP/1.1 200") + LAST,
}


@pytest.mark.parametrize("packet", [1, 2, 3, 5, 8, 48, 49, 50, 53, 1000])
@pytest.mark.parametrize("form", BODIES)
async def test_every_form_of_a_body_is_read_whatever_the_packets_are(
    form: str, packet: int
) -> None:
    told = {"empty": b"", "ends of lines as data": b"\r\n\r\nHTTP/1.1 200"}.get(form, b"one two")
    assert await body_of(HEAD + BODIES[form], packet) == told


@pytest.mark.parametrize("packet", [1, 50, 1000])
async def test_a_body_that_is_cut_off_is_no_whole_one(packet: int) -> None:
    with pytest.raises(ClientPayloadError):
        await body_of(HEAD + chunk(b"one") + b"10\r\nand", packet)


async def test_a_connection_answers_again_after_a_body_in_chunks(tmp_path) -> None:
    log = HEAD + chunk(LINE) + LAST
    with exact_server(log, log, hold=True) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        for _ in range(2):
            request = LogRequest("races", "pod", "agent-1")
            told = [each async for each in cluster.log(request) if isinstance(each, LogLines)]
            assert told == [LogLines(LINE)]
        await cluster.close()
        assert server.connections == 1


async def test_a_log_whose_chunks_are_not_as_they_say_is_an_error_of_the_cluster(
    tmp_path,
) -> None:
    with exact_server(HEAD + chunk(LINE) + b"1\r\n22\r\n" + LAST, hold=True) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        request = LogRequest("races", "pod", "agent-1", follow=True)
        with pytest.raises(ConsoleError):
            _ = [each async for each in cluster.log(request)]
        await cluster.close()


class Answered:
    """A response whose socket is known."""

    content = None

    def __init__(self, transport: Unread | None) -> None:
        self.transport = transport
        self.connection = self if transport else None


async def test_a_body_at_rest_leaves_its_socket_alone_until_it_is_read_again() -> None:
    """Also when whoever reads it is told to end meanwhile."""
    socket = Unread()
    resting = asyncio.ensure_future(StreamedBody(Answered(socket)).rest(60.0))
    await asyncio.sleep(0)
    assert socket.told == ["pause"]
    resting.cancel()
    await asyncio.wait([resting])
    assert socket.told == ["pause", "resume"]


async def test_a_body_that_has_ended_may_rest_too() -> None:
    await StreamedBody(Answered(None)).rest(0.0)
