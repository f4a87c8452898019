"""What is told where no connection comes about: the system's words and the way out."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path

import pytest
from fakes.proxy_servers import proxy_server
from msgspec.structs import replace

from console.cluster import transport
from console.cluster.connecting import connect
from console.cluster.credentials import credentials_of
from console.cluster.failures import unreachable
from console.cluster.naming import access
from console.cluster.proxies import Proxy
from console.cluster.request import VERSION
from console.errors import ClusterUnreachable

KUBECONFIG = """
clusters: [{{name: c, cluster: {{server: "https://cluster.invalid", insecure-skip-tls-verify: true, {more}}}}}]
users: [{{name: u, user: {{token: t}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"""


def file_with(folder: Path, more: str) -> str:
    file = folder / "kubeconfig"
    file.write_text(KUBECONFIG.format(more=more))
    return str(file)


async def refusal(kubeconfig: str) -> ClusterUnreachable:
    with pytest.raises(ClusterUnreachable) as caught:
        await connect(kubeconfig, None, None)
    return caught.value


class Untrusted(Exception):
    """As the HTTP library tells of one."""

    os_error = OSError(1, "certificate verify failed")
    os_error.verify_message = "self-signed certificate"  # type: ignore[attr-defined]


class Refused(Exception):
    """The same of a port without a server."""

    os_error = ConnectionRefusedError(111, "Connect call failed ('10.0.0.1', 443)")


class Unknown(Exception):
    """The same of a name that nobody knows."""

    os_error = socket.gaierror(-2, "Name or service not known")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Untrusted(), "Its certificate is not trusted: self-signed certificate."),
        (Refused(), "Connection refused."),
        (Unknown(), "Name or service not known."),
        (OSError("something else"), "something else"),
    ],
)
def test_why_there_is_no_connection_is_said_in_the_systems_words(
    error: Exception, why: str
) -> None:
    assert unreachable("https://c", error).why == why


@pytest.mark.parametrize(("seconds", "words"), [(1.0, "1 second."), (2.5, "2.5 seconds.")])
def test_how_long_an_answer_was_waited_for_is_said(seconds: float, words: str) -> None:
    assert unreachable("https://c", TimeoutError(), seconds=seconds).why.endswith(words)


@pytest.mark.parametrize(
    ("source", "way"),
    [("HTTPS_PROXY", "let NO_PROXY name"), ("proxy-url of cluster 'c'", "take its proxy-url out")],
)
def test_the_way_past_a_proxy_is_that_of_who_named_it(source: str, way: str) -> None:
    assert way in unreachable("https://c", Refused(), Proxy("http", "p", 1, source)).fix


async def test_a_proxy_that_wants_a_login_is_asked_once_and_the_login_is_asked_for(
    tmp_path: Path,
) -> None:
    async with proxy_server("http", 9, login=("eve", "s3cret")) as proxy:
        way = f'proxy-url: "http://eve:wrong@127.0.0.1:{proxy.port}"'
        told = await refusal(file_with(tmp_path, way))
    assert told.why == "It answered 407 Proxy Authentication Required."
    assert told.fix.startswith("Give its login with it: http://USER:PASSWORD@HOST:PORT.")
    assert len(proxy.asked) == 1
    assert "wrong" not in str(told)


@pytest.mark.thorough
async def test_of_several_tries_the_whole_wait_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that takes connections and never says a word, as behind a filter."""
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.3)
    held: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    chosen = access(file_with(tmp_path, ""), None, None)
    sent = transport.Transport(
        replace(chosen, server=f"https://127.0.0.1:{port}"), credentials_of(chosen), seconds=0.8
    )
    try:
        with pytest.raises(ClusterUnreachable, match="cannot be reached") as caught:
            await sent.send(VERSION)
    finally:
        await sent.close()
        server.close()
        for writer in held:
            writer.close()
    assert re.fullmatch(r"No answer within [1-9]\d* seconds?: get /version\.", caught.value.why)
