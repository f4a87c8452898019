"""Which cluster, as whom; what the errors say; and that no secret shows."""

from __future__ import annotations

import base64
import json
import logging
import os
import stat
import sys
from pathlib import Path

import pytest
from fakes.wild_server import body, credential, kubeconfig, pieces, plugin_user, wild_server

from console.cluster.connecting import connect
from console.cluster.credentials import Credentials, credentials_of
from console.cluster.naming import access
from console.cluster.service_account import in_cluster
from console.cluster.tokens import Token
from console.errors import ClusterUnreachable, Forbidden, InvalidInput

# The kubernetes package reads its clock in a way that Python 3.12 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning")

VERSION = json.dumps({"gitVersion": "v1.36.2"}).encode()


def write(path: Path, server: str, name: str) -> Path:
    path.write_text(
        json.dumps(
            {
                "clusters": [{"name": name, "cluster": {"server": server}}],
                "users": [{"name": name, "user": {"token": f"secret-{name}"}}],
                "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
                "current-context": name,
            }
        )
    )
    return path


def test_without_any_kubeconfig_the_embedded_cluster_is_offered() -> None:
    """Unreachable, with the command that works on any machine."""
    with pytest.raises(ClusterUnreachable) as caught:
        access(environ={})
    assert caught.value.fix.startswith("Check --kubeconfig and KUBECONFIG, or ")
    assert "carla-console --local" in caught.value.fix


def test_kubeconfig_lists_are_merged_and_the_first_wins(tmp_path: Path) -> None:
    """As kubectl: missing files are passed over, the first current context counts."""
    one, two = (
        write(tmp_path / "one", "http://one", "one"),
        write(tmp_path / "two", "http://two", "two"),
    )
    environ = {"KUBECONFIG": os.pathsep.join([str(tmp_path / "none"), str(one), str(two)])}
    assert access(environ=environ).server == "http://one"
    assert access(context="two", environ=environ).server == "http://two"
    assert access(kubeconfig=str(two), environ=environ).context == "two"
    assert access(namespace="x", environ=environ).namespace == "x"
    assert access(environ=environ).namespace == "default"


def test_a_mistyped_context_names_the_nearest(tmp_path: Path) -> None:
    """Exit code 2, nothing is contacted."""
    path = write(tmp_path / "config", "http://x", "production")
    with pytest.raises(InvalidInput, match="no context named 'prodction'") as caught:
        access(kubeconfig=str(path), context="prodction")
    assert "production" in caught.value.why


@pytest.mark.parametrize("text", ["", "[]", "clusters: [{}]", "a: [", "\x00"])
def test_a_broken_kubeconfig_is_named(tmp_path: Path, text: str) -> None:
    """Whatever is in the file: our error with the file's path or its fault."""
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(InvalidInput, match="kubeconfig"):
        access(kubeconfig=str(path))


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    """--kubeconfig does not fall back to another cluster."""
    with pytest.raises(InvalidInput, match="no kubeconfig file"):
        access(kubeconfig=str(tmp_path / "none"), environ={"KUBECONFIG": "/etc/hosts"})


def test_inside_a_pod_the_service_account_is_used(tmp_path: Path) -> None:
    """Only where the token is there."""
    (tmp_path / "token").write_text("t")
    (tmp_path / "namespace").write_text("races\n")
    environ = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    inside = in_cluster(None, environ, tmp_path)
    assert inside is not None
    assert (inside.server, inside.namespace) == ("https://[fd00::1]:443", "races")
    assert in_cluster(None, {}, tmp_path) is None


async def test_no_secret_is_in_a_repr_a_log_or_an_error(tmp_path: Path, caplog) -> None:
    """Token, password and certificate stay inside, also when the server refuses them."""
    caplog.set_level(logging.DEBUG)
    refuse = body(b'{"code":401,"message":"no"}', 401)
    async with wild_server(refuse) as server:
        config = kubeconfig(tmp_path, server.url, "token: TOPSECRET")
        with pytest.raises(Forbidden) as caught:
            await connect(config)
        chosen = access(config)
    credentials = credentials_of(chosen)
    token = await credentials.token()
    shown = [repr(chosen), repr(credentials), repr(token), str(caught.value), caplog.text]
    shown += [repr(vars(cell)) for cell in (Credentials(lambda: None, renewable=True),)]
    assert token.header == "Bearer TOPSECRET"
    assert not any("TOPSECRET" in text for text in shown)


async def test_a_plug_in_gives_tokens_without_a_terminal(tmp_path: Path) -> None:
    """It runs with standard input closed; an expiring token is fetched anew before its end."""
    plugin = tmp_path / "plugin"
    answer = credential(token="TOKEN", expirationTimestamp="2020-01-01T00:00:00Z")
    plugin.write_text(
        "#!/bin/sh\nif read line; then exit 9; fi\n"
        f"echo x >> {tmp_path}/calls\n"
        f"echo '{answer}' | sed s/TOKEN/t$(wc -l < {tmp_path}/calls | tr -d ' ')/\n"
    )
    plugin.chmod(plugin.stat().st_mode | stat.S_IXUSR)
    user = plugin_user(str(plugin))
    async with wild_server(body(VERSION)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, user))
        assert await cluster.version() == "v1.36.2"
        await cluster.close()
        sent = [request.headers["Authorization"] for request in server.requests]
    assert sent == ["Bearer t1", "Bearer t2"]


async def test_who_only_notes_the_version_asks_no_second_time(tmp_path: Path) -> None:
    """A recorder that begins to follow a hundred submissions notes it a hundred times."""
    async with wild_server(body(VERSION)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, ""))
        told = {await cluster.version(lately=True) for _ in range(100)}
        await cluster.close()
        assert (told, len(server.requests)) == ({"v1.36.2"}, 1)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "It ended with 3"),
        ("echo no", "no ExecCredential"),
        (f"echo '{credential()}'", "neither token"),
        ('echo \'{"status": {"token": "x"}}\'', "no ExecCredential of client.auth"),
    ],
)
async def test_a_failing_plug_in_says_how(tmp_path: Path, script: str, why: str) -> None:
    """Forbidden, with the plug-in's name and its last words."""
    user = plugin_user("sh", "-c", script)
    with pytest.raises(Forbidden, match="plug-in sh") as caught:
        await connect(kubeconfig(tmp_path, "http://127.0.0.1:9", user))
    assert why in caught.value.why


async def test_an_oidc_user_is_left_to_the_official_client(tmp_path: Path) -> None:
    """A legacy auth-provider with a token that is still good."""
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 4102444800}).encode()).decode()
    token = f"e30.{claims}.c2ln"
    config = f"{{id-token: {token}, client-id: us, idp-issuer-url: 'https://issuer.example'}}"
    user = f"auth-provider: {{name: oidc, config: {config}}}"
    async with wild_server(body(VERSION)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, user))
        await cluster.close()
        assert server.requests[0].headers["Authorization"] == f"Bearer {token}"


async def test_an_oidc_user_without_the_official_client_is_told_which_extra_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes.aio.client", None)
    config = "{client-id: us, idp-issuer-url: 'https://issuer.example'}"
    async with wild_server(body(VERSION)) as server:
        with pytest.raises(Forbidden, match="extra cloud-logins") as caught:
            await connect(
                kubeconfig(tmp_path, server.url, f"auth-provider: {{name: oidc, config: {config}}}")
            )
    assert caught.value.fix == "pip install 'carla-leaderboard-console[cloud-logins]'"
    assert not server.requests


async def test_no_answer_is_unreachable_and_offers_the_embedded_cluster(tmp_path: Path) -> None:
    """Exit code 3 after a few quick tries."""
    async with wild_server(body(VERSION)) as server:
        url = server.url
    with pytest.raises(ClusterUnreachable) as caught:
        await connect(kubeconfig(tmp_path, url))
    assert "carla-console --local" in caught.value.fix


async def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    """429 with Retry-After and 503 are waited for; the third answer counts."""
    busy = body(b"", 429, **{"Retry-After": "0"})
    async with wild_server(busy, body(b"", 503), body(VERSION)) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url))
        await cluster.close()
        assert len(server.requests) == 3


def test_a_token_shows_nothing() -> None:
    """Not even its length."""
    assert repr(Token("Bearer x")) == "<Token>"


async def test_a_silent_server_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command ends after the time of one answer, not of four."""
    monkeypatch.setattr("console.cluster.transport.ANSWER_SECONDS", 0.5)
    async with wild_server(pieces(hold=True)) as server:
        with pytest.raises(ClusterUnreachable):
            await connect(kubeconfig(tmp_path, server.url))
        assert len(server.requests) == 1
