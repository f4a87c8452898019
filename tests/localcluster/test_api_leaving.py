"""Clients that go away in the middle of an answer: nothing is printed, nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import PODS, TOKEN, Bench, served, until
from fakes.sweeps import sweep

from console.localcluster.api.certificate import TlsIdentity, make_identity

READERS = 40
FOLLOW = f"{PODS}/pairx-84qnl/log?container=agent-2&follow=true"
WATCH = f"{PODS}?watch=true"


@pytest.fixture(scope="module")
def identity() -> TlsIdentity:
    return make_identity()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        bench.running_pod()
        yield bench


@pytest.fixture
async def safe(tmp_path: Path, identity: TlsIdentity) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs", identity) as bench:
        bench.running_pod()
        yield bench


def trusting(identity: TlsIdentity) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=identity.certificate_pem)


async def reader(
    bench: Bench, path: str, context: ssl.SSLContext | None = None
) -> asyncio.StreamWriter:
    """A client that has got the first bytes of its answer."""
    port = int(bench.url.rpartition(":")[2])
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    outgoing.write(head.encode())
    assert b"200 OK" in await incoming.readuntil(b"\r\n")
    return outgoing


def holders(path: Path) -> int:
    """How often this process has the file open."""
    files = Path("/proc/self/fd").iterdir()
    return sum(os.path.samefile(path, each) for each in files if each.exists())


@pytest.mark.parametrize("leave", ["abort", "close"])
@pytest.mark.parametrize("turns", range(4))
async def test_a_reader_that_leaves_as_its_log_ends_is_no_failure(
    bench: Bench, caplog: pytest.LogCaptureFixture, leave: str, turns: int
):
    """Over the turns of the event loop between the two, each order of them is met."""
    sink = bench.logs.sink("agent-2", 0)
    sink.write(b"first\n")
    readers = [await reader(bench, FOLLOW) for _ in range(READERS)]
    await until(lambda: sink.readers == READERS)
    for each in readers:
        getattr(each.transport, leave)()
    for _ in range(turns):
        await asyncio.sleep(0)
    sink.close()
    await until(lambda: holders(sink.path) == 0)
    assert (await bench.ask("GET", "/version"))[0] == 200
    assert caplog.records == []


@pytest.mark.parametrize("turns", sweep(range(4), 1))
async def test_readers_that_leave_before_a_long_log_comes_are_no_failure(
    safe: Bench, identity: TlsIdentity, caplog: pytest.LogCaptureFixture, turns: int
):
    """Over TLS, as kubectl reads, and killed: the log is not written to its end for nobody."""
    sink = safe.logs.sink("agent-2", 0)
    sink.write(b"first\n")
    context = trusting(identity)
    readers = [await reader(safe, FOLLOW, context) for _ in range(READERS)]
    await until(lambda: sink.readers == READERS)
    for each in readers:
        each.transport.abort()
    for _ in range(turns):
        await asyncio.sleep(0)
    sink.write((b"x" * 300_000 + b"\n") * 30)
    sink.close()
    await until(lambda: holders(sink.path) == 0)
    assert caplog.records == []


async def test_readers_of_a_silent_log_leave_nothing_behind(bench: Bench):
    sink = bench.logs.sink("agent-2", 0)
    sink.write(b"first\n")
    readers = [await reader(bench, FOLLOW) for _ in range(READERS)]
    await until(lambda: sink.readers == READERS)
    tasks = len(asyncio.all_tasks())
    for each in readers:
        each.transport.abort()
    await until(lambda: sink.readers == 0)
    await until(lambda: holders(sink.path) == 1)  # its writer
    await until(lambda: len(asyncio.all_tasks()) <= tasks - READERS)


@pytest.mark.parametrize("turns", range(4))
async def test_a_watcher_that_leaves_as_something_changes_is_no_failure(
    bench: Bench, caplog: pytest.LogCaptureFixture, turns: int
):
    watchers = [await reader(bench, WATCH) for _ in range(READERS)]
    await until(lambda: bench.readers() == READERS)
    for each in watchers:
        each.transport.abort()
    for _ in range(turns):
        await asyncio.sleep(0)
    bench.store.mark_deleted("pods", "default", "pairx-84qnl")
    await until(lambda: bench.readers() == 0)
    assert caplog.records == []
