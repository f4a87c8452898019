"""The door of the console in a browser: one link, one cookie, and no other page."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiohttp.test_utils import TestServer

from console.errors import Conflict
from console.web.door import OTHER_NAME, OTHER_PAGE, Door
from console.web.served import GuardedServer, serve


def test_a_link_opens_once() -> None:
    door = Door()
    token = door.link.partition("=")[2]
    assert [door.redeem(token), door.redeem(token)] == [True, False]


def test_a_wrong_link_opens_nothing_and_does_not_use_up_the_right_one() -> None:
    door = Door()
    assert not door.redeem("")
    assert not door.redeem("é" * 43)
    assert door.redeem(door.link.partition("=")[2])


def test_two_consoles_have_neither_link_nor_cookie_in_common() -> None:
    one, other = Door(), Door()
    assert not one.redeem(other.link.partition("=")[2])
    assert not one.knows(other.pass_word)
    assert one.knows(one.pass_word)


@pytest.mark.parametrize("host", ["127.0.0.1:8700", "localhost:8700", "[::1]:8700", "localhost"])
def test_it_answers_to_the_names_of_this_machine(host: str) -> None:
    assert Door().refusal({"Host": host, "Origin": f"http://{host}"}, session=True) == ""
    assert Door().refusal({"Host": host}, session=False) == ""


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:8700", "127.0.0.1.evil.example:8700", "0.0.0.0:8700"]
)
def test_a_page_that_gave_its_own_name_to_this_machine_is_not_heard(host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert Door().refusal(headers, session=True) == OTHER_NAME


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:8700", "http://127.0.0.1:8701"]
)
def test_a_page_from_elsewhere_is_not_heard(origin: str) -> None:
    headers = {"Host": "127.0.0.1:8700", "Origin": origin}
    assert Door().refusal(headers, session=False) == OTHER_PAGE


def test_no_console_is_begun_for_whoever_does_not_say_from_which_page() -> None:
    assert Door().refusal({"Host": "127.0.0.1:8700"}, session=True) == OTHER_PAGE


async def test_what_is_no_text_is_no_cookie_and_nobody_sees_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every user of the machine can send it."""
    server = TestServer(await GuardedServer(["true"], Door()).guarded())
    async with server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % (server.port or 0)
        writer.write(head + b"Cookie: console-%d=\xff\xfe\r\n\r\n" % (server.port or 0))
        assert b" 403 " in await reader.readline()
        writer.close()
    assert not caplog.records


def test_what_is_wrong_with_a_request_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    with pytest.raises(Conflict), taken_port() as port:
        serve(["true"], port, lines.append, lines.append)
    failed = (ValueError, ValueError("token"), None)
    logging.getLogger("aiohttp.server").error("A request of %s", "::1", exc_info=failed)
    assert lines == ["a request: A request of ::1"]
    assert capsys.readouterr().err == ""


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]
