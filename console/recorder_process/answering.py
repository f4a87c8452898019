"""The recorder's socket: who may connect is decided by the folder, which is this user's only."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable

from console.recorder_process.messages import (
    LONGEST_QUESTION,
    Inquiry,
    RecorderReply,
    encoded,
    question,
)
from console.recorder_process.recorder_folder import ProcessFolder

QUESTION_SECONDS = 5.0

Respond = Callable[[Inquiry], Awaitable[RecorderReply]]


@contextlib.asynccontextmanager
async def answering(folder: ProcessFolder, respond: Respond) -> AsyncIterator[None]:
    """Answers within the block. The caller holds the lock, so what stands there is a dead one's."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError):  # whoever asked has gone away
            async with asyncio.timeout(QUESTION_SECONDS):
                line = await reader.readline()
            asked = question(line)
            writer.write(encoded(RecorderReply() if asked is None else await respond(asked)))
            await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    folder.socket.unlink(missing_ok=True)
    with folder.address() as address:
        server = await asyncio.start_unix_server(serve, address, limit=LONGEST_QUESTION)
        os.chmod(folder.socket, 0o600)
    async with server:
        try:
            yield
        finally:
            folder.socket.unlink(missing_ok=True)
