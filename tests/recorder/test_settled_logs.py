"""Logs that nobody writes any more: compressed, and read, searched and written as before."""

from __future__ import annotations

import gzip
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.operations.ports.cluster import ResumePoint
from console.operations.ports.recorder import Recording
from console.recorder import gzip_members, settling
from console.recorder.gzip_members import HEADER, RAW, told_by
from console.recorder.recorder import Recorder
from console.recorder.spooling import RecorderFailed

WHERE = Recording("prod", "races", "demo", "0123456789abcdef")
LATER = datetime.now(UTC) + timedelta(days=1)
LINES = 9000


def line(number: int, text: str = "") -> bytes:
    stamp = f"2026-11-22T10:{number // 60 % 60:02}:{number % 60:02}.{number:09}Z"
    return f"{stamp} [agent] frame {number}: speed 12.{number % 7} m/s {text}\n".encode()


def never() -> bool:
    return False


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path)


@pytest.fixture
def log(recorder: Recorder, tmp_path: Path) -> Path:
    """Three members long; each 1000th line has a mark."""
    writer = recorder.claim(WHERE)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0, pod="one-uid")
    marked = (line(n, "MARK" if n % 1000 == 7 else "x" * (n % 40)) for n in range(LINES))
    spool.write(b"".join(marked))
    spool.close()
    writer.release()
    (path,) = tmp_path.rglob("agent-1/0.*.log")
    return path


def settle(recorder: Recorder, stop: Callable[[], bool] = never) -> int:
    return recorder.settle(WHERE, LATER, stop)


def packed(log: Path) -> Path:
    return log.with_name(log.name + ".gz")


def append(recorder: Recorder, *lines: bytes) -> None:
    writer = recorder.claim(WHERE)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0, pod="one-uid")
    spool.write(b"".join(lines))
    spool.close()
    writer.release()


def seen(recorder: Recorder) -> list[str]:
    return [each.text for each in recorder.log(WHERE, "agent-1").lines(0, 2 * LINES)]


def test_a_settled_log_is_a_sixth_as_big_and_the_shell_reads_it(
    recorder: Recorder, log: Path
) -> None:
    """`zcat` gives exactly the bytes, `zgrep` finds in them; nobody else may read the file."""
    written, at = log.read_bytes(), log.stat().st_mtime_ns
    assert settle(recorder) == 1
    assert [each.name for each in log.parent.iterdir()] == [packed(log).name]
    found = packed(log).stat()
    assert found.st_size * 5 < len(written)
    assert (stat.S_IMODE(found.st_mode), found.st_mtime_ns) == (0o600, at)
    assert subprocess.check_output(["zcat", packed(log)]) == written
    hits = subprocess.check_output(["zgrep", "-c", "MARK", packed(log)])
    assert int(hits) == LINES // 1000
    assert settle(recorder) == 0


def test_a_compressed_log_is_read_and_searched_as_the_one_that_grew(
    recorder: Recorder, log: Path
) -> None:
    view = recorder.log(WHERE, "agent-1")
    whole, hits = view.lines(0, LINES), list(view.search("mark"))
    settle(recorder)
    for each in (view, recorder.log(WHERE, "agent-1")):
        assert (each.line_count(), list(each.counting())[-1]) == (LINES, LINES)
        assert each.lines(0, LINES) == whole
        for start in range(0, LINES, 517):
            assert each.lines(start, start + 40) == whole[start : start + 40]
        assert each.newest(45) == whole[-45:]
        assert [n for some in each.search("mark") for n in some] == [
            n for some in hits for n in some
        ]
    assert recorder.containers(WHERE) == ("agent-1",)


def test_a_late_writer_goes_on_where_the_compressed_log_ends(recorder: Recorder, log: Path) -> None:
    """To look where it ends costs nothing; the first line makes it grow again, also in views."""
    settle(recorder)
    view = recorder.log(WHERE, "agent-1")
    assert view.line_count() == LINES
    writer = recorder.claim(WHERE)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0, pod="one-uid")
    at = line(LINES - 1).split()[0].decode()
    assert spool.resume_point() == ResumePoint(at, 1)
    assert packed(log).exists()
    spool.write(line(LINES, "late"))
    assert spool.resume_point() == ResumePoint(line(LINES).split()[0].decode(), 1)
    assert [each.name for each in log.parent.iterdir()] == [log.name]
    assert view.line_count() == LINES + 1
    assert view.lines(LINES - 1, LINES + 1)[1].text.endswith("late")
    spool.write(line(LINES + 1, "later"))
    spool.close()
    writer.release()
    assert settle(recorder) == 1
    assert (view.line_count(), len(seen(recorder))) == (LINES + 2, LINES + 2)


def test_a_log_that_is_written_is_left_alone(recorder: Recorder, log: Path) -> None:
    """By whoever has the recording, or had a moment ago."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert recorder.settle(WHERE, yesterday, never) == 0
    writer = recorder.claim(WHERE)
    assert writer is not None
    assert settle(recorder) == 0
    writer.release()
    assert log.exists()
    assert settle(recorder) == 1


@pytest.mark.parametrize("answers", range(7))
def test_whoever_is_asked_to_stop_leaves_the_log_as_it_is(
    recorder: Recorder, log: Path, answers: int
) -> None:
    """Whichever piece it is at, while it compresses and while it reads again what it has made."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > answers

    settled = settle(recorder, stop)
    assert settled == (asked <= answers)
    assert len(seen(recorder)) == LINES
    settle(recorder)
    assert [each.name for each in log.parent.iterdir()] == [packed(log).name]


def instants(recorder: Recorder, work: Callable[[], object], at: int) -> bool:
    """Do it in a process that is killed before its `at`th look at or change of a file; whether it
    was."""
    child = os.fork()
    if child == 0:
        left = at

        def watch(event: str, _: tuple[object, ...]) -> None:
            nonlocal left
            if event in ("open", "os.rename", "os.remove", "os.chmod", "os.utime", "fcntl.flock"):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.slow
def test_killed_at_any_instant_it_loses_and_doubles_no_line(recorder: Recorder, log: Path) -> None:
    """While it compresses, and while a late writer makes the log grow again."""
    kills, expected = 0, seen(recorder)
    while instants(recorder, lambda: settle(recorder), kills):
        kills += 1
        assert seen(recorder) == expected
        append(recorder, line(LINES + kills))
        expected.append(line(LINES + kills).decode().partition(" ")[2].rstrip("\n"))
        assert seen(recorder) == expected
    assert kills >= 8
    assert [each.name for each in log.parent.iterdir()] == [packed(log).name]
    again = 0
    while instants(recorder, lambda: append(recorder, line(1, "once")), again):
        again += 1
        assert seen(recorder) in (expected, [*expected, "[agent] frame 1: speed 12.1 m/s once"])
        settle(recorder)
        expected = seen(recorder)
    assert again >= 5
    assert gzip.decompress(packed(log).read_bytes()) if packed(log).exists() else log.exists()


def members(path: Path) -> list[tuple[int, int]]:
    """Where each begins and how long it is."""
    content, found, offset = path.read_bytes(), [], 0
    while offset < len(content):
        told = told_by(content[offset : offset + HEADER])
        assert told is not None
        found.append((offset, told.length))
        offset += told.length
    return found


def test_a_damaged_part_is_a_line_that_says_so_and_the_rest_is_read(
    recorder: Recorder, log: Path
) -> None:
    settle(recorder)
    before = seen(recorder)
    (_, (second, length), *_) = members(packed(log))
    with packed(log).open("r+b") as file:
        file.seek(second + length // 2)
        file.write(b"\0\0\0\0")
    damaged = recorder.log(WHERE, "agent-1")
    assert damaged.line_count() == LINES
    told = [each for each in damaged.lines(0, LINES) if each.gap]
    assert [each.text for each in told] == ["a part of the compressed log is damaged"]
    after = [each.text for each in damaged.lines(0, LINES)]
    intact = sum(one == other for one, other in zip(before, after, strict=True))
    assert LINES - intact < RAW // 50
    append(recorder, line(LINES))
    assert seen(recorder)[:-1] == after
    assert packed(log).with_name(packed(log).name + ".damaged").exists()


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_compressed_log_that_ends_early_says_so_at_its_end(
    recorder: Recorder, log: Path, left: int
) -> None:
    settle(recorder)
    before = seen(recorder)
    begin, _ = members(packed(log))[left]
    os.truncate(packed(log), begin + 100)
    view = recorder.log(WHERE, "agent-1")
    found = view.lines(0, LINES)
    assert found[-1].gap
    assert found[-1].text == "a part of the compressed log is damaged"
    assert len(found) == view.line_count()
    assert view.newest(1) == found[-1:]
    whole = [each.text for each in found[:-2]]
    assert whole == before[: len(whole)]


def test_a_disk_that_does_not_take_it_leaves_the_log_and_is_named(
    recorder: Recorder, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(RecorderFailed, match="cannot be written"):
        settle(recorder)
    assert [each.name for each in log.parent.iterdir()] == [log.name]


def test_a_compression_that_went_wrong_is_thrown_away_and_the_log_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(pieces: Iterable[bytes]) -> Iterator[bytes]:
        for each in gzip_members.members(pieces):
            yield each[:HEADER] + b"\xff" + each[HEADER + 1 :]

    log = tmp_path / "0.log"
    log.write_bytes(b"2026-11-22T10:00:00Z one\n")
    monkeypatch.setattr(settling, "members", broken)
    with pytest.raises(OSError, match="has not become what"):
        settling.compress(log, lambda: False)
    assert [each.name for each in tmp_path.glob("0.log*")] == ["0.log"]
