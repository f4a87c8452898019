"""A list that comes in pages: when there are too many, lead nowhere, or are too fat."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from fakes.measured_console import GROWTH, PODS, console_asks, refused
from fakes.wild_server import LIST, MANY, body, endless, kubeconfig, numbered, wild_server

from console.cluster import listing
from console.cluster.bounds import TooMuch
from console.cluster.connecting import connect


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
