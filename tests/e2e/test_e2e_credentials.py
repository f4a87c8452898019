"""Logins that end while a submission is followed: renewed by themselves, or by a person."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cluster import tokens
from tests.e2e.cluster.api import Api, Refused
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.harness import (
    ACCOUNT,
    NAMESPACE,
    ROOT,
    Console,
    each_line_once,
    launching,
    recorded_lines,
    until,
    wait_for,
    wait_for_routes,
)
from tests.e2e.wiretap import Wiretap

pytestmark = pytest.mark.machine

ACCOUNTS = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"
REFUSED = 401
FORBIDDEN = 4
LIFE = 5
"""Seconds; the server accepts a token that it has seen for up to ten more."""
EXPIRIES = 3
AT_ONCE, A_SECOND = 120, 2
"""Requests of a console that does not spin: three watches and ten logs, each with growing pauses."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes tokens of the console's account, and knows whether the server still accepts one."""

    cluster: RealCluster
    uid: str

    @property
    def plug_in(self) -> dict[str, Any]:
        key = str(self.cluster.settings.pki / "accounts.key")
        words = [key, NAMESPACE, ACCOUNT, self.uid, str(LIFE)]
        return {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": ["-m", "tests.e2e.cluster.tokens", *words],
            "env": [{"name": "PYTHONPATH", "value": str(ROOT)}],
            "interactiveMode": "Never",
        }

    def token(self, seconds: float = LIFE) -> str:
        key = self.cluster.settings.pki / "accounts.key"
        return tokens.short_lived(key, NAMESPACE, ACCOUNT, self.uid, seconds)

    def accepted(self, token: str) -> bool:
        try:
            Api.with_token(self.cluster.admin, token).get("/api")
        except Refused as refused:
            if refused.code != REFUSED:
                raise
            return False
        return True


@pytest.fixture
def issuer(cluster: RealCluster) -> Issuer:
    account = cluster.admin.get(f"{ACCOUNTS}/{ACCOUNT}")
    return Issuer(cluster, account["metadata"]["uid"])


@contextmanager
def on_a_wire(
    console: Console, cluster: RealCluster, folder: Path, user: dict[str, Any]
) -> Iterator[tuple[Wiretap, Console]]:
    """A console of its own that logs in as `user` over a wire that can be cut."""
    with Wiretap(cluster.admin) as wire:
        folder.mkdir()
        other = Console(folder / "state", folder / "kubeconfig")
        log_in(console, other, user, wire.url)
        yield wire, other


def log_in(console: Console, other: Console, user: dict[str, Any], server: str) -> None:
    """As a tool of a cloud does: the kubeconfig is replaced as a whole."""
    document = json.loads(console.kubeconfig.read_text())
    document["clusters"][0]["cluster"] = {"server": server}
    document["users"][0]["user"] = user
    replace_text(other.kubeconfig, json.dumps(document))


def replace_text(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.rename(path)


def refusals(wire: Wiretap) -> int:
    """How many logins the server has refused; a request may meet its end before the wire is cut."""
    return sum(each.status == REFUSED for each in wire.exchanges)


def renewed(file: Path, issuer: Issuer) -> bool:
    """On a busy machine the console may start when the first token has expired."""
    replace_text(file, issuer.token())
    return True


def drives(console: Console, name: str) -> bool:
    shown = console("status", name, "-o", "json")
    return shown.returncode == 0 and bool(json.loads(shown.stdout)["routes"]["done"])


def live_again(narration: Callable[[], str]) -> bool:
    text = narration()
    return text.rfind("connected\n") > text.rfind("not live")


@pytest.mark.parametrize("kind", ["plug-in", "token file"])
def test_a_submission_is_followed_through_many_expired_tokens(
    console: Console, cluster: RealCluster, issuer: Issuer, tmp_path: Path, kind: str
) -> None:
    """Each token lives for seconds and does not say so. Whenever the connections break the server
    refuses the old one, a new one is got, and no line is lost or doubled."""
    file = tmp_path / "token"
    file.write_text(issuer.token())
    user = {"exec": issuer.plug_in} if kind == "plug-in" else {"tokenFile": str(file)}
    with on_a_wire(console, cluster, tmp_path / "own", user) as (wire, own):
        with own.running(*launching("renewed", "steady"), "--wait") as launched:
            until(lambda: renewed(file, issuer) and drives(console, "renewed"), "it drives", 240)
            for _ in range(EXPIRIES):
                token, before = wire.exchanges[-1].token.removeprefix("Bearer "), refusals(wire)
                until(lambda old=token: not issuer.accepted(old), "the token has expired")
                replace_text(file, issuer.token())
                wire.cut()
                until(lambda old=before: refusals(wire) > old, "an old token is refused")

                def live(narration: Callable[[], str] = launched.narration) -> bool:
                    replace_text(file, issuer.token())
                    return live_again(narration)

                until(live, "the console is live again")
            replace_text(file, issuer.token(3600))
            code, shown = launched.result(300)
        assert code == 0, launched.narration()
        assert "FINAL" in shown
        assert len({each.token for each in wire.exchanges}) > EXPIRIES
        each_line_once(own, cluster, "renewed")


def test_a_login_that_expires_is_named_and_taken_up_again_once_renewed(
    console: Console, cluster: RealCluster, issuer: Issuer, tmp_path: Path
) -> None:
    """A fixed token ends while the submission runs. The console says that the login has expired and
    what to do, shows its state as old, keeps what it has and does not spin. When the kubeconfig
    holds a new token it goes on by itself, and nothing was lost."""
    token = issuer.token(40)
    with on_a_wire(console, cluster, tmp_path / "own", {"token": token}) as (wire, own):
        with own.running(*launching("fixed", "long"), "--wait") as launched:
            wait_for_routes(console, "fixed", 1)
            until(lambda: not issuer.accepted(token), "the token has expired")
            wire.cut()
            until(lambda: "The login has expired" in launched.narration(), "it is named")
            assert "Log in again" in launched.narration()
            asked, began = len(wire.exchanges), time.monotonic()
            assert recorded_lines(own, "fixed", "agent-1", 0), "what was read is kept"
            refused = own("status", "fixed")
            assert refused.returncode == FORBIDDEN
            assert "The login has expired" in refused.stderr
            assert "Traceback" not in refused.stderr + launched.narration()
            done = wait_for_routes(console, "fixed", 6)["routes"]["done"]
            assert done >= 6
            assert not live_again(launched.narration)
            permitted = AT_ONCE + A_SECOND * (time.monotonic() - began)
            assert len(wire.exchanges) - asked < permitted
            assert {each.status for each in wire.exchanges[asked:]} == {REFUSED}
            log_in(console, own, {"token": issuer.token(3600)}, wire.url)
            until(lambda: live_again(launched.narration), "the new login is used")
            code, shown = launched.result(300)
        assert code == 0, launched.narration()
        assert "FINAL" in shown
        assert wait_for(console, "fixed", lambda s: True, "it is over")["routes"]["done"] == 20
        each_line_once(own, cluster, "fixed")


def test_a_token_that_is_not_accepted_is_named_as_the_cause(
    console: Console, tmp_path: Path
) -> None:
    """401 ends a command with the reason and what to do, without a traceback."""
    kubeconfig = json.loads(console.kubeconfig.read_text())
    kubeconfig["users"][0]["user"]["token"] += "wrong"
    other = tmp_path / "wrong.kubeconfig"
    other.write_text(json.dumps(kubeconfig))
    refused = Console(console.state, other)("list")
    assert refused.returncode == FORBIDDEN
    assert "credentials" in refused.stderr
    assert "Log in again" in refused.stderr
    assert "Traceback" not in refused.stderr
