"""One kubeconfig, two programs: the console goes where kubectl goes, as whom kubectl goes.

Where the console cannot, it refuses by name. A real HTTPS server and real proxies see who came.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fakes.guarded_server import Authority, Certificate
from fakes.kubectl_twins import KUBECTL, LOGIN, NAME, World, world
from fakes.sweeps import sweep, sweep_rows

pytestmark = [
    pytest.mark.kubectl,
    # The kubernetes package reads its clock in a way that Python 3.12 warns of.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning"),
]

V1 = "client.authentication.k8s.io/v1"
BETA = "client.authentication.k8s.io/v1beta1"
TOKEN = {"token": "tok"}
DIRECT = {"server": "<url>", "certificate-authority": "ca.crt"}
NAMED = {"server": f"https://{NAME}:<port>", "certificate-authority": "ca.crt"}
ANYWHERE = {"server": "https://0.0.0.0:<port>", "certificate-authority": "ca.crt"}


@pytest.fixture(scope="module")
def made() -> tuple[Authority, dict[str, Certificate]]:
    authority = Authority()
    clients = {name: authority.issue(name) for name in ("alice", "bob")}
    return authority, {**clients, "sealed": authority.issue("sealed", password=b"secret")}


@pytest.fixture
async def here(
    tmp_path: Path, made: tuple[Authority, dict[str, Certificate]]
) -> AsyncIterator[World]:
    if KUBECTL is None:
        pytest.skip("there is no kubectl on the PATH")
    async with world(tmp_path, *made) as found:
        yield found


async def same(here: World, environ: dict[str, str], *, reached: bool | None = None) -> str:
    """Both did the same; what the console said."""
    filled = here.environ(environ)
    theirs, ours = await here.kubectl(filled), await here.console(filled)
    assert (ours.reached, ours) == (theirs.reached, theirs), (theirs.failed, ours.failed)
    assert reached is None or ours.reached is reached, ours.failed
    return ours.failed


async def with_user(here: World, user: Any, cluster: Any = None, **environ: str) -> str:
    path = here.kubeconfig(user, cluster)
    return await same(here, {"KUBECONFIG": str(path), **environ})


def plugin(here: World, status: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A plug-in that prints this status, and keeps what it was told in a file."""
    answer = {"apiVersion": V1, "kind": "ExecCredential", "status": status or {"token": "plugged"}}
    answer |= more.pop("answer", {})
    (here.folder / "answer.json").write_text(json.dumps(answer))
    script = 'echo "$KUBERNETES_EXEC_INFO" > told.json; echo "$EXTRA" > extra; cat answer.json'
    usual = {
        "apiVersion": V1,
        "command": "sh",
        "args": ["-c", f"cd {here.folder}; {script}"],
        "interactiveMode": "Never",
    }
    return {"exec": {key: value for key, value in {**usual, **more}.items() if value is not None}}


GOOD = {
    "token": TOKEN,
    "certificate": {"client-certificate": "alice.crt", "client-key": "alice.key"},
    "certificate beside a token": {
        "token": "tok",
        "client-certificate": "alice.crt",
        "client-key": "alice.key",
    },
    "token file": {"tokenFile": "token"},
    "token file before token": {"token": "tok", "tokenFile": "token"},
    "token where its file is missing": {"token": "tok", "tokenFile": "none"},
    "token where its file is empty": {"token": "tok", "tokenFile": "empty"},
    "basic": {"username": "me", "password": "pä:ss"},
    "basic without password": {"username": "me"},
    "basic beside a certificate": {
        "username": "me",
        "password": "x",
        "client-certificate": "alice.crt",
        "client-key": "alice.key",
    },
    "a key alone": {"token": "tok", "client-key": "alice.key"},
    "as": {"token": "tok", "as": "admin-view"},
    "as with everything": {
        "token": "tok",
        "as": "system:serviceaccount:ci:robot",
        "as-uid": "u-1",
        "as-groups": ["dev", "ops", "dev"],
        "as-user-extra": {"scopes/x%": ["one", "two"], "Reason": ["ünïcode"]},
    },
    "as with a certificate": {
        "client-certificate": "alice.crt",
        "client-key": "alice.key",
        "as": "admin-view",
    },
    "unknown fields": {"token": "tok", "Token": 5, "as_groups": "x"},
    "null fields": {"token": "tok", "exec": None, "as-groups": None},
    "extensions": {"token": "tok", "extensions": [{"name": "x", "extension": {"a": None}}]},
}


@pytest.mark.parametrize(
    "name", sweep(GOOD, "certificate", "token file", "basic", "as with everything")
)
async def test_as_whom(here: World, name: str) -> None:
    (here.folder / "token").write_text("from-file\n")
    (here.folder / "empty").write_text("\n")
    assert not await with_user(here, GOOD[name])


BAD = {
    "nobody": ({}, "no credentials"),
    "password alone": ({"password": "x"}, "password"),
    "token and basic": ({"token": "tok", "username": "me"}, "username beside token"),
    "token file and basic": ({"tokenFile": "token", "username": "me"}, "beside tokenFile"),
    "token file that is missing": ({"tokenFile": "none"}, "tokenFile of user 'me'"),
    "token file that is empty": ({"tokenFile": "empty"}, "It is empty"),
    "token with a line break": ({"token": "tok\n"}, "token of user 'me'"),
    "token with two lines": ({"token": "a\r\nX-Evil: 1"}, "token of user 'me'"),
    "as with a line break": ({"token": "tok", "as": "a\nb"}, "as of user 'me'"),
    "groups of nobody": ({"token": "tok", "as-groups": ["a"]}, "as-groups of user 'me'"),
    "uid of nobody": ({"token": "tok", "as-uid": "a"}, "as-uid of user 'me'"),
    "extra of nobody": ({"token": "tok", "as-user-extra": {"a": ["b"]}}, "as-user-extra"),
    "certificate without key": ({"client-certificate": "alice.crt"}, "client-certificate of"),
    "certificate twice": (
        {
            "client-certificate": "alice.crt",
            "client-certificate-data": "YWJj",
            "client-key": "alice.key",
        },
        "client-certificate beside",
    ),
    "key twice": (
        {
            "client-certificate": "alice.crt",
            "client-key-data": "YWJj",
            "client-key": "alice.key",
        },
        "client-key beside",
    ),
    "somebody else's key": (
        {"client-certificate": "alice.crt", "client-key": "bob.key"},
        "do not fit",
    ),
    "encrypted key": (
        {"client-certificate": "sealed.crt", "client-key": "sealed.key"},
        "do not fit",
    ),
    "certificate that is none": (
        {"client-certificate-data": "YWJj", "client-key": "alice.key"},
        "do not fit",
    ),
    "certificate that is missing": (
        {"client-certificate": "none.crt", "client-key": "alice.key"},
        "client-certificate of user 'me'",
    ),
    "a path with a tilde": ({"tokenFile": "~/token"}, "~/token"),
    "provider of old": ({"auth-provider": {"name": "gcp"}}, "auth-provider of user 'me'"),
    "provider without client": (
        {"auth-provider": {"name": "oidc", "config": {"idp-issuer-url": "https://127.0.0.1:9"}}},
        "client-id",
    ),
}


@pytest.mark.parametrize("name", sweep(BAD, "nobody", "token file that is missing", "key twice"))
async def test_what_kubectl_refuses_is_refused_by_name(here: World, name: str) -> None:
    (here.folder / "token").write_text("from-file\n")
    (here.folder / "empty").write_text("\n")
    user, words = BAD[name]
    said = await with_user(here, user)
    assert words in said
    assert str(here.folder) in said


async def test_an_oidc_token_that_is_still_good(here: World) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 4102444800}).encode()).decode().rstrip("=")
    config = {
        "id-token": f"e30.{claims}.c2ln",
        "client-id": "us",
        "idp-issuer-url": "https://127.0.0.1:9",
    }
    assert not await with_user(here, {"auth-provider": {"name": "oidc", "config": config}})


PLUGINS: dict[str, dict[str, Any]] = {
    "token": {},
    "of the beta version": {"apiVersion": BETA, "answer": {"apiVersion": BETA}},
    "of the beta version, without mode": {
        "apiVersion": BETA,
        "answer": {"apiVersion": BETA},
        "interactiveMode": None,
    },
    "if a terminal is there": {"interactiveMode": "IfAvailable"},
    "with environment": {"env": [{"name": "EXTRA", "value": "x"}, {"name": "EXTRA", "value": "y"}]},
    "with a variable without value": {"env": [{"name": "EXTRA"}]},
    "with a PATH of its own": {"env": [{"name": "PATH", "value": "/bin:/usr/bin"}]},
    "that has expired": {"status": {"token": "t", "expirationTimestamp": "2001-01-01T00:00:00Z"}},
    "for ever": {"status": {"token": "t", "expirationTimestamp": "0001-01-01T00:00:00Z"}},
    "with a zone": {"status": {"token": "t", "expirationTimestamp": "2091-01-01T00:00:00.5+02:00"}},
    "with a null end": {"status": {"token": "t", "expirationTimestamp": None}},
    "with more fields": {"status": {"token": "t", "more": 1}},
    "told about the cluster": {"provideClusterInfo": True},
    "that names no kind": {"answer": {"kind": None}},
    "that gives nulls": {"status": {"token": "t", "clientKeyData": None}},
}


@pytest.mark.parametrize("name", sweep(PLUGINS, "with environment", "that has expired"))
async def test_a_plug_in(here: World, name: str) -> None:
    assert not await with_user(here, plugin(here, **PLUGINS[name]))


BAD_PLUGINS: dict[str, tuple[dict[str, Any], str]] = {
    "without command": ({"command": None}, "exec of user 'me'"),
    "without version": ({"apiVersion": None}, "exec.apiVersion"),
    "of a version that is gone": (
        {"apiVersion": "client.authentication.k8s.io/v1alpha1"},
        "exec.apiVersion",
    ),
    "without mode": ({"interactiveMode": None}, "exec.interactiveMode"),
    "of another mode": ({"interactiveMode": "Sometimes"}, "exec.interactiveMode"),
    "that wants a terminal": ({"interactiveMode": "Always"}, "exec.interactiveMode"),
    "with a variable without name": ({"env": [{"value": "x"}]}, "exec.env"),
    "that is not there": ({"command": "no-such-plug-in"}, "no-such-plug-in"),
    "that is not there either": ({"command": "./no-such-plug-in"}, "no-such-plug-in"),
    "that fails": ({"args": ["-c", "echo why >&2; exit 3"]}, "It ended with 3: why. exec of"),
    "that says nothing": ({"args": ["-c", "true"]}, "no ExecCredential"),
    "that speaks another version": ({"answer": {"apiVersion": BETA}}, "no ExecCredential"),
    "that names another kind": ({"answer": {"kind": "Pod"}}, "no ExecCredential"),
    "that names no version": ({"answer": {"apiVersion": None}}, "no ExecCredential"),
    "without status": ({"answer": {"status": None}}, "without status"),
    "with text as status": ({"answer": {"status": "x"}}, "status"),
    "without anything": ({"answer": {"status": {}}}, "neither token nor certificate"),
    "with half a pair": ({"status": {"clientCertificateData": "x"}}, "only one of"),
    "with a pair that is none": (
        {"status": {"clientCertificateData": "x", "clientKeyData": "y"}},
        "do not fit",
    ),
    "with a number as token": ({"status": {"token": 5}}, "status.token"),
    "with a line break in the token": ({"status": {"token": "a\nb"}}, "line break"),
    "with an end without zone": (
        {"status": {"token": "t", "expirationTimestamp": "2091-01-01T00:00:00"}},
        "expirationTimestamp",
    ),
    "with a number as end": (
        {"status": {"token": "t", "expirationTimestamp": 4102444800}},
        "expirationTimestamp",
    ),
    "with a word as end": (
        {"status": {"token": "t", "expirationTimestamp": "tomorrow"}},
        "expirationTimestamp",
    ),
    "with a date as end": (
        {"status": {"token": "t", "expirationTimestamp": "2091-01-01"}},
        "expirationTimestamp",
    ),
    "with a month too many": (
        {"status": {"token": "t", "expirationTimestamp": "2091-13-01T00:00:00Z"}},
        "expirationTimestamp",
    ),
}


@pytest.mark.parametrize(
    "name", sweep(BAD_PLUGINS, "without command", "that fails", "with half a pair")
)
async def test_a_plug_in_that_cannot_be_used(here: World, name: str) -> None:
    pieces, words = BAD_PLUGINS[name]
    assert words in await with_user(here, plugin(here, **pieces))


async def test_a_plug_in_is_told_the_same(here: World) -> None:
    """KUBERNETES_EXEC_INFO, with the cluster's own settings for plug-ins."""
    settings = {"audience": "abc", "nothing": None, "list": [1, {"a": True}]}
    cluster = {
        **DIRECT,
        "tls-server-name": "localhost",
        "disable-compression": True,
        "proxy-url": "http://<http>",
        "extensions": [
            {"name": "other", "extension": {"x": 1}},
            {"name": "client.authentication.k8s.io/exec", "extension": settings},
        ],
    }
    for entry in (cluster, DIRECT, {"server": "<url>", "insecure-skip-tls-verify": True}):
        path = here.kubeconfig(plugin(here, provideClusterInfo=True), entry)
        told = []
        for run in (here.kubectl, here.console):
            assert (await run(here.environ({"KUBECONFIG": str(path)}))).reached
            told.append(json.loads((here.folder / "told.json").read_text()))
        assert told[0] == told[1]


@pytest.mark.parametrize(
    "more",
    [
        {"token": "tok"},
        {"username": "me"},
        {"client-certificate": "alice.crt", "client-key": "alice.key"},
    ],
)
async def test_a_plug_in_comes_after_every_other_way(here: World, more: dict[str, str]) -> None:
    assert not await with_user(here, {**plugin(here), **more})
    assert not (here.folder / "told.json").exists()


async def test_a_plug_in_beside_the_file_that_names_it(here: World) -> None:
    """Also where the kubeconfig is a link to elsewhere: the link's own folder counts."""
    script = f"#!/bin/sh\ncat {here.folder}/answer.json\n"
    (here.folder / "plug").write_text(script)
    (here.folder / "plug").chmod(0o700)
    user = plugin(here, command="./plug", args=None)
    (here.folder / "elsewhere").mkdir()
    here.kubeconfig(user, name="elsewhere/real")
    (here.folder / "link").symlink_to("elsewhere/real")
    await same(here, {"KUBECONFIG": "<folder>/link"}, reached=True)
    await same(here, {"KUBECONFIG": "<folder>/elsewhere/real"}, reached=False)


CLUSTERS: dict[str, tuple[dict[str, Any], str]] = {
    "authority as file": (DIRECT, ""),
    "authority as data": ({"server": "<url>", "certificate-authority-data": "<ca>"}, ""),
    "a bundle with words around": ({"server": "<url>", "certificate-authority": "bundle"}, ""),
    "no authority": ({"server": "<url>"}, "cannot be reached"),
    "unchecked": ({"server": "<url>", "insecure-skip-tls-verify": True}, ""),
    "unchecked with authority": ({**DIRECT, "insecure-skip-tls-verify": True}, "contradicts"),
    "authority twice": ({**DIRECT, "certificate-authority-data": "<ca>"}, "beside"),
    "another authority": ({"server": "<url>", "certificate-authority": "other"}, "cannot be"),
    "authority that is none": (
        {"server": "<url>", "certificate-authority-data": "YWJj"},
        "is no certificate",
    ),
    "authority that is missing": (
        {"server": "<url>", "certificate-authority": "none"},
        "certificate-authority of cluster 'there'",
    ),
    "a name that is right": ({**DIRECT, "tls-server-name": "localhost"}, ""),
    "a name that is wrong": ({**DIRECT, "tls-server-name": "kubernetes"}, "cannot be reached"),
    "an address as name": ({**DIRECT, "tls-server-name": "0.0.0.0"}, ""),
    "an unchecked name": (
        {"server": "<url>", "insecure-skip-tls-verify": True, "tls-server-name": "kubernetes"},
        "",
    ),
    "a slash at the end": ({**DIRECT, "server": "<url>/"}, ""),
    "big letters": ({**DIRECT, "server": "HTTPS://127.0.0.1:<port>"}, ""),
    "a path": ({**DIRECT, "server": "<url>/clusters/c-1/"}, ""),
    "a name": ({**DIRECT, "server": "https://localhost:<port>"}, ""),
    "no scheme": ({**DIRECT, "server": "127.0.0.1:<port>"}, "server of cluster 'there'"),
    "another scheme": ({**DIRECT, "server": "ftp://127.0.0.1:<port>"}, "server of cluster"),
    "no server": ({"certificate-authority": "ca.crt"}, "no server address"),
    "no compression": ({**DIRECT, "disable-compression": True}, ""),
}


@pytest.mark.parametrize(
    "name",
    sweep(CLUSTERS, "authority as data", "unchecked", "another authority", "a name that is wrong"),
)
async def test_which_server_is_trusted(here: World, name: str) -> None:
    authority = (here.folder / "ca.crt").read_bytes()
    here.words["ca"] = base64.b64encode(authority).decode()
    around = "Die Stammzertifikate für uns:\n".encode()
    (here.folder / "bundle").write_bytes(around + Authority().pem + b"\n# ours\n" + authority)
    (here.folder / "other").write_bytes(Authority().pem)
    cluster, words = CLUSTERS[name]
    said = await with_user(here, TOKEN, cluster)
    assert words in said
    assert bool(words) == bool(said)


PROXIES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "http": ({**NAMED, "proxy-url": "http://<http>"}, {}, ""),
    "http to an address": ({**DIRECT, "proxy-url": "http://<http>"}, {}, ""),
    "http with login": ({**NAMED, "proxy-url": "http://user:pass%3Aw%C3%B6rd@<login>"}, {}, ""),
    "http without its login": ({**NAMED, "proxy-url": "http://<login>"}, {}, "proxy http://127"),
    "https": ({**NAMED, "proxy-url": "https://<https>"}, {}, ""),
    "socks5": ({**NAMED, "proxy-url": "socks5://<socks>"}, {}, ""),
    "socks5 to an address": ({**DIRECT, "proxy-url": "socks5://<socks>"}, {}, ""),
    "socks5 with login": (
        {**NAMED, "proxy-url": "socks5://user:pass%3Aw%C3%B6rd@<sockslogin>"},
        {},
        "",
    ),
    "socks5 without its login": (
        {**NAMED, "proxy-url": "socks5://user:wrong@<sockslogin>"},
        {},
        "does not accept",
    ),
    "with the name to check": (
        {**NAMED, "proxy-url": "socks5://<socks>", "tls-server-name": "localhost"},
        {},
        "",
    ),
    "http with the name to check": (
        {**NAMED, "proxy-url": "http://<http>", "tls-server-name": "localhost"},
        {},
        "",
    ),
    "with a wrong name to check": (
        {**NAMED, "proxy-url": "socks5://<socks>", "tls-server-name": "other"},
        {},
        "cannot be reached",
    ),
    "http that speaks socks": ({**NAMED, "proxy-url": "http://<socks>"}, {}, "proxy http://127"),
    "nobody there": ({**NAMED, "proxy-url": "http://127.0.0.1:9"}, {}, "proxy http://127.0.0.1:9"),
    "no socks there": ({**NAMED, "proxy-url": "socks5://127.0.0.1:9"}, {}, "proxy socks5://127"),
    "without scheme": ({**NAMED, "proxy-url": "<http>"}, {}, "proxy-url of cluster 'there'"),
    "a name without scheme": ({**NAMED, "proxy-url": "localhost:80"}, {}, "proxy-url of cluster"),
    "another scheme": ({**NAMED, "proxy-url": "ftp://<http>"}, {}, "proxy-url of cluster"),
    "socks5h": ({**NAMED, "proxy-url": "socks5h://<socks>"}, {}, "proxy-url of cluster"),
    "over the environment's": (
        {**NAMED, "proxy-url": "http://<http>"},
        {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "*"},
        "",
    ),
    "HTTPS_PROXY": (NAMED, {"HTTPS_PROXY": "http://<http>"}, ""),
    "https_proxy": (NAMED, {"https_proxy": "http://<http>"}, ""),
    "both twins": (
        NAMED,
        {"HTTPS_PROXY": "http://<http>", "https_proxy": "http://127.0.0.1:9"},
        "",
    ),
    "an empty twin": (NAMED, {"HTTPS_PROXY": "", "https_proxy": "http://<http>"}, ""),
    "HTTPS_PROXY without scheme": (NAMED, {"HTTPS_PROXY": "<http>"}, ""),
    "HTTPS_PROXY by name without scheme": (
        NAMED,
        {"HTTPS_PROXY": "nobody.invalid:80"},
        "proxy http://nobody.invalid:80 (HTTPS_PROXY)",
    ),
    "HTTPS_PROXY with login": (
        NAMED,
        {"HTTPS_PROXY": "user:pass%3Aw%C3%B6rd@<login>"},
        "",
    ),
    "HTTPS_PROXY with socks5": (NAMED, {"HTTPS_PROXY": "socks5://<socks>"}, ""),
    "HTTPS_PROXY with https": (NAMED, {"HTTPS_PROXY": "https://<https>"}, ""),
    "HTTP_PROXY for https": (NAMED, {"HTTP_PROXY": "http://<http>"}, "cannot be reached."),
    "ALL_PROXY": (NAMED, {"ALL_PROXY": "http://<http>"}, "cannot be reached."),
    "this machine": (DIRECT, {"HTTPS_PROXY": "http://<http>"}, ""),
    "this machine by name": (
        {**DIRECT, "server": "https://localhost:<port>"},
        {"HTTPS_PROXY": "http://<http>"},
        "",
    ),
    "an address that is no loopback": (ANYWHERE, {"HTTPS_PROXY": "http://<http>"}, ""),
}


@pytest.mark.parametrize(
    "name", sweep(PROXIES, "http with login", "https", "socks5", "HTTPS_PROXY", "nobody there")
)
async def test_through_which_proxy(here: World, name: str) -> None:
    cluster, environ, words = PROXIES[name]
    said = await with_user(here, TOKEN, cluster, **environ)
    assert words in said
    assert bool(words) == bool(said)
    assert "pass%3A" not in said
    assert LOGIN[1] not in said


NO_PROXY = [
    (ANYWHERE, rule)
    for rule in (
        "0.0.0.0",
        "0.0.0.0:<port>",
        "0.0.0.0:1",
        "0.0.0.0/8",
        "10.0.0.0/8,1.2.3.4",
        " 0.0.0.0/32 ",
        "10.0.0.0/8, 0.0.0.0/8",
        "0.0.0.0/255.0.0.0",
        "::ffff:0.0.0.0",
        "*",
        ".0.0.0",
    )
] + [
    (NAMED, rule)
    for rule in (
        NAME,
        NAME.upper(),
        f".{NAME}",
        f"*.{NAME}",
        f"{NAME}:<port>",
        f"{NAME}:1",
        "invalid",
        ".invalid",
        "*.invalid",
        "luster.invalid",
        "other.invalid, cluster.invalid",
        "other.invalid",
        "*",
        "",
        ":80",
        "0.0.0.0/0",
    )
]


@pytest.mark.parametrize(
    ("cluster", "rule"),
    sweep_rows(NO_PROXY, *NO_PROXY[:2]),
    ids=lambda v: v if type(v) is str else "",
)
async def test_past_which_proxy(here: World, cluster: dict[str, Any], rule: str) -> None:
    await with_user(here, TOKEN, cluster, HTTPS_PROXY="http://<http>", NO_PROXY=rule)
    await with_user(here, TOKEN, cluster, HTTPS_PROXY="http://<http>", no_proxy=rule)


async def test_names_are_found_across_files_and_the_first_one_wins(here: World) -> None:
    """Empty files, files of comments and missing ones are passed over; paths are each file's."""
    (here.folder / "sub").mkdir()
    (here.folder / "empty").write_text("")
    (here.folder / "comment").write_text("# nothing yet\n")
    (here.folder / "sub" / "token").write_text("from-sub")
    here.kubeconfig({}, name="contexts", clusters=[], users=None)
    here.kubeconfig({}, name="clusters", contexts=[], users=[], **{"current-context": "none"})
    here.kubeconfig({"tokenFile": "token"}, name="sub/users", clusters=None, contexts=None)
    here.kubeconfig({"token": "wrong"}, {"server": "https://127.0.0.1:9"}, name="last")
    names = ("empty", "comment", "missing", "", "contexts", "clusters", "sub/users", "last")
    listed = os.pathsep.join(f"<folder>/{name}" if name else "" for name in names)
    await same(here, {"KUBECONFIG": listed}, reached=True)


async def test_a_link_to_a_kubeconfig_has_its_own_folder(here: World) -> None:
    (here.folder / "real").mkdir()
    here.kubeconfig(TOKEN, name="real/config")
    (here.folder / "real" / "ca.crt").write_bytes(Authority().pem)
    (here.folder / "link").symlink_to("real/config")
    await same(here, {"KUBECONFIG": "<folder>/link"}, reached=True)
    await same(here, {"KUBECONFIG": "<folder>/real/config"}, reached=False)


BROKEN = {
    "a list": "[]",
    "a word": "kubeconfig",
    "no YAML": "a: [",
    "a NUL": "a: \0",
    "another kind": "kind: Pod\napiVersion: v1\n",
    "a name twice": "users: [{name: a}, {name: a}]\n",
    "a number as name": "users: [{name: 2024}]\n",
    "a truth value as name": "users: [{name: y}]\n",
    "a power as name": "users: [{name: 1e5}]\n",
    "text as user": "users: [{name: a, user: text}]\n",
    "text as exec": "users: [{name: a, user: {exec: aws eks}}]\n",
    "a list as cluster": "clusters: [{name: a, cluster: []}]\n",
    "a number as server": "clusters: [{name: a, cluster: {server: 6443}}]\n",
    "text as args": "users: [{name: a, user: {exec: {args: text}}}]\n",
    "a mapping as env": "users: [{name: a, user: {exec: {env: {A: b}}}}]\n",
    "a number as value": "users: [{name: a, user: {exec: {env: [{name: A, value: 1}]}}}]\n",
    "text as groups": "users: [{name: a, user: {as: b, as-groups: dev}}]\n",
    "text as extra": "users: [{name: a, user: {as: b, as-user-extra: {a: b}}}]\n",
    "text as truth": 'clusters: [{name: a, cluster: {insecure-skip-tls-verify: "true"}}]\n',
    "no base64": "users: [{name: a, user: {client-key-data: '???'}}]\n",
    "a number as token": "users: [{name: a, user: {token: 12345}}]\n",
    "a mapping as clusters": "clusters: {a: {server: b}}\n",
    "text as contexts": "contexts: text\n",
    "a number as current context": "current-context: 5\n",
    "text as colours": "preferences: {colors: 'yes'}\n",
    "text as extensions": "extensions: text\n",
    "text as provider": "users: [{name: a, user: {auth-provider: oidc}}]\n",
    "a number in a provider": "users: [{name: a, user: {auth-provider: {config: {a: 1}}}}]\n",
}


@pytest.mark.parametrize("name", sweep(BROKEN, "a list", "a NUL", "text as user"))
async def test_a_file_that_kubectl_refuses_is_named(here: World, name: str) -> None:
    """Also where it is another one than the file that holds the context."""
    good, bad = here.kubeconfig(TOKEN), here.folder / "bad"
    bad.write_text(BROKEN[name])
    said = await same(here, {"KUBECONFIG": f"{good}{os.pathsep}{bad}"}, reached=False)
    assert str(bad) in said


async def test_a_folder_is_no_kubeconfig(here: World) -> None:
    good = here.kubeconfig(TOKEN)
    said = await same(here, {"KUBECONFIG": f"{good}{os.pathsep}<folder>"}, reached=False)
    assert f"The kubeconfig {here.folder} cannot be read" in said


NOT_OURS = {
    "a user name in the address": (
        {"server": "https://me:pass@127.0.0.1:<port>", "certificate-authority": "ca.crt"},
        {},
        "server of cluster 'there'",
    ),
    "a proxy of another kind": (NAMED, {"HTTPS_PROXY": "socks4://<socks>"}, "HTTPS_PROXY"),
    "a proxy that is no address": (NAMED, {"HTTPS_PROXY": "http://[bad"}, "HTTPS_PROXY"),
}


@pytest.mark.parametrize("name", NOT_OURS)
async def test_what_the_console_does_otherwise_it_refuses_by_name(here: World, name: str) -> None:
    """kubectl guesses here; the console sends nothing."""
    cluster, environ, words = NOT_OURS[name]
    path = here.kubeconfig(TOKEN, cluster)
    deed = await here.console(here.environ({"KUBECONFIG": str(path), **environ}))
    assert words in deed.failed
    assert "pass@" not in deed.failed
    assert not deed.visits
    assert not deed.tunnels
