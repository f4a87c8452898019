"""What the watch must survive, over real HTTP: cuts, 410, 401, 403, silence, nonsense."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fakes.wild_server import Handler, body, kubeconfig, pieces, wild_server

from console.cluster import decoding, pod_reading, watching
from console.cluster.credentials import credentials_of
from console.cluster.listing import ListSource
from console.cluster.naming import access
from console.cluster.transport import Transport
from console.cluster.watching import Gone, Live, Lost, Seen, SeenTogether, Watch
from console.operations.backoff import Backoff

SOURCE = ListSource("/api/v1/namespaces/races/pods", "pods", "races", pod_reading.Pods())


def pod(name: str, version: int, phase: str = "Running") -> dict[str, Any]:
    meta = {"name": name, "namespace": "races", "uid": f"u-{name}", "resourceVersion": str(version)}
    return {"metadata": meta, "status": {"phase": phase}}


def listed(version: int, *pods: dict[str, Any], **more: str) -> Handler:
    answer = {"metadata": {"resourceVersion": str(version), **more}, "items": list(pods)}
    return body(json.dumps(answer).encode())


def event(kind: str, item: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "object": item}).encode() + b"\n"


def status(code: int, reason: str = "") -> dict[str, Any]:
    return {"kind": "Status", "code": code, "reason": reason, "message": f"code {code}"}


HOLD = pieces(hold=True)


async def told(
    folder: Path,
    server,
    count: int,
    *,
    silence: float = 5.0,
    quiet: float = 5.0,
    user: str = "token: tok-1",
) -> list[str]:
    """The first `count` changes in short words."""
    chosen = access(kubeconfig(folder, server.url, user))
    transport = Transport(chosen, credentials_of(chosen))
    watch = Watch(transport, SOURCE, silence=silence, quiet=quiet, backoff=Backoff(0.01, 0.02))
    words: list[str] = []
    try:
        async with asyncio.timeout(10):
            async for change in watch.changes():
                match change:
                    case SeenTogether(items):
                        words += [f"seen {each.name} {each.phase}" for each in items]
                    case Seen(item):
                        words.append(f"seen {item.name} {item.phase}")
                    case Gone(item):
                        words.append(f"gone {item.name}")
                    case Live():
                        words.append("live")
                    case Lost(error):
                        words.append(f"lost {error.what}")
                if len(words) == count:
                    break
    finally:
        await transport.close()
    return words


async def test_a_closed_watch_goes_on_from_its_last_version(tmp_path: Path) -> None:
    """A bookmark moves the version on; a clean end is no loss."""
    bookmark = event("BOOKMARK", {"metadata": {"resourceVersion": "9"}})
    script = [
        listed(5, pod("a", 4)),
        pieces(bookmark),
        pieces(event("MODIFIED", pod("a", 10, "Failed")), hold=True),
    ]
    async with wild_server(*script) as server:
        words = await told(tmp_path, server, 3)
        assert server.queries("resourceVersion") == [None, "5", "9"]
    assert words == ["seen a Running", "live", "seen a Failed"]


async def test_events_cut_anywhere_are_read_whole(tmp_path: Path) -> None:
    """Lines are split on newlines whatever the packets are."""
    text = event("ADDED", pod("a", 6)) + event("DELETED", pod("a", 7))
    parts = [text[i : i + 11] for i in range(0, len(text), 11)]
    async with wild_server(listed(5), pieces(*parts, hold=True)) as server:
        assert await told(tmp_path, server, 3) == ["live", "seen a Running", "gone a"]


@pytest.mark.parametrize(
    "expired",
    [pieces(event("ERROR", status(410, "Expired"))), body(json.dumps(status(410)).encode(), 410)],
    ids=["in the stream", "as a status"],
)
async def test_an_expired_version_is_listed_again_and_tells_what_vanished(
    tmp_path: Path, expired
) -> None:
    """Objects that went away during the gap are told as gone; unchanged ones are not repeated."""
    script = [
        listed(5, pod("a", 1), pod("b", 2), pod("c", 3)),
        expired,
        listed(90, pod("b", 2), pod("c", 80, "Failed")),
        HOLD,
    ]
    async with wild_server(*script) as server:
        words = await told(tmp_path, server, 6)
    assert words == [
        "seen a Running",
        "seen b Running",
        "seen c Running",
        "live",
        "gone a",
        "seen c Failed",
    ] or words == [
        "seen a Running",
        "seen b Running",
        "seen c Running",
        "gone a",
        "seen c Failed",
        "live",
    ]


@pytest.mark.parametrize(
    "reading",
    [pod_reading.Pods(), decoding.Jobs(), decoding.EVENTS],
    ids=["pods", "jobs", "events"],
)
def test_an_error_is_an_error_whatever_is_watched(reading: decoding.Reading[Any, Any]) -> None:
    said = status(410, "Expired") | {"apiVersion": "v1", "metadata": {}}
    heard = reading.line(event("ERROR", said))
    assert (heard.type, heard.item, json.loads(heard.status)) == ("ERROR", None, said)


async def test_a_cut_connection_is_told_and_recovers(tmp_path: Path) -> None:
    """Lost with its reason, then live again without listing anew."""
    script = [
        listed(5),
        pieces(event("ADDED", pod("a", 6)), b'{"type":"MOD', cut=True),
        pieces(event("ADDED", pod("b", 7)), hold=True),
    ]
    async with wild_server(*script) as server:
        words = await told(tmp_path, server, 5)
        assert server.queries("resourceVersion") == [None, "5", "6"]
    assert words[:2] == ["live", "seen a Running"]
    assert words[2].startswith("lost The cluster at http://127.0.0.1")
    assert words[3:] == ["live", "seen b Running"]


async def test_a_silent_peer_is_left_without_calling_it_a_loss(tmp_path: Path) -> None:
    """After the silence the watch is opened anew from where it was."""
    script = [listed(5), HOLD, pieces(event("ADDED", pod("a", 6)), hold=True)]
    async with wild_server(*script) as server:
        assert await told(tmp_path, server, 2, silence=0.2) == ["live", "seen a Running"]


async def test_a_refusal_names_verb_and_resource(tmp_path: Path) -> None:
    """403 on the list: the words of a role that would allow it; it is tried again."""
    script = [body(json.dumps(status(403)).encode(), 403), listed(5), HOLD]
    async with wild_server(*script) as server:
        words = await told(tmp_path, server, 2)
    assert words == ["lost The cluster does not allow: list pods in namespace races.", "live"]


async def test_nonsense_in_the_stream_is_a_loss_not_a_crash(tmp_path: Path) -> None:
    """An answer that is no watch event is told, then the watch goes on."""
    script = [listed(5), pieces(b"<html>\n"), HOLD]
    async with wild_server(*script) as server:
        words = await told(tmp_path, server, 3)
    assert words == ["live", "lost The cluster's answer was not understood.", "live"]


async def test_long_lists_come_in_pages(tmp_path: Path) -> None:
    """The continue token is followed."""
    script = [listed(5, pod("a", 1), **{"continue": "t0k"}), listed(5, pod("b", 2)), HOLD]
    async with wild_server(*script) as server:
        assert await told(tmp_path, server, 3) == ["seen a Running", "seen b Running", "live"]
        assert server.queries("continue") == [None, "t0k", None]


async def test_a_first_list_is_told_page_by_page_before_all_of_it_is_there(tmp_path: Path) -> None:
    first = listed(5, pod("a", 1), pod("b", 1), **{"continue": "t0k"})
    async with wild_server(first, HOLD) as server:
        assert await told(tmp_path, server, 2) == ["seen a Running", "seen b Running"]


async def test_of_a_first_list_that_broke_off_what_has_gone_meanwhile_is_told(
    tmp_path: Path,
) -> None:
    """Its next page has expired; another list begins, which lacks what the first page had."""
    first = listed(5, pod("a", 1), pod("b", 1), **{"continue": "t0k"})
    expired = body(json.dumps(status(410)).encode(), status=410)
    second = listed(9, pod("b", 1), pod("c", 8))
    async with wild_server(first, expired, second, HOLD) as server:
        words = await told(tmp_path, server, 5)
    assert words == ["seen a Running", "seen b Running", "gone a", "seen c Running", "live"]


async def test_an_expired_token_is_renewed_once(tmp_path: Path) -> None:
    """401 re-reads the credentials and repeats the call; the watch does not notice."""
    token = tmp_path / "token"
    token.write_text("old")

    async def only_new(request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] == "Bearer old":
            token.write_text("new")
            return web.json_response(status(401), status=401)
        return await (HOLD if request.query.get("watch") else listed(5, pod("a", 1)))(request)

    async with wild_server(only_new) as server:
        words = await told(tmp_path, server, 2, user=f"tokenFile: {token}")
    assert words == ["seen a Running", "live"]


async def test_a_token_that_stays_refused_is_told(tmp_path: Path) -> None:
    """No endless renewing: one try, then the loss with what to do."""
    async with wild_server(body(json.dumps(status(401)).encode(), 401)) as server:
        words = await told(tmp_path, server, 1)
    assert words == ["lost The cluster does not accept these credentials."]


async def test_a_server_that_has_died_is_told_long_before_its_watch_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It accepts what is asked, and answers nothing: as one that is stopped does."""
    monkeypatch.setattr(watching, "THERE_SECONDS", 0.1)
    never = asyncio.Event()

    async def dead(request: web.Request) -> web.StreamResponse:
        await never.wait()
        raise AssertionError

    async with wild_server(listed(5, pod("a", 4)), HOLD, dead) as server:
        words = await told(tmp_path, server, 3, silence=60.0, quiet=0.05)
        assert server.requests[2].path == "/version"
    assert words == ["seen a Running", "live", "lost The cluster does not answer any more."]


@pytest.mark.parametrize("code", [200, 403, 404])
async def test_a_quiet_watch_goes_on_while_its_server_answers_anything(
    tmp_path: Path, code: int
) -> None:
    asked = asyncio.Event()

    async def quiet_at_first(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asked.wait()
        await response.write(event("ADDED", pod("b", 6)))
        await asyncio.Event().wait()
        return response

    async def version(request: web.Request) -> web.StreamResponse:
        asked.set()
        return web.json_response({"gitVersion": "v1.36.0"} | status(code), status=code)

    script = (listed(5, pod("a", 4)), quiet_at_first, *[version] * 50)
    async with wild_server(*script) as server:
        words = await told(tmp_path, server, 3, silence=60.0, quiet=0.05)
    assert words == ["seen a Running", "live", "seen b Running"]
