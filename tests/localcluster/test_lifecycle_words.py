"""What up, down, status and kubeconfig say of a cluster that is not as it should be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.errors import ClusterUnreachable, ConsoleError, NotFound
from console.localcluster.lifecycle import commands, warden
from console.localcluster.lifecycle.state_folder import (
    ClusterFolder,
    Endpoint,
    Identity,
    ProcessId,
    own_process,
    process_id,
)

GONE = ProcessId(2**22 - 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> ClusterFolder:
    """Of a cluster that was made and did not begin."""
    made = ClusterFolder(tmp_path.resolve())
    made.make()
    return made


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    from console.localcluster.api.certificate import make_identity

    return make_identity().certificate_pem


def begun(folder: ClusterFolder, authority: str, warden_of_it: ProcessId) -> None:
    """It says where it answers; nothing answers there."""
    folder.write(Identity("abc", warden_of_it))
    folder.write(Endpoint("https://127.0.0.1:9", GONE, "2026-11-22T10:00:00Z", authority))


def test_a_cluster_that_runs_without_answering_is_left_alone_and_its_end_is_offered(
    folder: ClusterFolder, authority: str
) -> None:
    begun(folder, authority, own_process())
    with pytest.raises(ClusterUnreachable) as raised:
        commands.up(folder.state_dir, owner=False, patience=0.0)
    assert raised.value.what == "The embedded cluster runs but does not answer."
    assert "local down" in raised.value.fix
    assert folder.identity() is not None


def test_its_status_says_that_it_does_not_answer(folder: ClusterFolder, authority: str) -> None:
    begun(folder, authority, own_process())
    told = commands.status(folder.state_dir)
    assert (told.cluster, told.started_at) == (None, "")
    assert told.text.startswith("The embedded cluster runs but does not answer. ")


def test_of_a_killed_cluster_the_remains_are_told_and_cleared(
    folder: ClusterFolder, authority: str
) -> None:
    begun(folder, authority, GONE)
    assert "The remains of an earlier one are cleared" in commands.status(folder.state_dir).text
    assert commands.down(folder.state_dir)
    assert not folder.path.exists()


def test_without_a_cluster_there_is_no_kubeconfig_and_nothing_to_end(tmp_path: Path) -> None:
    state = tmp_path / "none"
    with pytest.raises(NotFound, match="No embedded cluster is running"):
        commands.kubeconfig(state)
    assert commands.down(state) is False
    assert commands.status(state).text.startswith("No embedded cluster is running. ")
    assert not state.exists()


def test_elsewhere_than_on_linux_it_says_why_it_cannot_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands.sys, "platform", "darwin")
    with pytest.raises(ConsoleError, match="needs Linux") as raised:
        commands.up(tmp_path / "none", owner=False)
    assert "--kubeconfig" in raised.value.fix


def starting(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object]) -> None:
    """What the warden's process does in place of a start."""

    def run(*_: Any, **__: Any) -> None:
        deed()

    monkeypatch.setattr(commands.subprocess, "run", run)


def test_a_start_that_fails_shows_the_last_lines_of_its_log_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ClusterFolder(tmp_path.resolve())

    def ends_at_once() -> None:
        folder.write(Identity("abc", GONE))
        folder.log.write_text("".join(f"line {number}\n" for number in range(20)) + "no port\n")

    starting(monkeypatch, ends_at_once)
    with pytest.raises(ConsoleError, match="did not start") as raised:
        commands.up(tmp_path, owner=True)
    assert raised.value.why.splitlines()[-1] == "no port"
    assert len(raised.value.why.splitlines()) == 8
    assert not folder.path.exists()


def test_a_start_without_a_word_is_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ClusterFolder(tmp_path.resolve())
    starting(monkeypatch, folder.remove)
    with pytest.raises(ConsoleError) as raised:
        commands.up(tmp_path, owner=True)
    assert raised.value.why == "It gave no reason."


BELOW = """
import os, subprocess, sys
from console.localcluster.lifecycle import warden
warden._prctl(36, 1)
for line in ("setsid env -i sleep 1000 &", "sleep 1000 & sleep 1000 & wait"):
    subprocess.Popen(["sh", "-c", line], start_new_session=True)
child = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {})
warden._wait_for(child)
warden._kill_everything_below()
print(sorted(warden.descendants_of(os.getpid())))
"""


def test_nothing_survives_the_warden_not_even_what_left_its_session_and_environment() -> None:
    told = subprocess.run([sys.executable, "-c", BELOW], capture_output=True, text=True, timeout=60)
    assert told.stdout == "[]\n", told.stderr


def test_what_the_kernel_refuses_is_an_error_and_no_silence() -> None:
    with pytest.raises(OSError, match="prctl refused"):
        warden._prctl(-1, 0)


def test_the_folder_that_another_one_removed_is_locked_again(tmp_path: Path) -> None:
    """Two consoles end it at once: the second finds the state directory gone."""
    folder = ClusterFolder(tmp_path / "state")
    with folder.locked():
        folder.remove_if_empty()
        assert not folder.state_dir.exists()
        with folder.locked():
            assert folder.state_dir.is_dir()


def test_a_process_that_is_gone_is_never_alive_again() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    assert not process_id(child.pid).alive
    assert process_id(os.getpid()).alive
