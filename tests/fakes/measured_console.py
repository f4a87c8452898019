"""What the console makes of an answer without measure.

It runs in a process of its own, so that the memory it takes can be measured, or in this one.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from fakes.wild_server import Handler, kubeconfig, wild_server

from console.cluster.connecting import connect
from console.errors import ConsoleError
from console.operations.ports.cluster import Kind

GROWTH = 160
"""MiB that a console may grow by, whatever the answer is."""

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


async def refused(folder: Path, *script: Handler, call: str = "pods") -> ConsoleError:
    """The error of one call in this process."""
    async with wild_server(*script) as server:
        cluster = await connect(kubeconfig(folder, server.url), probe=False)
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "version": lambda: cluster.version(),
            "pods": lambda: cluster.pods("races", "run"),
            "config map": lambda: cluster.read(Kind.CONFIG_MAP, "races", "x"),
        }
        try:
            with pytest.raises(ConsoleError) as caught:
                await calls[call]()
        finally:
            await cluster.close()
    return caught.value
