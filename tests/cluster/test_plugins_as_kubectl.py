"""A credential plug-in of a kubeconfig: run as kubectl runs it, told the same, refused alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.kubectl_twins import DIRECT, World, same, with_user
from fakes.sweeps import sweep

pytestmark = [
    pytest.mark.kubectl,
    # The kubernetes package reads its clock in a way that Python 3.12 warns of.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning"),
]

V1 = "client.authentication.k8s.io/v1"
BETA = "client.authentication.k8s.io/v1beta1"


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
