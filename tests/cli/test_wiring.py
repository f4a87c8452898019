"""Which edge stands behind the flags: a kubeconfig's cluster, the embedded one, or a recording."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster

from console import paths, wiring
from console.errors import ClusterUnreachable, NotFound
from console.operations.ports.recorder import Recording
from console.tui.opening import Looks
from console.version import VERSION
from console.wiring import WantedCluster

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: lab
contexts:
- {name: lab, context: {cluster: lab, user: ann, namespace: races}}
- {name: home, context: {cluster: home, user: ann}}
clusters:
- {name: lab, cluster: {server: "https://lab.example.com"}}
- {name: home, cluster: {server: "https://home.example.com"}}
users:
- {name: ann, user: {token: t}}
"""


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG)
    return str(path)


def test_a_context_names_cluster_and_namespace_and_nothing_is_sent(kubeconfig: str) -> None:
    usual = wiring.describe(WantedCluster(kubeconfig))
    assert (usual.context, usual.server, usual.namespace) == (
        "lab", "https://lab.example.com", "races",
    )  # fmt: skip
    other = wiring.describe(WantedCluster(kubeconfig, "home", "mine"))
    assert (other.context, other.server, other.namespace) == (
        "home", "https://home.example.com", "mine",
    )  # fmt: skip


def test_the_embedded_cluster_has_its_names_though_it_does_not_run() -> None:
    """So that what was recorded of it is found."""
    told = wiring.describe(WantedCluster(local=True))
    assert told.context == "carla-console-local"
    assert told.way.local
    assert wiring.describe(WantedCluster(namespace="mine", local=True)).namespace == "mine"


async def test_a_recording_is_asked_without_asking_its_cluster(kubeconfig: str) -> None:
    async with wiring.unasked(WantedCluster(kubeconfig)) as services:
        assert services.cluster.description.context == "lab"
        assert list(services.recorder.history(Recording("lab", "races", "demo", "u-1"))) == []
    assert not (paths.state() / "recordings").exists()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was connected to, and whether it was closed."""
    seen: list[tuple[Any, ...]] = []

    async def connect(*words: Any, local: bool = False, **_more: Any) -> FakeCluster:
        seen.append((*words, local))
        cluster = FakeCluster()

        async def close() -> None:
            seen.append(("closed",))

        cluster.close = close  # type: ignore[method-assign]
        return cluster

    monkeypatch.setattr("console.cluster.connecting.connect", connect)
    return seen


async def test_a_cluster_is_connected_to_as_the_flags_say_and_closed_at_the_end(dialled) -> None:
    async with wiring.connect(WantedCluster("file", "lab", "races")) as services:
        assert services.cluster.description.context == "fake"
        assert services.clock().tzinfo is not None
    assert dialled == [("file", "lab", "races", False), ("closed",)]


async def test_it_is_closed_after_a_failure_too(dialled) -> None:
    with pytest.raises(ClusterUnreachable):
        async with wiring.connect(WantedCluster()):
            raise ClusterUnreachable("gone")
    assert dialled[-1] == ("closed",)


async def test_local_means_the_kubeconfig_of_the_embedded_cluster(dialled, monkeypatch) -> None:
    monkeypatch.setattr(
        "console.wiring.clusters.local_kubeconfig", lambda: Path("/state/local/kubeconfig")
    )
    async with wiring.connect(WantedCluster(context="ignored", namespace="mine", local=True)):
        pass
    assert dialled[0] == ("/state/local/kubeconfig", None, "mine", True)


async def test_without_an_embedded_cluster_local_says_how_to_start_one(dialled) -> None:
    with pytest.raises(NotFound, match="No embedded cluster is running") as raised:
        async with wiring.connect(WantedCluster(local=True)):
            pass
    assert raised.value.fix.endswith("carla-console local up")
    assert dialled == []


def test_where_no_embedded_cluster_runs_there_is_none_to_end() -> None:
    assert wiring.local_status().cluster is None
    assert wiring.local_down() is False
    with pytest.raises(NotFound):
        wiring.local_kubeconfig()


def test_a_cluster_of_which_nobody_is_left_ends_with_this_process() -> None:
    (paths.state() / "local" / "cluster" / "owners").mkdir(parents=True)
    assert wiring.local_ends_with_us()
    (paths.state() / "local" / "cluster" / "owners" / "keep").touch()
    assert not wiring.local_ends_with_us()


@pytest.mark.parametrize(
    ("asked", "opened"),
    [
        (WantedCluster(namespace="mine", local=True), WantedCluster(namespace="mine", local=True)),
        (WantedCluster("file", "lab", "races"), WantedCluster(local=True)),
    ],
)
def test_starting_the_embedded_cluster_from_the_screens_forgets_flags_of_another_one(
    monkeypatch: pytest.MonkeyPatch, asked: WantedCluster, opened: WantedCluster
) -> None:
    seen: dict[str, Any] = {}
    started: list[bool] = []

    def open_screens(connect: Any, wanted: WantedCluster, ways: Any, aims: Any, **more: Any) -> int:
        seen.update(more, wanted=wanted, ways=ways)
        return 0

    monkeypatch.setattr("console.tui.opening.open_screens", open_screens)
    monkeypatch.setattr("console.wiring.screens.local_up", lambda *, owned: started.append(owned))
    assert wiring.open_console(asked, theme="light", mouse=False) == 0
    assert (seen["wanted"], seen["looks"]) == (asked, Looks("light", False, wiring.call_outbox))
    assert seen["ways"].start_local(asked) == opened
    assert started == [True]
    assert seen["ways"].recorder(asked) is None


def test_a_recorder_of_one_login_is_the_same_for_every_way_to_name_it(kubeconfig: str) -> None:
    by_flag = wiring.recorder_process(WantedCluster(kubeconfig, "lab"))
    by_default = wiring.recorder_process(WantedCluster(kubeconfig))
    other = wiring.recorder_process(WantedCluster(kubeconfig, "home"))
    assert by_flag._folder.path == by_default._folder.path != other._folder.path
    assert by_flag.listed("default") is None


def test_a_recorder_is_started_for_the_login_as_it_is_now(kubeconfig: str) -> None:
    """The file's current context may be another one in a moment, and the folder too."""
    recorder = wiring.recorder_process(WantedCluster(kubeconfig))
    assert recorder._arguments == [
        "record", "--foreground", "--context", "lab", "--namespace", "races",
    ]  # fmt: skip
    assert recorder._environment["KUBECONFIG"] == kubeconfig
    assert recorder._environment["CARLA_CONSOLE_STATE_DIR"] == str(paths.state())
    everywhere = wiring.recorder_process(WantedCluster(kubeconfig), all_namespaces=True)
    assert everywhere._arguments[-1] == "--all-namespaces"
    assert wiring.recorders() == ()


def test_only_an_image_of_the_embedded_cluster_has_its_routes_here() -> None:
    found = wiring.embedded_routes("console.local/leaderboard:2.0")
    assert found is not None
    assert b"<route " in found
    assert wiring.embedded_routes("registry.example.com/leaderboard:2.0") is None


def test_the_package_runs_as_the_command_does() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "console", "--version"], capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (0, f"carla-console {VERSION}\n")
