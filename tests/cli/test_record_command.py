"""`record`: a real recorder process on a real embedded cluster, as a user starts and ends it."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console import paths, wiring
from console.recorder_process.starting import wait_for_end
from console.wiring.clusters import login_of

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARLA_CONSOLE_RECORDER", "on")


@pytest.fixture
def cluster(run: Run) -> str:
    """The kubeconfig of an embedded cluster that needs no console."""
    assert run("local", "up", "--time-factor", "0.1")[0] == 0
    return run("local", "kubeconfig")[1].strip()


def recorder_pid(run: Run) -> int | None:
    told = json.loads(run("record", "status", "-o", "json")[1])["recorders"]
    assert len(told) < 2
    return told[0]["pid"] if told else None


def test_it_is_started_once_seen_and_ended(run: Run, cluster: str) -> None:
    code, out, told = run("record", "start", "--kubeconfig", cluster)
    assert (code, out) == (0, "")
    pid = recorder_pid(run)
    assert f"the recorder (process {pid}) records default of carla-console-local" in told
    assert run("record", "start", "--kubeconfig", cluster, "-n", "races")[0] == 0
    assert recorder_pid(run) == pid

    code, out, _ = run("record", "status")
    assert code == 0
    assert f"process {pid}, since 20" in out
    assert re.search(r"\n  default: .*; 0 active, 0 being recorded\n  races: ", out)

    code, _, told = run("record", "--foreground", "--kubeconfig", cluster)
    assert (code, "A recorder runs already" in told) == (6, True)

    code, _, told = run("record", "stop", "--kubeconfig", cluster)
    assert (code, "the recorder has ended" in told) == (0, True)
    code, out, _ = run("record", "status")
    assert (code, out.splitlines()[0]) == (5, "No recorder is running.")
    assert "\nRecordings: 0, 0 B in " in out
    assert "no recorder was running" in run("record", "stop", "--kubeconfig", cluster)[2]


def test_of_several_that_are_started_at_once_one_stays_and_answers_all(
    run: Run, cluster: str
) -> None:
    words = [sys.executable, "-m", "console", "record", "start", "--kubeconfig", cluster]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    starts = [subprocess.Popen(words, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    told = [each.communicate()[1] for each in starts]
    pid = recorder_pid(run)
    assert [each.returncode for each in starts] == [0, 0, 0], told
    assert all(f"the recorder (process {pid}) records default" in each for each in told)


def test_it_belongs_to_no_terminal_and_no_hang_up_ends_it(run: Run, cluster: str) -> None:
    assert run("record", "start", "--kubeconfig", cluster)[0] == 0
    pid = recorder_pid(run)
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)
    status = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    parent, terminal = int(status[1]), int(status[4])
    assert parent != os.getpid()
    assert terminal == 0
    os.kill(pid, signal.SIGHUP)
    assert recorder_pid(run) == pid


def test_a_killed_one_is_no_recorder_and_hinders_no_next_one(run: Run, cluster: str) -> None:
    assert run("record", "start", "--kubeconfig", cluster)[0] == 0
    pid = recorder_pid(run)
    assert pid is not None
    _, folder = login_of(wiring.WantedCluster(kubeconfig=cluster))
    os.kill(pid, signal.SIGKILL)
    assert wait_for_end(folder, 10)
    assert recorder_pid(run) is None
    assert run("list", "--kubeconfig", cluster, "-o", "name")[:2] == (0, "")
    assert run("record", "start", "--kubeconfig", cluster)[0] == 0
    assert recorder_pid(run) not in (None, pid)


def test_one_whose_folder_was_removed_ends_by_itself(run: Run, cluster: str) -> None:
    assert run("record", "start", "--kubeconfig", cluster)[0] == 0
    pid = recorder_pid(run)
    assert pid is not None
    ends = os.pidfd_open(pid)
    shutil.rmtree(paths.state() / "recorders")
    assert select.select([ends], [], [], 20)[0]
    os.close(ends)


def test_the_embedded_cluster_lives_as_long_as_its_recorder_has_work(run: Run) -> None:
    """It has an owner, as a console is one, and ends when the work is done."""
    from console.localcluster.lifecycle.owners import ends_with_us
    from console.localcluster.lifecycle.state_folder import ClusterFolder

    wiring.local_up(owned=True, time_factor=0.1)
    owners = ClusterFolder(paths.local().resolve()).owners
    assert ends_with_us(owners)
    assert run("record", "start", "--local")[0] == 0
    assert not ends_with_us(owners)


NO_PATIENCE = """
import sys
from console.cli.main import main
from console.wiring import recorder_processes
recorder_processes.IDLE_SECONDS = 0.0
sys.exit(main(sys.argv[1:]))
"""


def test_one_that_is_to_stay_records_though_nothing_is_active(run: Run, cluster: str) -> None:
    """As in a Deployment, which would start it again for ever: it ends when it is asked to."""
    words = [sys.executable, "-c", NO_PATIENCE, "record", "--foreground", "--kubeconfig", cluster]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "nothing was active any more" in ended.stderr
    with subprocess.Popen([*words, "--stay"], stderr=subprocess.PIPE, text=True) as stays:
        wait_for(lambda: run("record", "status", "--live")[0] == 0 or stays.poll() is not None)
        assert recorder_pid(run) == stays.pid
        assert run("record", "stop", "--kubeconfig", cluster)[0] == 0
        assert stays.wait(20) == 0
        assert "it was asked to" in stays.communicate()[1]


def test_a_probe_is_told_that_a_recorder_follows_nothing_live(run: Run, cluster: str) -> None:
    assert run("record", "status", "--live")[0] == 5
    assert run("record", "start", "--kubeconfig", cluster)[0] == 0
    wait_for(lambda: run("record", "status", "--live")[0] == 0)
    assert run("local", "down")[0] == 0
    wait_for(lambda: run("record", "status", "--live")[0] == 3)
    assert run("record", "status")[0] == 0
    assert "default: not live: " in run("record", "status")[1]


def wait_for(condition: Callable[[], bool]) -> None:
    """It asks, again and again, for a minute at most."""
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit


def test_without_an_embedded_cluster_none_is_started_for_a_recorder(run: Run) -> None:
    code, _, told = run("record", "start", "--local")
    assert code == 5
    assert "No embedded cluster is running." in told
    assert wiring.local_status().cluster is None


def test_why_it_did_not_start_is_told(run: Run, cluster: str, tmp_path: Path) -> None:
    """It failed in another process: its words are this command's."""
    unreachable = tmp_path / "unreachable"
    text = Path(cluster).read_text()
    server = json.loads(text)["clusters"][0]["cluster"]["server"]
    unreachable.write_text(text.replace(server, "https://127.0.0.1:1"))
    code, _, told = run("record", "start", "--kubeconfig", str(unreachable))
    assert code == 1
    assert "error: The recorder did not start" in told
    assert "127.0.0.1:1" in told
    assert "next: " in told


def test_a_state_directory_that_takes_nothing_hinders_the_recorder_alone(
    run: Run, cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A launch that nobody records is a launch all the same, and says so."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "recorders").write_text("no folder")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("CARLA_CONSOLE_STATE_DIR", str(blocked))
        code, _, told = run("record", "start", "--kubeconfig", cluster)
        assert code == 1
        assert "error: The recorder did not start" in told
        assert "recorders" in told
        launched = run("launch", "--kubeconfig", cluster, "--profile", "embedded", "-o", "name")
        assert launched[:2] == (0, "job.batch/demo\n")
        assert "warning: The recorder did not start" in launched[2]
        assert run("list", "--kubeconfig", cluster, "-o", "name")[1] == "job.batch/demo\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("record",), "What is to be done with the recorder is missing."),
        (("record", "start", "--foreground"), "leave out 'start'"),
        (("--context", "lab", "record", "status"), "has no use for --context"),
        (("record", "start", "-A", "-n", "races"), "--all-namespaces"),
        (("record", "start", "--stay"), "--stay goes with --foreground."),
        (("record", "start", "--live"), "--live goes with record status."),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, words: tuple[str, ...], told: str) -> None:
    code, out, said = run(*words)
    assert (code, out) == (2, "")
    assert told in said
