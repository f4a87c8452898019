"""As whom every request goes, that it is shown, and that nothing changes it silently."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from fakes.wild_server import WildServer, kubeconfig, wild_server

from console.cluster.connecting import connect
from console.cluster.credentials import credentials_of
from console.cluster.edge import KubernetesCluster
from console.cluster.naming import access
from console.cluster.proxies import proxy_for
from console.cluster.service_account import in_cluster
from console.errors import ConsoleError, Forbidden
from console.operations.ports.cluster import Kind, LogRequest, Propagation

ACTING = '{token: tok, as: admin-view, as-groups: [dev, ops], as-uid: "7", as-user-extra: {a: [b]}}'
SENT = [
    ("Impersonate-User", "admin-view"),
    ("Impersonate-Uid", "7"),
    ("Impersonate-Group", "dev"),
    ("Impersonate-Group", "ops"),
    ("Impersonate-Extra-a", "b"),
]


async def anything(request: web.Request) -> web.Response:
    page = {"metadata": {"name": "x", "resourceVersion": "1"}, "items": [], "gitVersion": "v1"}
    return web.json_response(page)


async def refuse(_: web.Request) -> web.Response:
    return web.json_response({"kind": "Status", "code": 401, "message": "no"}, status=401)


def acting(server: WildServer) -> list[list[tuple[str, str]]]:
    """The impersonation of each request."""
    return [
        [(k, v) for k, v in request.headers.items() if k.lower().startswith("impersonate-")]
        for request in server.requests
    ]


def rewrite(path: str, *changes: tuple[str, str]) -> None:
    text = Path(path).read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    Path(path).write_text(text)


async def everything(cluster: KubernetesCluster) -> None:
    """Each call of the port once; what it makes of this server's answers is of no interest."""

    async def first(stream: object) -> None:
        async for _ in stream:  # type: ignore[attr-defined]
            break

    job = {"kind": "Job", "metadata": {"name": "x"}}
    for call in (
        cluster.version(),
        cluster.create(job),
        cluster.create(job, dry_run=True),
        cluster.read(Kind.CONFIG_MAP, "races", "x"),
        cluster.jobs(None),
        cluster.job("races", "x"),
        cluster.pods("races", "x"),
        cluster.events("races", "x"),
        cluster.patch_job("races", "x", {}),
        cluster.delete(Kind.JOB, "races", "x", propagation=Propagation.BACKGROUND),
        cluster.allowed("create", "jobs", "races"),
        first(cluster.watch_submissions("races")),
        first(cluster.watch_submission("races", "x")),
        first(cluster.log(LogRequest("races", "pod", "agent-1"))),
    ):
        try:
            async with asyncio.timeout(1):
                await call
        except (ConsoleError, TimeoutError):
            continue


async def test_every_request_acts_as_the_one_that_the_kubeconfig_names(tmp_path: Path) -> None:
    async with wild_server(anything) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, ACTING))
        await everything(cluster)
        await cluster.close()
    asked = {(r.method, r.path.rsplit("/", 1)[-1], "watch" in r.query) for r in server.requests}
    assert {("GET", "version", False), ("POST", "jobs", False), ("DELETE", "x", False)} <= asked
    assert ("POST", "selfsubjectaccessreviews", False) in asked
    assert ("PATCH", "x", False) in asked
    assert ("GET", "log", False) in asked
    assert ("GET", "pods", True) in asked
    assert all(sent == SENT for sent in acting(server))


async def test_it_is_shown_as_whom_we_act(tmp_path: Path) -> None:
    """A group that a terminal would obey is harmless."""
    async with wild_server(anything) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, ACTING))
        assert cluster.description.user == "me as admin-view (groups dev, ops)"
        assert cluster.description.acts_as == "admin-view (groups dev, ops)"
        await cluster.close()
        cluster = await connect(kubeconfig(tmp_path, server.url))
        assert (cluster.description.user, cluster.description.acts_as) == ("me", "")
        await cluster.close()


@pytest.mark.parametrize("renewed", ["{token: two, as: root}", "{token: two}"])
async def test_a_renewed_file_never_changes_whom_we_act_as(tmp_path: Path, renewed: str) -> None:
    """The old login is refused, the file acts as another one by now: we stop and say so."""
    async with wild_server(anything) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, "{token: one, as: view}"))
        server.script = [refuse]
        kubeconfig(tmp_path, server.url, renewed)
        with pytest.raises(Forbidden, match="names another user by now") as caught:
            await cluster.version()
        await cluster.close()
        sent = {request.headers["Authorization"] for request in server.requests}
    assert "this console began as me as view" in caught.value.why
    assert sent == {"Bearer one"}


async def test_a_context_that_names_another_user_by_now_is_not_followed(tmp_path: Path) -> None:
    async with wild_server(anything) as server:
        path = kubeconfig(tmp_path, server.url, "{token: one}")
        cluster = await connect(path)
        server.script = [refuse]
        rewrite(path, ("user: me", "user: root"), ("name: me", "name: root"), ("one", "two"))
        with pytest.raises(Forbidden, match="names another user by now"):
            await cluster.version()
        await cluster.close()
        assert {r.headers["Authorization"] for r in server.requests} == {"Bearer one"}


async def test_no_secret_goes_to_another_machine_without_tls(tmp_path: Path) -> None:
    """As kubectl; to this machine's own addresses it does, unlike kubectl."""
    far = access(kubeconfig(tmp_path, "http://cluster.example", "{token: one, as: view}"))
    assert (await credentials_of(far).token()).header is None
    near = access(kubeconfig(tmp_path, "http://127.0.0.1:8001", "{token: one}"))
    assert (await credentials_of(near).token()).header == "Bearer one"


async def test_a_netrc_is_nobody_to_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login root password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with wild_server(anything) as server:
        cluster = await connect(kubeconfig(tmp_path, server.url, "{}"))
        await cluster.close()
        assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize(("entry", "sent"), [("true", False), ("false", True)])
async def test_compression_is_asked_for_unless_the_kubeconfig_says_no(
    tmp_path: Path, entry: str, sent: bool
) -> None:
    async with wild_server(anything) as server:
        path = kubeconfig(tmp_path, server.url)
        rewrite(path, ("cluster: {server", f"cluster: {{disable-compression: {entry}, server"))
        cluster = await connect(path)
        await cluster.close()
        assert ("Accept-Encoding" in server.requests[0].headers) is sent


def test_inside_a_pod_the_namespace_is_the_pods(tmp_path: Path) -> None:
    """POD_NAMESPACE before the account's own file, as kubectl."""
    (tmp_path / "token").write_text("t")
    (tmp_path / "namespace").write_text("races\n")
    environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}
    inside = in_cluster(None, {**environ, "POD_NAMESPACE": "other"}, tmp_path)
    assert inside is not None
    assert inside.namespace == "other"


def test_a_namespace_cannot_lead_to_another_path(tmp_path: Path) -> None:
    path = Path(kubeconfig(tmp_path, "http://127.0.0.1:9"))
    path.write_text(path.read_text().replace("namespace: races", "namespace: ../kube-system"))
    with pytest.raises(ConsoleError, match="namespace of context 'wild'"):
        access(str(path))


def test_no_entry_shows_its_secrets(tmp_path: Path) -> None:
    chosen = access(kubeconfig(tmp_path, "http://127.0.0.1:9", "{token: hidden-1, as: a}"))
    for value in (chosen, chosen.user, chosen.cluster, [chosen.user], json.dumps(str(chosen))):
        assert "hidden-1" not in repr(value)


def test_a_proxy_that_cannot_be_used_keeps_its_password(tmp_path: Path) -> None:
    for text in (
        "ftp://u:hidden-2@x:1",
        "http://u:hidden-2@[x",
        "u:hidden-2@x",
        "http://u:hidden-2@:1",
    ):
        path = kubeconfig(tmp_path, "https://127.0.0.1:9")
        rewrite(path, ("cluster: {server", f'cluster: {{proxy-url: "{text}", server'))
        with pytest.raises(ConsoleError, match="proxy-url of cluster 'wild'") as caught:
            proxy_for(access(path), {})
        assert "hidden-2" not in str(caught.value)
