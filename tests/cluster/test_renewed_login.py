"""A login that ends while the console is open, and one that is renewed behind its back."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path

import pytest
from aiohttp import web
from fakes.wild_server import (
    Handler,
    body,
    credential,
    kubeconfig,
    plugin_user,
    wild_server,
)

from console.cluster.connecting import connect
from console.errors import Forbidden

VERSION = json.dumps({"gitVersion": "v1.36.2"}).encode()


def accepts(*tokens: str) -> Handler:
    """A server that knows these tokens and no other."""

    async def answer(request: web.Request) -> web.Response:
        known = request.headers.get("Authorization") in [f"Bearer {token}" for token in tokens]
        refusal = {"kind": "Status", "code": 401, "message": "Unauthorized"}
        return web.Response(body=VERSION) if known else web.json_response(refusal, status=401)

    return answer


def jwt(end: float) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": int(end)}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


def overwrite(path: str, text: str) -> None:
    Path(path).write_text(text)


async def test_a_login_renewed_in_the_kubeconfig_is_taken_up(tmp_path: Path) -> None:
    """A token in the file itself: once the old one is refused the new one is read and sent."""
    async with wild_server(accepts("one")) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, "token: one"))
        server.script = [accepts("two")]
        with pytest.raises(Forbidden):
            await cluster.version()
        kubeconfig(tmp_path, server.url, "token: two")
        assert await cluster.version() == "v1.36.2"
        await cluster.close()


async def test_a_login_may_change_its_kind(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("two")
    async with wild_server(accepts("one")) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, "token: one"))
        server.script = [accepts("two")]
        kubeconfig(tmp_path, server.url, f"tokenFile: {token}")
        assert await cluster.version() == "v1.36.2"
        await cluster.close()


@pytest.mark.parametrize("text", ["{", "", "clusters: []"])
async def test_a_kubeconfig_that_is_broken_meanwhile_leaves_the_refusal(
    tmp_path: Path, text: str
) -> None:
    async with wild_server(accepts("one")) as server:
        path = kubeconfig(tmp_path, server.url, "token: one")
        cluster = await connect(path)
        server.script = [accepts("two")]
        overwrite(path, text)
        with pytest.raises(Forbidden, match="does not accept these credentials"):
            await cluster.version()
        await cluster.close()


async def test_a_login_of_another_server_is_not_sent_to_this_one(tmp_path: Path) -> None:
    """The file may have been rewritten for another cluster: its token is none of our server's."""
    async with wild_server(accepts("one")) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, "token: one"))
        server.script = [accepts("two")]
        kubeconfig(tmp_path, "http://127.0.0.1:9", "token: two")
        with pytest.raises(Forbidden):
            await cluster.version()
        await cluster.close()
        sent = {request.headers["Authorization"] for request in server.requests}
    assert sent == {"Bearer one"}


async def test_an_expired_login_is_named_as_such_with_its_end(tmp_path: Path) -> None:
    """The server only says Unauthorized; the token itself tells when it ended."""
    refuse = body(b'{"code":401,"message":"Unauthorized"}', 401)
    async with wild_server(refuse) as server:
        with pytest.raises(
            Forbidden, match=r"The login has expired, at 1970-01-01 00:16:40"
        ) as one:
            await connect(kubeconfig(tmp_path, server.url, f"token: {jwt(1000)}"))
        with pytest.raises(Forbidden, match="does not accept these credentials"):
            await connect(kubeconfig(tmp_path, server.url, f"token: {jwt(time.time() + 99)}"))
        with pytest.raises(Forbidden, match="does not accept these credentials"):
            await connect(kubeconfig(tmp_path, server.url, "token: a.b.c"))
    assert "Log in again" in one.value.fix


async def test_a_token_of_a_short_life_is_used_for_most_of_it(tmp_path: Path) -> None:
    """A plug-in is not run for each request, only because its tokens live for half a minute."""
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 30))
    answer = credential(token="one", expirationTimestamp=end)
    user = plugin_user("sh", "-c", f"echo run >> {tmp_path}/runs; echo '{answer}'")
    async with wild_server(accepts("one")) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, user))
        for _ in range(5):
            await cluster.version()
        await cluster.close()
    assert (tmp_path / "runs").read_text().count("run") == 1


async def test_a_certificate_file_written_anew_is_presented(tmp_path: Path) -> None:
    """The same path in the kubeconfig, another certificate behind it: read when one is refused."""
    from console.cluster.credentials import credentials_of
    from console.cluster.kubeconfig import load, resolve

    for name in ("tls.crt", "tls.key"):
        (tmp_path / name).write_text("old")
    path = kubeconfig(
        tmp_path,
        "https://127.0.0.1:9",
        f"{{client-certificate: {tmp_path}/tls.crt, client-key: {tmp_path}/tls.key}}",
    )

    def read() -> object:
        config = load(path, os.environ)
        assert config is not None
        return resolve(config, None, None)

    credentials = credentials_of(read(), read)
    old = await credentials.token()
    assert not await credentials.renew(old)
    (tmp_path / "tls.crt").write_text("new")
    assert await credentials.renew(old)
    assert (await credentials.token()).certificate == (b"new", b"old")
