"""Which server is trusted, and through which proxy it is reached: as kubectl does it."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fakes.guarded_server import Authority
from fakes.kubectl_twins import ANYWHERE, DIRECT, LOGIN, NAME, NAMED, TOKEN, World, with_user
from fakes.sweeps import sweep, sweep_rows

pytestmark = [
    pytest.mark.kubectl,
    # The kubernetes package reads its clock in a way that Python 3.12 warns of.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning"),
]

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
