"""The loop of the unit tests: nobody sits out a timer, and nothing else is different."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest


async def test_a_day_of_timers_passes_at_once_and_in_its_order() -> None:
    began, told = time.monotonic(), []
    loop = asyncio.get_running_loop()

    async def tell_after(hours: int) -> None:
        await asyncio.sleep(3600 * hours)
        told.append((hours, round(loop.time() - first, -2)))

    first = loop.time()
    await asyncio.gather(*map(tell_after, (24, 1, 7)))
    assert told == [(1, 3600), (7, 25200), (24, 86400)]
    assert time.monotonic() - began < 600


async def test_a_limit_ends_what_never_comes() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(900):
            await asyncio.Event().wait()


async def test_a_thread_has_the_time_that_it_needs() -> None:
    """While it works the clock is the machine's: a limit of minutes does not pass in no time."""
    go = threading.Event()

    def work() -> str:
        go.wait(60)
        return "done"

    async with asyncio.timeout(50):
        asyncio.get_running_loop().call_later(0.01, go.set)
        assert await asyncio.to_thread(work) == "done"


async def test_what_one_socket_sends_another_has_before_the_clock_goes_on() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, asyncio.timeout(3600):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        began = asyncio.get_running_loop().time()
        writer.write(b"hello\n")
        assert await reader.read() == b"hello\n"
        assert asyncio.get_running_loop().time() - began < 60
        writer.close()
        await writer.wait_closed()
