"""One writer a recording: two consoles as real processes, one of them killed in mid-line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.operations.ports.cluster import ResumePoint
from console.operations.ports.recorder import Holder, KeptManifest, Recording
from console.recorder.recorder import Recorder

WHERE = Recording("prod", "races", "demo", "0123456789abcdef")
WRITE = """
import os, sys
from pathlib import Path
from console.operations.ports.recorder import Holder, Recording
from console.recorder.recorder import Recorder
writer = Recorder(Path(sys.argv[1])).claim(Recording("prod", "races", "demo", "0123456789abcdef"))
if writer is None:
    sys.exit(3)
spool = writer.open_spool("agent-1", 0)
spool.write(b"2026-11-22T10:00:01.000000000Z one\\n2026-11-22T10:00:02.000000000Z two\\n")
os.write(spool._descriptor, b"2026-11-22T10:00:03.0000")
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def other(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Another console that has the recording and is in the middle of a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        yield process
        process.kill()


def texts(recorder: Recorder) -> list[str]:
    return [line.text for line in recorder.log(WHERE, "agent-1").lines(0, 100)]


def test_a_second_console_may_read_but_not_write(root: Path, other: subprocess.Popen[str]) -> None:
    """It is told which process writes; the torn line is not shown."""
    recorder = Recorder(root)
    assert recorder.claim(WHERE) is None
    assert recorder.writer_of(WHERE) == Holder(other.pid)
    assert texts(recorder) == ["one", "two"]
    assert recorder.recordings() == (WHERE,)


def test_a_killed_writer_leaves_the_recording_free_at_its_last_whole_line(
    root: Path, other: subprocess.Popen[str]
) -> None:
    """A view that has seen the torn line counts right after it was cut off and written anew."""
    recorder = Recorder(root)
    view = recorder.log(WHERE, "agent-1")
    assert view.line_count() == 2
    other.send_signal(signal.SIGKILL)
    other.wait()
    writer = recorder.claim(WHERE)
    assert writer is not None
    assert recorder.writer_of(WHERE) == Holder(os.getpid())
    spool = writer.open_spool("agent-1", 0)
    assert spool.resume_point() == ResumePoint("2026-11-22T10:00:02.000000000Z", 1)
    spool.write(b"2026-11-22T10:00:03.000000000Z three\n2026-11-22T10:00:04.000000000Z four\n")
    spool.close()
    assert view.line_count() == 4
    assert [line.text for line in view.lines(0, 9)] == ["one", "two", "three", "four"]
    assert list(view.search("three|four")) == [[2, 3]]


def test_a_child_process_does_not_hold_the_recording_of_its_dead_parent(root: Path) -> None:
    """A credential plug-in or a pager may outlive the console that started it."""
    recorder = Recorder(root)
    writer = recorder.claim(WHERE)
    assert writer is not None
    with subprocess.Popen(["sleep", "30"]) as child:
        writer.release()
        again = recorder.claim(WHERE)
        child.kill()
    assert again is not None


def test_within_one_process_there_is_one_writer_too(root: Path) -> None:
    """Two screens of one console, or two recorders on one directory."""
    first, second = Recorder(root), Recorder(root)
    writer = first.claim(WHERE)
    assert writer is not None
    assert (first.claim(WHERE), second.claim(WHERE)) == (None, None)
    writer.release()
    writer.release()
    assert second.claim(WHERE) is not None


def test_another_recording_is_free(root: Path, other: subprocess.Popen[str]) -> None:
    namesake = Recording("prod", "races", "demo", "fedcba9876543210")
    assert Recorder(root).claim(namesake) is not None


def test_a_write_that_fails_in_the_middle_of_a_line_leaves_no_half_line(
    root: Path, tmp_path: Path
) -> None:
    """The disk takes a part of the block; when it takes more again the spool goes on whole."""
    code = """
import resource, signal, sys
from pathlib import Path
from console.operations.ports.recorder import Holder, Recording
from console.recorder.recorder import Recorder
from console.operations.ports.recorder import RecorderFailed
writer = Recorder(Path(sys.argv[1])).claim(Recording("prod", "races", "demo", "0123456789abcdef"))
spool = writer.open_spool("agent-1", 0)
spool.write(b"2026-11-22T10:00:01.000000000Z one\\n")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (50, hard))
line = b"2026-11-22T10:00:02.000000000Z two\\n"
try:
    spool.write(line)
except RecorderFailed as error:
    print(error.what)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
spool.write(line)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True
    )
    assert "cannot be written" in done.stdout
    assert texts(Recorder(root)) == ["one", "two"]


def test_the_kept_job_is_this_users_only_and_survives_nonsense(root: Path) -> None:
    recorder = Recorder(root)
    assert recorder.manifest(WHERE) is None
    writer = recorder.claim(WHERE)
    assert writer is not None
    writer.keep(KeptManifest({"kind": "Job"}, "https://prod:6443", "v1.36.3"))
    kept = Recorder(root).manifest(WHERE)
    assert kept is not None
    assert kept == KeptManifest({"kind": "Job"}, "https://prod:6443", "v1.36.3")
    (path,) = root.rglob("manifest.json")
    assert path.stat().st_mode & 0o077 == 0
    for nonsense in ("", "[]", "{}", '{"manifest": 3, "server": 4}', "\udcff"):
        path.write_text(nonsense, errors="surrogateescape")
        assert recorder.manifest(WHERE) is None
