"""As whom a cluster is asked, how patiently, and that nothing is changed: as its server sees it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from fakes.wild_server import WildServer, body, kubeconfig, plugin_user, wild_server

from console.cluster.connecting import Terms, connect
from console.cluster.impersonation import ActingAs
from console.cluster.quick_way import look
from console.errors import (
    ClusterUnreachable,
    ConsoleError,
    Forbidden,
    LoginRefused,
    ReadOnly,
)
from console.operations.ports.cluster import Kind, Propagation

VERSION = json.dumps({"gitVersion": "v1.36.2"}).encode()
BOB = Terms(ActingAs("bob", ("viewers",)))
SENT = [("Impersonate-User", "bob"), ("Impersonate-Group", "viewers")]


async def anything(_: web.Request) -> web.Response:
    page = {"metadata": {"name": "x", "resourceVersion": "1"}, "items": [], "gitVersion": "v1"}
    return web.json_response(page)


async def never(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


def impersonation(server: WildServer) -> list[list[tuple[str, str]]]:
    return [
        [(key, value) for key, value in request.headers.items() if key.startswith("Impersonate")]
        for request in server.requests
    ]


async def test_every_request_goes_as_the_one_that_was_asked_for(tmp_path: Path) -> None:
    async with wild_server(anything) as server:
        path = kubeconfig(tmp_path, server.url, "{token: t, as: boss, as-groups: [all]}")
        cluster = await connect(path, terms=BOB)
        assert cluster.description.acts_as == "bob (group viewers)"
        await cluster.jobs(None)
        await cluster.allowed("list", "jobs", "")
        await cluster.close()
        assert impersonation(server) == [SENT] * 4


async def test_a_renewed_login_goes_on_acting_as_the_same_one(tmp_path: Path) -> None:
    """The kubeconfig is read again where a login is refused: it says another one to act as."""

    async def knows_two(request: web.Request) -> web.Response:
        known = request.headers.get("Authorization") == "Bearer two"
        refusal = {"kind": "Status", "code": 401, "message": "Unauthorized"}
        return web.Response(body=VERSION) if known else web.json_response(refusal, status=401)

    async with wild_server(anything) as server:
        path = kubeconfig(tmp_path, server.url, "{token: one, as: boss}")
        cluster = await connect(path, terms=BOB)
        server.script = [knows_two]
        kubeconfig(tmp_path, server.url, "{token: two, as: boss}")
        assert await cluster.version() == "v1.36.2"
        await cluster.close()
        assert impersonation(server) == [SENT] * len(server.requests)


async def test_a_look_without_a_loop_goes_as_the_same_one(tmp_path: Path) -> None:
    async with wild_server(anything) as server:
        path = kubeconfig(tmp_path, server.url, "token: t")

        def ask() -> object:
            return look(path, None, None, lambda c: c.jobs("races"), acts_as=BOB.acts_as)

        assert await asyncio.to_thread(ask) == ()
        assert impersonation(server) == [SENT] * 2


async def test_an_answer_is_waited_for_as_long_as_was_asked(tmp_path: Path) -> None:
    async with wild_server(never) as server:
        path = kubeconfig(tmp_path, server.url)
        with pytest.raises(ClusterUnreachable) as late:
            await connect(path, terms=Terms(seconds=0.05))
        assert late.value.why == "No answer within 0.05 seconds: get /version."
        assert len(server.requests) == 1


async def test_for_ever_has_no_limit_of_ours(tmp_path: Path) -> None:
    async with wild_server(anything) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), terms=Terms(seconds=float("inf")))
        assert await cluster.version() == "v1"
        await cluster.close()


async def test_of_a_read_only_console_a_server_sees_nothing_but_questions(tmp_path: Path) -> None:
    asked: list[str] = []

    def reason(context: str) -> str:
        asked.append(context)
        return f"The settings say so of {context}."

    async with wild_server(anything) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), terms=Terms(read_only=reason))
        job = {"kind": "Job", "metadata": {"name": "x"}}
        for change in (
            cluster.create(job),
            cluster.patch_job("races", "x", {}),
            cluster.delete(Kind.JOB, "races", "x", propagation=Propagation.BACKGROUND),
        ):
            with pytest.raises(ReadOnly) as refused:
                await change
            assert refused.value.why == f"The settings say so of {asked[0]}."
        await cluster.jobs("races")
        await cluster.close()
        assert {request.method for request in server.requests} == {"GET"}
    assert asked == [cluster.description.context]


@pytest.mark.parametrize(
    ("status", "kind"), [(401, LoginRefused), (403, Forbidden), (500, ConsoleError)]
)
async def test_only_a_refused_login_is_called_one(
    tmp_path: Path, status: int, kind: type[ConsoleError]
) -> None:
    """It is mended by logging in; a right that is missing, or a fault of the server, is not."""
    refusal = json.dumps({"kind": "Status", "code": status, "message": "no"}).encode()
    async with wild_server(body(refusal, status)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url), probe=False)
        with pytest.raises(kind) as raised:
            await cluster.delete(Kind.JOB, "races", "x", propagation=Propagation.BACKGROUND)
        await cluster.close()
    assert isinstance(raised.value, LoginRefused) == (status == 401)


async def test_a_plug_in_that_gives_no_login_is_quoted_harmlessly(tmp_path: Path) -> None:
    said = r"printf 'expired\n\033]0;owned\007\nrun: mine login\n' >&2; exit 3"
    async with wild_server(anything) as server:
        path = kubeconfig(tmp_path, server.url, plugin_user("sh", "-c", said))
        with pytest.raises(LoginRefused) as refused:
            await connect(path)
        assert server.requests == []
    assert "It ended with 3: expired" in refused.value.why
    assert "run: mine login" in refused.value.why
    assert "\x1b" not in str(refused.value)
    assert "\x07" not in str(refused.value)
