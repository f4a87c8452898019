"""On a disk that is really full nothing finished is lost, nobody waits in vain: pairs, recordings."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import chaos_disk
import pytest
from chaos_disk import Disk

from console.domain.events import JobVanished
from console.operations.ports.recorder import RecorderFailed, Recording
from console.operations.ports.recording_store import Limits
from console.operations.recording.retention import notice_of
from console.recorder.recorder import Recorder
from console.recorder.recording_store import StoreOnDisk

SCRIPT = Path(__file__).resolve().parents[2] / "console" / "workers" / "pair_supervisor.sh"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small disk of its own."""
    reason = chaos_disk.why_not(tmp_path)
    if reason:
        pytest.skip(f"no disk can be filled here: {reason}")
    made = Disk(tmp_path / "small")
    yield made
    made.remove()


def checkpoint(disk: Disk, *, complete: bool) -> Path:
    """An agent's folder on the disk with a whole checkpoint, and a folder for status files."""
    (disk.place / "status").mkdir()
    (disk.place / "agent").mkdir()
    document = {
        "_checkpoint": {
            "global_record": {"index": -1} if complete else {},
            "progress": [1, 1] if complete else [1, 5],
            "records": [{"route_id": "RouteScenario_0_rep0", "index": 0}],
        },
        "entry_status": "Finished" if complete else "Started",
    }
    path = disk.place / "agent" / "agent_results.json"
    path.write_text(json.dumps(document, indent=4))
    return path


def agent(disk: Disk, out: Path) -> subprocess.Popen[bytes]:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(out.parent),
        "PAIR": "1",
        "STATUS_DIR": str(disk.place / "status"),
        "AGENT_DIR": str(disk.place / "agent"),
        "POLL": "0.1",
    }
    with out.open("wb") as log:
        return subprocess.Popen(
            ["/bin/sh", str(SCRIPT), "agent", "exec sleep 60"], env=env, stdout=log, stderr=log
        )


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_a_pair_that_is_done_says_so_on_a_full_disk_too(disk: Disk, tmp_path: Path) -> None:
    checkpoint(disk, complete=True)
    disk.fill()
    assert agent(disk, tmp_path / "out").wait(20) == 0
    assert (disk.place / "status" / "pair-1.agent.done").exists()


@pytest.mark.slow
@pytest.mark.parametrize("cut", [False, True], ids=["whole", "cut"])
def test_no_attempt_drives_without_a_copy_of_its_checkpoint(
    disk: Disk, tmp_path: Path, cut: bool
) -> None:
    """The evaluator cuts the file before it writes: on a full disk that would be its end."""
    path, out = checkpoint(disk, complete=False), tmp_path / "out"
    good = path.with_name("agent_results.json.good")
    text = path.read_text()
    if cut:
        path.rename(good)
        path.write_text(text[:40])
    disk.fill()
    half = agent(disk, out)
    eventually(lambda: "waiting until the disk takes it" in out.read_text())
    assert (good if cut else path).read_text() == text
    disk.empty()
    eventually(lambda: "waiting for the simulator" in out.read_text())
    assert (path.read_text(), good.read_text()) == (text, text)
    half.terminate()
    assert half.wait(20) == 143


def test_no_agent_drives_without_what_its_teams_files_set(disk: Disk, tmp_path: Path) -> None:
    (disk.place / "agent").mkdir()
    (tmp_path / "agent_sources.sh").write_text("export OF_THE_TEAM=yes\n")
    out, start = tmp_path / "out", SCRIPT.with_name("evaluator_start.sh")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AGENT_DIR": f"{disk.place}/agent"}
    disk.fill()
    with out.open("wb") as log:
        command = ["/bin/sh", str(start), 'echo "it is [$OF_THE_TEAM]"']
        started = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    eventually(lambda: "waiting until the disk takes" in out.read_text())
    assert "it is" not in out.read_text()
    disk.empty()
    assert started.wait(20) == 0
    assert "it is [yes]" in out.read_text()


def again_and_again(work: Callable[[], None]) -> None:
    """The last block of a file may have room yet."""
    for _ in range(1000):
        work()


def test_a_recording_on_a_full_disk_keeps_whole_lines_and_goes_on_when_there_is_room(
    disk: Disk,
) -> None:
    """What was refused is refused as a whole, so that it can be written again."""
    recorder = Recorder(disk.place / "recordings")
    where = Recording("prod", "races", "demo", "0123456789abcdef")
    writer = recorder.claim(where)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0)
    block = b"2026-11-22T10:00:01.000000000Z " + b"x" * 968 + b"\n"
    spool.write(block)
    note = JobVanished(datetime(2026, 11, 22, tzinfo=UTC))
    writer.note(note)
    disk.fill()
    with pytest.raises(RecorderFailed, match="cannot be written"):
        again_and_again(lambda: spool.write(block * 50))
    with pytest.raises(RecorderFailed):
        again_and_again(lambda: writer.note(note))
    whole = recorder.log(where, "agent-1").line_count()
    noted = len(list(recorder.history(where)))
    assert (whole % 50, noted > 0) == (1, True)
    disk.empty()
    spool.write(block * 50)
    writer.note(note)
    assert recorder.log(where, "agent-1").line_count() == whole + 50
    assert len(list(recorder.history(where))) == noted + 1
    spool.close()
    writer.release()


def test_the_room_on_a_full_disk_is_announced(disk: Disk) -> None:
    store = StoreOnDisk(disk.place / "recordings", disk.place, {})
    assert notice_of(store.room(), Limits(announced=1)) == ""
    assert notice_of(store.room(), Limits()).startswith("disk nearly full: ")
    disk.fill()
    assert notice_of(store.room(), Limits(announced=1)) == "disk full: nothing is recorded"
