"""Kubeconfigs as files: found across several, behind links, refused where kubectl refuses them."""

from __future__ import annotations

import os

import pytest
from fakes.guarded_server import Authority
from fakes.kubectl_twins import NAMED, TOKEN, World, same
from fakes.sweeps import sweep

pytestmark = [
    pytest.mark.kubectl,
    # The kubernetes package reads its clock in a way that Python 3.12 warns of.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning"),
]


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
