"""Answers without measure: each ends in an error that names what was asked and the limit."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from aiohttp import web
from fakes.measured_console import CREATE, GROWTH, PODS, VERSION, console_asks
from fakes.sweeps import sweep
from fakes.wild_server import HEAD, LIST, MANY, body, endless, raw_server, wild_server

from console.cluster import bounds

BLOCK = 256 * 1024

CALLS = (
    VERSION,
    PODS,
    CREATE,
    "await cluster.job('races', 'run')",
    "await cluster.read(Kind.CONFIG_MAP, 'races', 'x')",
    "await cluster.events('races', 'run')",
    "await cluster.patch_job('races', 'run', {})",
    "await cluster.delete(Kind.JOB, 'races', 'run', propagation=Propagation.BACKGROUND)",
    "await cluster.allowed('get', 'jobs', 'races')",
)

WATCH = """
        async for event in cluster.watch_submission("races", "run"):
            if not getattr(event, "live", True) and "longer than" in event.why:
                print(event.why)
                break"""
LOG = """
        async for block in cluster.log(LogRequest("races", "pod", "agent-1", follow=FOLLOW)):
            pass"""


def packed(plain_bytes: int) -> bytes:
    """So many bytes of JSON, a thousandth of that as gzip."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(b'{"gitVersion":"')]
    parts += [packer.compress(b"1" * BLOCK) for _ in range(plain_bytes // BLOCK)]
    return b"".join([*parts, packer.compress(b'"}'), packer.flush()])


async def test_an_endless_answer_ends_at_its_limit_whatever_was_asked(tmp_path: Path) -> None:
    async with wild_server(endless(LIST, MANY)) as server:
        said, grown = await console_asks(tmp_path, server.url, *CALLS)
    assert said.count("The cluster's answer is more than the console takes: ") == len(CALLS)
    assert said.count("It is longer than 32 MiB.") == len(CALLS)
    assert grown < GROWTH


async def test_a_small_packed_answer_is_counted_as_it_is_unpacked(tmp_path: Path) -> None:
    bomb = body(packed(400 * bounds.MIB), **{"Content-Encoding": "gzip"})
    async with wild_server(bomb) as server:
        said, grown = await console_asks(tmp_path, server.url, VERSION)
    assert "more than the console takes: get /version." in said
    assert grown < GROWTH


@pytest.mark.parametrize("status", sweep([403, 404, 422, 500], 500))
async def test_of_an_endless_error_only_the_beginning_is_read(tmp_path: Path, status: int) -> None:
    """The status still says what went wrong."""
    async with wild_server(endless(b"go away ", b"x" * BLOCK, status)) as server:
        said, grown = await console_asks(tmp_path, server.url, CREATE)
    assert "go away xxx" in said
    assert len(said) < 1000
    assert grown < GROWTH


@pytest.mark.parametrize("follow", sweep([True, False], True))
async def test_a_log_line_without_an_end_is_delivered_in_pieces(
    tmp_path: Path, follow: bool
) -> None:
    """256 MiB of it, then a clean end."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"2026-11-22T10:00:01.000000000Z ")
        for _ in range(bounds.MIB * 256 // BLOCK):
            await response.write(b"x" * BLOCK)
        return response

    async with wild_server(answer) as server:
        call = LOG.replace("FOLLOW", str(follow))
        said, grown = await console_asks(tmp_path, server.url, call)
    assert "no error" in said
    assert grown < GROWTH


async def test_a_watch_line_without_an_end_is_a_loss_that_says_so(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        line = endless(b'{"type":"ADDED","object":{"metadata":{"name":"', b"x" * BLOCK)
        listed = body(b'{"metadata":{"resourceVersion":"5"},"items":[]}')
        return await (line if "watch" in request.query else listed)(request)

    async with wild_server(answer) as server:
        said, grown = await console_asks(tmp_path, server.url, WATCH)
    assert "watch" in said
    assert "One line of it is longer than 8 MiB." in said
    assert grown < GROWTH


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (HEAD, b"X-A: 1\r\n" * 500),
        pytest.param(HEAD + b"X-A: ", b"x" * 5000, marks=pytest.mark.thorough),
        pytest.param(b"HTTP/1.1 200 ", b"OK " * 500, marks=pytest.mark.thorough),
        (b"", b"220 mail.example.com ESMTP\r\n"),
    ],
    ids=["many headers", "a long header", "a long first line", "no HTTP at all"],
)
async def test_a_flood_of_headers_is_not_taken(tmp_path: Path, start: bytes, again: bytes) -> None:
    async with raw_server(start, again) as url:
        said, grown = await console_asks(tmp_path, url, VERSION)
    assert "The server's answer is not understood: get /version." in said
    assert grown < GROWTH
