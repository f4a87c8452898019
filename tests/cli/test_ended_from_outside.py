"""A command that is ended from outside: no traceback, 128 + n, and how to come back."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.sweeps import sweep

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-m", "console"]
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An embedded cluster with a submission `runs` that outlasts the tests, however slow they are."""
    place = tmp_path_factory.mktemp("ended")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "CARLA_CONSOLE"))}
    env |= {"HOME": str(place), "CARLA_CONSOLE_STATE_DIR": str(place / "state")}
    env |= {"CARLA_CONSOLE_RECORDER": "off"}
    slow = ["local", "up", "--time-factor", "10"]
    for command in (slow, ["launch", "--local", "--set", "submission.name=runs"]):
        done = subprocess.run([*PROGRAM, *command], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    _await_log(env)
    yield env
    subprocess.run([*PROGRAM, "local", "down"], env=env, check=True, capture_output=True)


def _await_log(env: dict[str, str]) -> None:
    """Its init container ends first; a log that is not there yet cannot be followed."""
    asked = [*PROGRAM, "logs", "runs", "-c", "logcopy", "--local"]
    deadline = time.monotonic() + 60
    while subprocess.run(asked, env=env, capture_output=True).returncode:
        assert time.monotonic() < deadline, "logcopy has no log"


def _started(env: dict[str, str], *command: str, **more: object) -> subprocess.Popen[bytes]:
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    return subprocess.Popen([*PROGRAM, *command], env=env, **(streams | more))


def _end(process: subprocess.Popen[bytes], number: int) -> str:
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    return told.decode()


@pytest.mark.parametrize("number", sweep(SIGNALS, signal.SIGTERM), ids=lambda each: each.name)
@pytest.mark.parametrize(
    ("command", "again"),
    [
        (
            ("logs", "runs", "-f", "-c", "logcopy"),
            "carla-console logs runs -f -c logcopy -n default --local",
        ),
        (
            ("status", "runs", "--watch"),
            "carla-console status runs --watch -n default --local",
        ),
    ],
    ids=["logs", "status"],
)
def test_what_follows_ends_with_the_way_back(env, command, again, number) -> None:
    process = _started(env, *command, "--local")
    assert process.stdout is not None
    process.stdout.readline()
    told = _end(process, number)
    assert process.returncode == 128 + number, told
    assert again in told
    assert "Traceback" not in told


def test_a_waited_launch_says_that_its_submission_goes_on(env) -> None:
    flags = ("--local", "--wait", "--set", "submission.name=waited")
    process = _started(env, "launch", *flags)
    assert process.stderr is not None
    while b"pair" not in process.stderr.readline():
        assert process.poll() is None
    told = _end(process, signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM
    assert (
        "waited goes on without this command; come back to it: "
        f"CARLA_CONSOLE_STATE_DIR={env['CARLA_CONSOLE_STATE_DIR']} "
        "carla-console status waited --watch -n default --local"
    ) in told
    assert told.splitlines()[-1] == "ended by SIGTERM"
    rows = subprocess.run(
        [*PROGRAM, "list", "--local", "-o", "name"], env=env, capture_output=True, text=True
    )
    assert "job.batch/waited" in rows.stdout


def test_a_question_ends_at_the_first_ctrl_c_and_changes_nothing(env) -> None:
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    process = _started(env, "delete", "runs", "--local", stdin=theirs)
    assert process.stderr is not None
    told = b""
    while not told.endswith(b"[y/N] "):
        told += process.stderr.read1()
    told += _end(process, signal.SIGINT).encode()
    assert process.returncode == 130
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)
    assert told.endswith(b"interrupted\n")


def test_a_reader_that_does_not_read_holds_nobody_up(env) -> None:
    """The pipe is full, the write waits, the signal ends it all the same."""
    ours, theirs = os.pipe()
    room = fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
    process = _started(env, "status", "runs", "--watch", "--local", "-o", "json", stdout=theirs)
    os.close(theirs)
    while _waiting_in(ours) < room:
        assert process.poll() is None
    _end(process, signal.SIGTERM)
    os.close(ours)
    assert process.returncode == 128 + signal.SIGTERM


def _waiting_in(pipe: int) -> int:
    """Bytes that nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)


def test_a_demo_takes_its_cluster_with_it_and_names_what_is_left(env, tmp_path: Path) -> None:
    """What is recorded answers without any cluster."""
    alone = env | {"CARLA_CONSOLE_STATE_DIR": str(tmp_path / "alone")}
    process = _started(alone, "demo")
    assert process.stderr is not None
    while b"pair 1 driving" not in process.stderr.readline():
        assert process.poll() is None
    told = _end(process, signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM
    command = "carla-console logs demo --recorded --all-containers -n default --local"
    place = f"CARLA_CONSOLE_STATE_DIR={alone['CARLA_CONSOLE_STATE_DIR']}"
    assert f"demo ends with the embedded cluster; what is recorded of it: {place} {command}" in told
    assert "embedded cluster stopped" in told
    words = command.split()[1:]
    kept = subprocess.run([*PROGRAM, *words], env=alone, capture_output=True, text=True)
    assert kept.returncode == 0, kept.stderr
    assert "simulator-1" in kept.stdout


def test_a_reader_that_goes_away_ends_it_in_silence(env) -> None:
    process = _started(env, "logs", "runs", "-f", "-c", "agent-1", "--local")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 0


def test_what_was_ignored_at_the_start_stays_ignored(env) -> None:
    """As `nohup` has it."""
    command = " ".join([*PROGRAM, "status", "runs", "--watch", "--local"])
    script = f"trap '' HUP; exec {command}"
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(["/bin/sh", "-c", script], env=env, **streams)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    while b"pair 4" not in process.stdout.readline():
        assert process.poll() is None
    told = _end(process, signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM
    assert "SIGTERM" in told


def test_a_disk_that_is_full_is_an_error_in_words(env) -> None:
    with Path("/dev/full").open("wb") as full:
        process = _started(env, "list", "--local", stdout=full)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told.decode().splitlines() == ["error: No space left on device"]


@pytest.mark.parametrize("closed", sweep(["<&-", ">&-", "2>&-", "<&- >&- 2>&-"], "<&- >&- 2>&-"))
def test_closed_streams_are_no_reason_to_fail(env, closed: str) -> None:
    command = " ".join([*PROGRAM, "list", "--local"])
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} {closed}"], env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
