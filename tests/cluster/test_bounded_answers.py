"""Answers without measure: each ends in an error that names what was asked and the limit.

The console runs in a process of its own, so that the memory it takes can be measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from fakes.sweeps import sweep
from fakes.wild_server import Handler, body, kubeconfig, wild_server

from console.cluster import bounds, listing, tailing, transport
from console.cluster.bounds import DEPTH, TooMuch, check_shape
from console.cluster.connecting import connect
from console.cluster.decoding import DecodingFailed
from console.cluster.failures import Asked
from console.domain.events import ConnectionChanged
from console.errors import ClusterUnreachable, ConsoleError
from console.operations.ports.cluster import Kind, LogRequest

GROWTH = 160
"""MiB that a console may grow by, whatever the answer is."""
ASKED = Asked("list", "pods", "races")
BLOCK = 256 * 1024

CONSOLE = """
import asyncio, re, sys
from console.cluster.connecting import connect
from console.errors import ConsoleError
from console.operations.ports.cluster import Kind, LogRequest, Propagation

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) // 1024

async def main():
    cluster = await connect(sys.argv[1], probe=False)
    before = peak()
CALLS
    print("grown by", peak() - before)
    await cluster.close()

asyncio.run(main())
"""
CALL = """
    try:
        THE_CALL
        print("no error")
    except ConsoleError as error:
        print(error)"""
VERSION = "await cluster.version()"
PODS = "await cluster.pods('races', 'run')"
CREATE = "await cluster.create({'kind': 'Job', 'metadata': {'name': 'run'}})"
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


async def console_asks(folder: Path, url: str, *calls: str) -> tuple[str, int]:
    """What the console says, and the MiB that it grew by."""
    script = "".join(CALL.replace("THE_CALL", call.strip()) for call in calls)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CONSOLE.replace("CALLS", script),
        kubeconfig(folder, url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output = (await asyncio.wait_for(process.communicate(), 100))[0].decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    said, mark, grown = output.rpartition("grown by")
    assert mark, output
    print(said.strip(), "| grown by", grown.strip(), "MiB")
    return said, int(grown)


def endless(start: bytes, block: bytes, status: int = 200, **headers: str) -> Handler:
    """A body that goes on for as long as somebody reads it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        await response.write(start)
        while True:
            await response.write(block)

    return answer


def packed(plain_bytes: int) -> bytes:
    """So many bytes of JSON, a thousandth of that as gzip."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(b'{"gitVersion":"')]
    parts += [packer.compress(b"1" * BLOCK) for _ in range(plain_bytes // BLOCK)]
    return b"".join([*parts, packer.compress(b'"}'), packer.flush()])


ITEM = json.dumps({"metadata": {"name": "p", "uid": "u", "resourceVersion": "1"}}).encode()
LIST = b'{"metadata":{"resourceVersion":"5"},"items":[' + ITEM
MANY = (b"," + ITEM) * 2000


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


def numbered(first: int, count: int, token: str) -> bytes:
    meta = {"resourceVersion": "5", "continue": token}
    items = [
        {"metadata": {"name": f"p{i}", "uid": f"u{i}"}, "spec": {"containers": [{"name": "a"}]}}
        for i in range(first, first + count)
    ]
    return json.dumps({"metadata": meta, "items": items}).encode()


@pytest.mark.thorough
async def test_pages_without_an_end_are_left_at_a_number_of_objects(tmp_path: Path) -> None:
    """Each page is an honest one; there is always another."""
    made = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal made
        made += 500
        return web.Response(body=numbered(made, 500, f"t{made}"))

    async with wild_server(answer) as server:
        said, grown = await console_asks(tmp_path, server.url, PODS)
    assert "list pods in namespace races" in said
    assert "There are more than 50,000." in said
    assert grown < GROWTH


@pytest.mark.thorough
async def test_twenty_thousand_pods_fit(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        page = int(request.query.get("continue", "0"))
        return web.Response(body=numbered(page * 500, 500, str(page + 1) if page < 39 else ""))

    async with wild_server(answer) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        assert len(await cluster.pods("races", "run")) == 20_000
        await cluster.close()


async def refused(folder: Path, *script: Handler, call: str = "pods") -> ConsoleError:
    """The error of one call in this process."""
    async with wild_server(*script) as server:
        cluster = await connect(kubeconfig(folder, server.url), probe=False)
        try:
            with pytest.raises(ConsoleError) as caught:
                await {
                    "version": lambda: cluster.version(),
                    "pods": lambda: cluster.pods("races", "run"),
                    "config map": lambda: cluster.read(Kind.CONFIG_MAP, "races", "x"),
                }[call]()
        finally:
            await cluster.close()
    return caught.value


@pytest.mark.parametrize("token", ["again", "x" * 5000])
async def test_pages_that_lead_nowhere_are_left(tmp_path: Path, token: str) -> None:
    error = await refused(tmp_path, body(numbered(0, 1, token)))
    assert isinstance(error, TooMuch)
    assert "Its pages lead back" in error.why


async def test_empty_pages_are_counted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_PAGES", 20)
    turns = iter(range(1000))

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=numbered(0, 0, f"t{next(turns)}"))

    assert "It has more than 20 pages." in (await refused(tmp_path, answer)).why


async def test_a_list_has_a_time_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LIST_SECONDS", -1.0)
    error = await refused(tmp_path, body(numbered(0, 1, "t1")))
    assert "Its pages have not ended within" in error.why


async def test_objects_that_are_too_fat_for_a_usual_page_come_in_smaller_ones(
    tmp_path: Path,
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.query["limit"] == "500":
            return await endless(LIST, MANY)(request)
        return web.Response(body=numbered(0, 3, ""))

    async with wild_server(answer) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        assert len(await cluster.pods("races", "run")) == 3
        await cluster.close()


@pytest.mark.parametrize(
    "nest",
    [
        (b'{"metadata":', b"{}", b"}"),
        (b"[", b"", b"]"),
        (b'[{"a\\"":', b'"]"', b"}]"),
        (b'{"x":["\\\\",', b"1", b"]}"),
        (b"[", b"", b""),
    ],
    ids=["objects", "lists", "escaped quotes", "escaped backslashes", "never closed"],
)
@pytest.mark.parametrize("levels", [DEPTH + 1, 100_000])
async def test_an_answer_that_is_nested_too_deeply_is_named(
    tmp_path: Path, nest: tuple[bytes, bytes, bytes], levels: int
) -> None:
    deep = nest[0] * levels + nest[1] + nest[2] * levels
    error = await refused(tmp_path, body(deep), call="config map")
    assert error.why == f"It is nested more than {DEPTH} levels deep."


@pytest.mark.parametrize("call", ["pods", "version"])
async def test_depth_in_what_nobody_reads_ends_in_an_error_that_says_so(
    tmp_path: Path, call: str
) -> None:
    """Of a list and the like only known fields are taken; the rest is skipped, to some depth."""
    deep = b'{"x":' * 100_000 + b"1" + b"}" * 100_000
    error = await refused(tmp_path, body(deep), call=call)
    assert isinstance(error, DecodingFailed)
    assert "recursion" in error.why


async def test_a_job_without_measure_is_listed_without_a_plan(tmp_path: Path) -> None:
    deep = b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1)
    job = b'{"metadata":{"name":"j"},"spec":{"template":{"spec":{"containers":%s}}}}' % deep
    async with wild_server(body(b'{"items":[%s]}' % job)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        listed = await cluster.jobs("races")
        await cluster.close()
    assert [(each.name, each.plan) for each in listed] == [("j", None)]


def test_brackets_in_strings_are_no_depth() -> None:
    text = json.dumps({"a": "[" * 500, "b": '"[{' * 100, "c": "\\" * 7 + '"' + "[" * 99}).encode()
    check_shape(text, ASKED)
    deepest = b"[" * DEPTH + b"]" * DEPTH
    check_shape(deepest, ASKED)
    with pytest.raises(TooMuch, match="list pods in namespace races"):
        check_shape(b"[" + deepest + b"]", ASKED)


def test_countless_tiny_parts_are_too_many() -> None:
    with pytest.raises(TooMuch) as caught:
        check_shape(b'{"items":[' + b"{}," * (bounds.PARTS + 1) + b"{}]}", ASKED)
    assert "2,000,000 parts" in caught.value.why


async def test_a_deep_error_is_still_the_error_that_it_is(tmp_path: Path) -> None:
    error = await refused(tmp_path, body(b"[" * 100_000, 403))
    assert error.what == "The cluster does not allow: list pods in namespace races."


@contextlib.asynccontextmanager
async def raw_server(start: bytes, again: bytes) -> AsyncIterator[str]:
    """A server below HTTP: it writes a start, then every 10 ms the other bytes."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                for part in itertools.chain([start], itertools.repeat(again)):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.01)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


HEAD = b"HTTP/1.1 200 OK\r\n"


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


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (HEAD, b"X"),
        (HEAD + b"Content-Length: 99999999\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["headers", "a body", "endless 100 Continue"],
)
async def test_an_answer_that_drips_is_left_after_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes, again: bytes
) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.3)
    async with raw_server(start, again) as url:
        cluster = await connect(kubeconfig(tmp_path, url), probe=False)
        with pytest.raises(ClusterUnreachable) as caught:
            await cluster.pods("races", "run")
        await cluster.close()
    assert caught.value.why == "No answer within 0.3 seconds: list pods in namespace races."


async def test_the_headers_of_a_watch_have_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence inside a watch is usual; a watch that never begins is a loss."""
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.3)

    async def answer(request: web.Request) -> web.StreamResponse:
        if "watch" in request.query:
            await asyncio.Event().wait()
        return web.Response(body=numbered(0, 0, ""))

    async with wild_server(answer) as server, asyncio.timeout(10):
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        events = cluster.watch_submission("races", "run")
        losses = [e.why async for e in _first_loss(events)]
        await cluster.close()
    assert "No answer within 0.3 seconds: watch" in losses[0]


async def _first_loss(events: AsyncIterator[object]) -> AsyncIterator[ConnectionChanged]:
    async for event in events:
        if isinstance(event, ConnectionChanged) and not event.live and "within" in event.why:
            yield event
            return


async def test_a_log_that_is_read_once_may_not_drip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "PATIENCE_SECONDS", 0.2)
    start = HEAD + b"Content-Length: 99999999\r\n\r\n2026-11-22T10:00:01.000000000Z "
    async with raw_server(start, b"x") as url:
        cluster = await connect(kubeconfig(tmp_path, url), probe=False)
        with pytest.raises(ClusterUnreachable, match="does not deliver the log") as caught:
            async for _ in cluster.log(LogRequest("races", "pod", "agent-1")):
                pass
        await cluster.close()
    assert re.search(r"It delivered \d+ bytes in \d+ seconds", caught.value.why)
