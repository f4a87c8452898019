"""`logs -f` as a program, of containers that are killed: run after run, each line once."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.outside import as_it_is, of, pod_of, spec
from fakes.real_console import PROGRAM, RealConsole, real_console

from console.localcluster.node.processes import MARKER, environment_of, living_processes

pytestmark = pytest.mark.slow

LINES = 20_000
TALKS = f"i=0; while [ $i -lt {LINES} ]; do i=$((i+1)); echo $i; done; exec sleep 600"
RULER = "── the container started again (attempt {}); attempt {} ended with 137 ──"


@pytest.fixture
def console(tmp_path: Path) -> Iterator[RealConsole]:
    with real_console(tmp_path) as made:
        yield made


def talks(job: Any) -> None:
    as_it_is(job)
    of(job, "agent-1")["command"] = ["/bin/sh", "-c", TALKS]


def kill(console: RealConsole, name: str, container: str) -> None:
    statuses = pod_of(console, name)["status"]["containerStatuses"]
    found = next(each["containerID"] for each in statuses if each["name"] == container)
    marker = f"{MARKER}={found.rpartition('/')[2]}".encode()
    for entry in living_processes():
        if marker in environment_of(entry.pid):
            os.kill(entry.pid, signal.SIGKILL)


def run_of(process: subprocess.Popen[str]) -> list[str]:
    """The lines to the last one of a run."""
    assert process.stdout is not None
    told = []
    while not told or told[-1] != str(LINES):
        told.append(process.stdout.readline().removesuffix("\n"))
    return told


def test_a_killed_container_is_followed_into_its_next_runs_until_the_job_is_gone(
    console: RealConsole, tmp_path: Path
) -> None:
    file = spec(tmp_path, "demo", talks)
    console.call("launch", "--local", "--spec", file, "--name", "demo")
    follows = [*PROGRAM, "logs", "demo", "--local", "-f", "-c", "agent-1"]
    with subprocess.Popen(
        follows, env=console.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        numbers = [str(number + 1) for number in range(LINES)]
        assert run_of(process) == numbers
        for attempt in (1, 2):
            kill(console, "demo", "agent-1")
            assert run_of(process) == [RULER.format(attempt + 1, attempt), *numbers]
        console.call("delete", "demo", "--local", "--yes")
        rest, told = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "")
    assert "note: agent-1: attempt 1 has ended with 137; its next one is waited for\n" in told
    assert told.endswith("note: demo: it has been deleted\n")
