"""A server that points elsewhere, and one that asks for patience: both are named as what they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from fakes.wild_server import body, kubeconfig, wild_server

from console.cluster import watching
from console.cluster.connecting import connect
from console.cluster.failures import place
from console.cluster.patience import DAY, asked_to_wait, in_words
from console.domain.events import ConnectionChanged
from console.errors import ConsoleError
from console.operations.ports.cluster import LogRequest

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def failure(folder: Path, status: int, **headers: str) -> ConsoleError:
    """What a call to a server with that answer ends in."""
    async with wild_server(body(b"302", status, **headers)) as server:
        cluster = await connect(kubeconfig(folder, server.url), probe=False)
        with pytest.raises(ConsoleError) as caught:
            await cluster.pods("races", "run")
        await cluster.close()
        assert len(server.requests) == 1
    return caught.value


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
async def test_a_redirect_is_named_with_its_place_and_not_followed(
    tmp_path: Path, status: int
) -> None:
    async with wild_server(body(b"{}")) as elsewhere:
        error = await failure(tmp_path, status, Location=f"{elsewhere.url}/login")
        assert elsewhere.requests == []
    assert error.what == (
        f"The server redirects ({status}) instead of answering: list pods in namespace races."
    )
    assert error.why == f"It points to {elsewhere.url}/login."


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://me:secret@sso.example.com/in?token=t0p#x", "https://sso.example.com/in"),
        ("/login?next=/version", "/login"),
        ("//other.example.com/", "//other.example.com/"),
        ("https://x.example.com/" + "a" * 5000, "https://x.example.com/" + "a" * 178 + "…"),
        ("https://x\x1b]0;owned\x07.example.com", "https://x.example.com"),
    ],
)
def test_the_place_of_a_redirect_is_safe_to_show(location: str, shown: str) -> None:
    """No login, no query, no control character, no more than a line."""
    assert place(location) == shown


async def test_a_redirect_without_a_place_says_that(tmp_path: Path) -> None:
    assert (await failure(tmp_path, 302)).why == "It does not say where to."


@pytest.mark.parametrize("what", ["watch", "log"])
async def test_watches_and_logs_name_a_redirect_as_well(tmp_path: Path, what: str) -> None:
    async with wild_server(body(b"", 307, Location="https://else.example.com/")) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        if what == "log":
            with pytest.raises(ConsoleError, match=r"redirects \(307\)"):
                async for _ in cluster.log(LogRequest("races", "pod", "agent-1")):
                    pass
        else:
            async for event in cluster.watch_submission("races", "run"):
                if isinstance(event, ConnectionChanged) and "redirects (307)" in event.why:
                    break
        await cluster.close()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_server_that_asks_for_patience_is_quoted(tmp_path: Path, status: int) -> None:
    """It is not asked again before that time is over."""
    error = await failure(tmp_path, status, **{"Retry-After": "120"})
    assert error.fix == "Try again in 2 minutes: so long the server asks to wait."
    if status == 429:
        assert error.what.startswith("The cluster has too many requests")


async def test_patience_may_be_asked_for_as_a_date(tmp_path: Path) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=5), usegmt=True)
    error = await failure(tmp_path, 429, **{"Retry-After": later})
    assert error.fix == "Try again in 5 hours: so long the server asks to wait."


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("86401", DAY),
        ("9" * 400, None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("", None),
        ("Sun, 22 Nov 2026 10:00:40 GMT", 40.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("Sun, 22 Nov 9999 09:00:00 GMT", DAY),
        ("Sun, 22 Nov 2026 10:00:40 -0000", 40.0),
        ("Sun, 99 Nov 2026 10:00:40 GMT", None),
    ],
)
def test_a_wish_for_patience_is_read_or_left(header: str | None, seconds: float | None) -> None:
    assert asked_to_wait(header, NOW) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1.0, "1 second"),
        (10.2, "11 seconds"),
        (119.0, "119 seconds"),
        (121.0, "3 minutes"),
        (7200.0, "2 hours"),
        (DAY, "a day or more"),
    ],
)
def test_a_time_in_words_is_never_too_short(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


async def test_a_watch_leaves_a_busy_server_alone_for_as_long_as_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here for as long as a test likes to wait: its next question comes after that."""
    monkeypatch.setattr(watching, "LONGEST_PAUSE", 1.5)
    busy = body(b'{"code": 429, "message": "too many"}', 429, **{"Retry-After": "3600"})
    asked: list[float] = []
    twice = asyncio.Event()
    clock = asyncio.get_running_loop().time

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/jobs"):
            asked.append(clock())
            if len(asked) == 2:
                twice.set()
        return await busy(request)

    async with wild_server(answer) as server, asyncio.timeout(20):
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        events = cluster.watch_submission("races", "run")
        reader = asyncio.create_task(anext(aiter(drained(events)), None))
        await twice.wait()
        reader.cancel()
        await cluster.close()
    assert asked[1] - asked[0] >= 1.5


async def drained(events: AsyncIterator[object]) -> AsyncIterator[None]:
    async for _ in events:
        pass
    yield None
