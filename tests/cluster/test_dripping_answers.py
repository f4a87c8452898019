"""Answers that take for ever: each has a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from fakes.wild_server import HEAD, kubeconfig, numbered, raw_server, wild_server

from console.cluster import tailing, transport
from console.cluster.connecting import connect
from console.domain.events import ConnectionChanged
from console.errors import ClusterUnreachable
from console.operations.ports.cluster import LogRequest


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
