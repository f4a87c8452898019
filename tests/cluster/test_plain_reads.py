"""Reads without a loop: what is plain is read as usual, and anything else is left to the usual way."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from pathlib import Path

import pytest
from fakes.exact_server import ExactServer, answer, exact_server
from fakes.guarded_server import Authority, GuardedServer, guarded_server
from fakes.wild_server import kubeconfig

from console.cluster import bounds, plain_transport
from console.cluster.bounds import TooMuch
from console.cluster.connecting import connect
from console.cluster.edge import KubernetesCluster
from console.cluster.plain_answers import Unusual
from console.cluster.quick_way import open_plainly
from console.errors import ConsoleError
from console.operations.at_once import run
from console.operations.ports.cluster import LogLines, LogRequest

PODS = ("first", "second")
LOG = LogRequest("races", "pod", "logcopy")
LINES = b"2026-11-22T10:00:00.000000001Z one\n2026-11-22T10:00:01Z two\n"


def page(*names: str, more: str = "") -> bytes:
    items = [{"metadata": {"name": name, "namespace": "races", "uid": name}} for name in names]
    return json.dumps({"metadata": {"continue": more}, "items": items}).encode()


def chunked(body: bytes, *headers: str, end: bytes = b"0\r\n\r\n") -> bytes:
    lines = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers, "", ""]
    half = len(body) // 2
    parts = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in (body[:half], body[half:]))
    return "\r\n".join(lines).encode() + parts + end


def looking(folder: Path, url: str, user: str = "token: tok-1") -> KubernetesCluster:
    return open_plainly(kubeconfig(folder, url, user), None, None, environ={})


def names(cluster: KubernetesCluster) -> tuple[str, ...]:
    try:
        return tuple(pod.name for pod in run(cluster.pods("races", "demo")))
    finally:
        run(cluster.close())


def asked_of(server: ExactServer, folder: Path) -> tuple[str, ...]:
    return names(looking(folder, server.url))


BODY = page(*PODS)


@pytest.mark.parametrize(
    "told",
    [
        answer(BODY),
        chunked(BODY),
        answer(gzip.compress(BODY), "Content-Encoding: gzip"),
        chunked(gzip.compress(BODY), "content-encoding:gzip", "X-Other: 1", "X-Other: 2"),
    ],
    ids=["length", "chunks", "gzip", "gzip in chunks"],
)
def test_a_list_is_read_in_each_plain_form(tmp_path: Path, told: bytes) -> None:
    with exact_server(told) as server:
        assert asked_of(server, tmp_path) == PODS


def test_a_request_says_who_asks_as_the_usual_one_does(tmp_path: Path) -> None:
    user = '{token: tok-1, as: ci, as-groups: [dev, "[x y]"]}'
    with exact_server(answer(BODY)) as server:
        names(looking(tmp_path, server.url + "/k8s/clusters/c-1", user))
    head, *headers, _, _ = server.requests[0].decode().split("\r\n")
    selector = "labelSelector=job-name%3Ddemo"
    path = "/k8s/clusters/c-1/api/v1/namespaces/races/pods"
    assert head == f"GET {path}?{selector}&limit=500 HTTP/1.1"
    assert sorted(headers) == [
        "Accept-Encoding: gzip",
        "Accept: application/json",
        "Authorization: Bearer tok-1",
        f"Host: {server.url.removeprefix('http://')}",
        "Impersonate-Group: [x y]",
        "Impersonate-Group: dev",
        "Impersonate-User: ci",
        "User-Agent: carla-console",
    ]


def test_where_compression_is_off_none_is_asked_for(tmp_path: Path) -> None:
    with exact_server(answer(BODY)) as server:
        path = Path(kubeconfig(tmp_path, server.url))
        path.write_text(path.read_text().replace("server:", "disable-compression: true, server:"))
        names(open_plainly(str(path), None, None, environ={}))
    assert b"Accept-Encoding" not in server.requests[0]


def test_pages_come_over_one_connection_until_the_server_ends_it(tmp_path: Path) -> None:
    pages = [page("a", more="2"), page("b", more="3"), page("c")]
    told = [answer(pages[0]), answer(pages[1], "Connection: close"), answer(pages[2])]
    with exact_server(*told) as server:
        assert asked_of(server, tmp_path) == ("a", "b", "c")
        assert [b"continue=2" in each for each in server.requests] == [False, True, False]
        assert server.connections == 2


UNUSUAL = {
    **{f"status {code}": answer(b"{}", status=code) for code in (301, 401, 403, 404, 429, 503)},
    "an older HTTP": answer(BODY).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "something before it": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(BODY),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "two lengths": answer(BODY, f"Content-Length: {len(BODY)}"),
    "a length and chunks": answer(BODY, "Transfer-Encoding: chunked"),
    "no length": b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
    "a length that is none": answer(BODY).replace(b"Length: ", b"Length: +"),
    "a folded header": answer(BODY, "X-Long: one", "  two"),
    "a header without a name": answer(BODY, ": x"),
    "a header without an end": answer(BODY, "X-Long: " + "x" * 20_000),
    "many headers": answer(BODY, *["X-Many: x"] * 200),
    "cut short": answer(BODY)[:-1],
    "a chunk that is none": chunked(BODY).replace(b"\r\n0\r\n", b"\r\nzero\r\n"),
    "trailers": chunked(BODY, end=b"0\r\nX-Sum: 1\r\n\r\n"),
    "another packing": answer(BODY, "Content-Encoding: br"),
    "no packing": answer(BODY, "Content-Encoding: gzip"),
    "packed incompletely": answer(gzip.compress(BODY)[:-9], "Content-Encoding: gzip"),
    "more than was packed": answer(gzip.compress(BODY) + b"x", "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("told", UNUSUAL.values(), ids=UNUSUAL)
def test_anything_else_is_left_to_the_usual_way_and_not_tried_again(
    tmp_path: Path, told: bytes
) -> None:
    with exact_server(*([told] if told else [])) as server:
        with pytest.raises(Unusual):
            asked_of(server, tmp_path)
        assert len(server.requests) == 1


def test_an_answer_that_comes_byte_by_byte_has_no_more_time_than_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(plain_transport.time, "monotonic", lambda: now[0])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reads = plain_transport.TimedReads(ours)
        reads.until = 130.0
        theirs.sendall(b"H")
        assert reads.read(1) == b"H"
        theirs.sendall(b"T")
        now[0] = 131.0
        with pytest.raises(TimeoutError, match="slow"):
            reads.read(1)


def test_a_server_that_is_silent_or_not_there_is_left_to_the_usual_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_transport, "SILENT_SECONDS", 0.05)
    with exact_server(hold=True) as server, pytest.raises(Unusual, match="timed out"):
        asked_of(server, tmp_path)
    with pytest.raises(Unusual, match="refused"):
        asked_of(server, tmp_path)


def test_an_answer_that_takes_too_long_as_a_whole_is_left_to_the_usual_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_transport, "WHOLE_SECONDS", -1.0)
    with exact_server(answer(BODY)) as server, pytest.raises(Unusual, match="slow"):
        asked_of(server, tmp_path)


def test_no_more_is_unpacked_than_is_taken_of_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked once more for a small page, as usual, and then refused in the same words."""
    monkeypatch.setattr(bounds, "ANSWER_BYTES", bounds.MIB)
    bomb = answer(gzip.compress(bytes(8 * bounds.MIB)), "Content-Encoding: gzip")
    with exact_server(bomb, bomb) as server, pytest.raises(TooMuch, match="more than"):
        asked_of(server, tmp_path)
    assert b"limit=50 " in server.requests[1]


@pytest.mark.parametrize(
    ("user", "environ"),
    [
        ("{exec: {apiVersion: client.authentication.k8s.io/v1, command: x}}", {}),
        ("{auth-provider: {name: oidc}}", {}),
        ("token: tok-1", {"HTTPS_PROXY": "http://proxy.example.com:3128"}),
    ],
    ids=["plug-in", "provider", "proxy"],
)
def test_what_a_program_or_a_proxy_gives_is_left_to_the_usual_way(
    tmp_path: Path, user: str, environ: dict[str, str]
) -> None:
    path = kubeconfig(tmp_path, "https://api.example.com", user.replace("command: x", PLUGIN))
    with pytest.raises(Unusual):
        open_plainly(path, None, None, environ=environ)


PLUGIN = "command: login, interactiveMode: Never"


async def lines_of(cluster: KubernetesCluster) -> bytes:
    return b"".join([each.data async for each in cluster.log(LOG) if isinstance(each, LogLines)])


@pytest.mark.parametrize("told", [answer(LINES), chunked(LINES)], ids=["length", "chunks"])
def test_a_log_is_read_whole(tmp_path: Path, told: bytes) -> None:
    with exact_server(told) as server:
        cluster = looking(tmp_path, server.url)
        assert run(lines_of(cluster)) == LINES
        run(cluster.close())


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_log_that_is_refused_for_good_is_refused_in_the_usual_words(
    tmp_path: Path, status: int
) -> None:
    said = answer(b'{"kind":"Status","message":"is waiting to start \\u001b[31m"}', status=status)
    errors = []
    with exact_server(said, said) as server:
        usual = await connect(kubeconfig(tmp_path, server.url), environ={}, probe=False)
        for cluster in (looking(tmp_path, server.url), usual):
            with pytest.raises(ConsoleError) as caught:
                await lines_of(cluster)
            errors.append((type(caught.value), caught.value.what, caught.value.why))
            await cluster.close()
    assert errors[0] == errors[1]


async def test_over_tls_it_proves_itself_and_believes_nobody_else(tmp_path: Path) -> None:
    authority = Authority()
    pair = authority.issue("alice").write(tmp_path, "alice")
    user = f"{{client-certificate: {pair[0]}, client-key: {pair[1]}}}"
    async with guarded_server(authority) as server:
        known = open_plainly(_trusting(tmp_path, server, authority, user), None, None, environ={})
        assert await asyncio.to_thread(run, known.version()) == "v1.36.2"
        await known.close()
        with pytest.raises(Unusual, match="certificate"):
            await asyncio.to_thread(run, looking(tmp_path, server.url, user).version())
        assert [(each.certificate, each.server_name) for each in server.visits] == [("alice", None)]


def _trusting(folder: Path, server: GuardedServer, authority: Authority, user: str) -> str:
    (folder / "ca.crt").write_bytes(authority.pem)
    path = Path(kubeconfig(folder, server.url, user))
    path.write_text(path.read_text().replace("server:", "certificate-authority: ca.crt, server:"))
    return str(path)
