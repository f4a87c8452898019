"""Answers that are written piece by piece: what they share. Knows neither logs nor watches."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import web

CLIENT_MAY_LEAVE = suppress(ConnectionResetError)
"""Around every byte of a stream, its first and its last: a client that leaves is no failure.

Usually the handler is cancelled then; a write comes first when the stream had just something to
send. There is nobody left to tell.
"""


async def send(answer: web.StreamResponse, piece: bytes) -> None:
    """One piece. Others have their turn behind it, so that a client that left is noticed: a long
    stream is not read to its end for nobody, with a warning of the event loop for each write."""
    await answer.write(piece)
    await asyncio.sleep(0)
