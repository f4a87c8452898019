"""One address of the cluster's Services, led to where it is served: what kube-proxy does for all.

    python3 address_relay.py ADDRESS PORT TO_ADDRESS TO_PORT

Without it no pod reaches the API, whose server listens on the machine's loopback. Bytes only: what
is said stays between the two ends. Standard library only; it runs from the cluster's own folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

_AT_ONCE = 65536


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Until either end is closed; then the other one is."""
    with contextlib.suppress(ConnectionError):
        while data := await source.read(_AT_ONCE):
            sink.write(data)
            await sink.drain()
    sink.close()


async def relay(address: str, port: int, to_address: str, to_port: int) -> None:
    """Serve until cancelled."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other_reader, other_writer = await asyncio.open_connection(to_address, to_port)
        except ConnectionError:
            writer.close()
            return
        await asyncio.gather(_pour(reader, other_writer), _pour(other_reader, writer))

    server = await asyncio.start_server(take, address, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(relay(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
