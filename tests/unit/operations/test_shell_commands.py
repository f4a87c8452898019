"""A command that is shown acts, in any other shell, on the cluster that is talked to here."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from console.cluster.connecting import connect
from console.operations.ports.cluster import ClusterDescription, WayIn
from console.operations.shell_commands import carla_console, kubectl
from console.paths import STATE_VARIABLE, local_command

OWN = ("shell_commands.py", "paths.py")
PACKAGE = Path(__file__).resolve().parents[3] / "console"


def _where(way: WayIn, context: str = "prod") -> ClusterDescription:
    return ClusterDescription(context, "https://10.0.0.1:6443", "races", "me", way)


def test_context_and_namespace_are_named_where_the_usual_kubeconfig_was_taken() -> None:
    where = _where(WayIn())
    assert carla_console(where, "resume", "demo") == (
        "carla-console resume demo -n races --context prod"
    )
    assert kubectl(where, "delete", "job", "demo") == (
        "kubectl delete job demo -n races --context prod"
    )


def test_a_namespace_other_than_the_usual_one_is_the_one_named() -> None:
    assert "-n other" in kubectl(_where(WayIn()), "get", "job", namespace="other")


def test_a_file_that_was_named_is_named_again() -> None:
    where = _where(WayIn(files=("/etc/lab/config",)))
    for line in (carla_console(where, "list"), kubectl(where, "get", "jobs")):
        assert line.endswith("-n races --kubeconfig /etc/lab/config --context prod")


def test_several_files_stand_where_both_programs_take_them_from() -> None:
    where = _where(WayIn(files=("/a b/one", "/two")))
    assert kubectl(where, "get", "jobs") == (
        f"KUBECONFIG='/a b/one{os.pathsep}/two' kubectl get jobs -n races --context prod"
    )
    assert carla_console(where, "list").startswith("KUBECONFIG='/a b/one")


def test_the_embedded_cluster_is_local_to_the_console_and_a_file_to_kubectl(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(STATE_VARIABLE)
    where = _where(WayIn(files=("/state/kubeconfig",), local=True), "carla-console-local")
    assert carla_console(where, "resume", "demo") == "carla-console resume demo -n races --local"
    assert kubectl(where, "delete", "job", "demo") == (
        "kubectl delete job demo -n races"
        " --kubeconfig /state/kubeconfig --context carla-console-local"
    )


def test_the_embedded_cluster_of_a_state_directory_of_its_own_is_found_by_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, "my state")
    monkeypatch.chdir(tmp_path)
    named = f"{STATE_VARIABLE}={shlex.quote(str(tmp_path / 'my state'))} carla-console"
    where = _where(WayIn(files=("/state/kubeconfig",), local=True), "carla-console-local")
    assert carla_console(where, "list") == f"{named} list -n races --local"
    assert local_command("down") == f"{named} local down"
    monkeypatch.delenv(STATE_VARIABLE)
    assert local_command("up") == "carla-console local up"


def test_no_other_place_writes_such_a_command() -> None:
    sources = [path for path in PACKAGE.rglob("*.py") if path.name not in OWN]
    assert not [path for path in sources if "carla-console local" in path.read_text()]


def test_inside_of_a_pod_there_is_no_context_to_name() -> None:
    where = _where(WayIn(inside=True), "in-cluster")
    assert carla_console(where, "list") == "carla-console list -n races"
    assert kubectl(where, "get", "jobs") == "kubectl get jobs -n races"


def test_a_shell_takes_every_word_as_it_was_meant() -> None:
    where = _where(WayIn(files=("/it's/$HOME",)), "admin@lab; rm -rf /")
    line = kubectl(where, "patch", "job", "demo", "-p", '{"spec": {"suspend": true}}')
    assert shlex.split(line)[-6:] == [
        "-n", "races", "--kubeconfig", "/it's/$HOME", "--context", "admin@lab; rm -rf /",
    ]  # fmt: skip
    assert '{"spec": {"suspend": true}}' in shlex.split(line)


FILE = """\
current-context: one
clusters: [{name: one, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: one, context: {cluster: one}}]
"""


async def _way(kubeconfig: str | None, environ: dict[str, str], *, local: bool = False) -> WayIn:
    cluster = await connect(kubeconfig, environ=environ, probe=False, local=local)
    await cluster.close()
    return cluster.description.way


async def test_the_files_are_absolute_whoever_named_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    whole = str(tmp_path / "config")
    assert await _way("config", {}) == WayIn(files=(whole,))
    assert await _way(whole, {}, local=True) == WayIn(files=(whole,), local=True)
    listed = f"config{os.pathsep}missing"
    way = await _way(None, {"KUBECONFIG": listed})
    assert way == WayIn(files=(whole, str(tmp_path / "missing")))


async def test_the_usual_file_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(FILE)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert await _way(None, {}) == WayIn()
