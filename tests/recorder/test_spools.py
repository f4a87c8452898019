"""The flight recorder's spools: bytes kept, gaps told, crashes survived, views that grow."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from console.operations.ports.cluster import ResumePoint
from console.operations.ports.recorder import RecorderFailed, Recording
from console.recorder.recorder import Recorder
from console.recorder.writing import Writer

WHERE = Recording("prod", "races", "demo", "0123456789abcdef")


def line(second: int, text: str) -> bytes:
    return f"2026-11-22T10:{second // 60:02}:{second % 60:02}.000000007Z {text}\n".encode()


def found(hits: Iterable[list[int]]) -> list[int]:
    return [number for some in hits for number in some]


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "recordings")


@pytest.fixture
def writer(recorder: Recorder) -> Writer:
    return recorder.claim(WHERE)


def test_bytes_are_kept_as_they_came(recorder: Recorder, writer: Writer, tmp_path: Path) -> None:
    """One file a run, where the documentation says, readable by this user only."""
    spool = writer.open_spool("agent-1", 0)
    raw = line(1, "\x1b[31mred\x1b[0m \ttab") + b"2026-11-22T10:00:02.000000000Z \xff\xfe\r\n"
    spool.write(raw)
    spool.close()
    path = tmp_path / "recordings/prod/races/demo-01234567/agent-1/0.log"
    assert path.read_bytes() == raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in list(path.parents)[:5]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["../../etc", "/etc/passwd", ".hidden", "", "a/b"])
def test_names_from_a_cluster_cannot_leave_the_recordings(recorder, tmp_path, name) -> None:
    """Whatever a context or a container is called."""
    recorder.claim(Recording(name, name, name, name)).open_spool(name, 0).close()
    root = (tmp_path / "recordings").resolve()
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert files
    assert all(p.resolve().is_relative_to(root) for p in files)


def test_a_container_cannot_forge_a_gap(recorder: Recorder, writer: Writer) -> None:
    """Only our own lines count as gaps, even if a block carries a look-alike."""
    spool = writer.open_spool("agent-1", 0)
    spool.write(line(1, "# not a gap") + b"#2026 forged\n")
    spool.write(b"#forged too\n")
    spool.gap("run 0\nwas cut")
    spool.close()
    lines = recorder.log(WHERE, "agent-1").lines(0, 10)
    assert [each.gap for each in lines] == [False, False, False, True]
    assert lines[3].text == "run 0 was cut"
    assert lines[3].at.endswith("Z")


def test_a_torn_line_is_cut_off_and_the_point_to_resume_from_is_exact(
    recorder, writer, tmp_path
) -> None:
    """After a crash in the middle of a write the spool ends with its last whole line."""
    spool = writer.open_spool("logcopy", 0)
    spool.write(line(1, "a") + line(2, "b") + line(2, "c"))
    spool.gap("lost something")
    spool.close()
    path = next(tmp_path.rglob("logcopy/0.log"))
    with path.open("ab") as file:
        file.write(b"2026-11-22T10:00:03.0000")
    spool = writer.open_spool("logcopy", 0)
    assert spool.resume_point() == ResumePoint("2026-11-22T10:00:02.000000007Z", 2)
    assert spool.last_timestamp().isoformat() == "2026-11-22T10:00:02+00:00"
    spool.write(line(3, "d"))
    spool.close()
    texts = [each.text for each in recorder.log(WHERE, "logcopy").lines(0, 9)]
    assert texts == ["a", "b", "c", "lost something", "d"]


def test_an_empty_spool_has_no_point(recorder: Recorder, writer: Writer) -> None:
    spool = writer.open_spool("logcopy", 0)
    assert spool.resume_point() is None
    assert spool.last_timestamp() is None
    spool.close()


def test_many_lines_of_one_time_are_counted_whatever_their_size(
    recorder: Recorder, writer: Writer
) -> None:
    """The look back widens until it has seen the first of them."""
    spool = writer.open_spool("logcopy", 0)
    spool.write(line(1, "x"))
    for _ in range(3000):
        spool.write(line(2, "y" * 90))
    assert spool.resume_point() == ResumePoint("2026-11-22T10:00:02.000000007Z", 3000)
    spool.close()


def test_runs_are_stitched_with_a_gap_line_at_each_restart(
    recorder: Recorder, writer: Writer
) -> None:
    """Line numbers stay what they were when more runs appear; pods follow each other in time."""
    for run, second, pod in ((0, 1, "a"), (1, 10, "a"), (0, 50, "b")):
        spool = writer.open_spool("agent-1", run, pod=f"{pod}-uid")
        spool.write(line(second, f"{pod}{run} first") + line(second + 1, f"{pod}{run} second"))
        spool.close()
    view = recorder.log(WHERE, "agent-1")
    assert view.line_count() == 8
    shown = [(each.text, each.gap, each.restarts) for each in view.lines(0, 99)]
    assert [text for text, gap, _ in shown if not gap] == [
        "a0 first", "a0 second", "a1 first", "a1 second", "b0 first", "b0 second"]  # fmt: skip
    assert [gap for _, gap, _ in shown] == [False, False, True, False, False, True, False, False]
    assert [restarts for _, _, restarts in shown] == [0, 0, 1, 1, 1, 0, 0, 0]
    assert [each.text for each in view.lines(3, 5)] == ["a1 first", "a1 second"]
    assert found(view.search("second")) == [1, 4, 7]


def test_a_view_grows_with_its_file_and_agrees_with_it_everywhere(
    recorder: Recorder, writer: Writer
) -> None:
    """Blocks, boundaries, long lines: every line is found, while the file grows."""
    spool = writer.open_spool("agent-1", 0)
    view = recorder.log(WHERE, "agent-1")
    assert view.line_count() == 0
    expected = []
    for number in range(300):
        text = f"{number} " + "z" * (number * 37 % 9000)
        expected.append(text)
        spool.write(line(number % 60, text))
        assert view.line_count() == number + 1
    assert [each.text for each in view.lines(0, 300)] == expected
    for start in range(0, 300, 7):
        assert [each.text for each in view.lines(start, start + 3)] == expected[start : start + 3]
    assert view.lines(300, 400) == []
    with (spool_path := next(Path(recorder._root).rglob("0.log"))).open("ab") as file:
        file.write(b"2026-11-22T10:00:00Z half")
    assert spool_path.exists()
    assert view.line_count() == 300


def test_search_is_about_the_text_not_the_time(recorder: Recorder, writer: Writer) -> None:
    """Case, anchors, several matches on one line, bytes that are no text."""
    spool = writer.open_spool("agent-1", 0)
    spool.write(
        line(1, "Error one error")
        + line(2, "ok 2026")
        + b"2026-11-22T10:00:03Z \xff ERROR\n"
        + line(4, "no error")
    )
    spool.close()
    view = recorder.log(WHERE, "agent-1")
    assert found(view.search("error")) == [0, 2, 3]
    assert found(view.search("error", ignore_case=False)) == [0, 3]
    assert found(view.search("^error")) == [0]
    assert found(view.search("2026")) == [1]
    assert found(view.search("nothing")) == []


def test_one_thread_may_write_while_others_read(recorder: Recorder, writer: Writer) -> None:
    """No line is ever seen torn or out of place."""
    spool = writer.open_spool("agent-1", 0)
    view = recorder.log(WHERE, "agent-1")
    wrong: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            count = view.line_count()
            for place, each in enumerate(view.lines(max(count - 50, 0), count), max(count - 50, 0)):
                if each.text != f"line {place}":
                    wrong.append(each.text)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(3000):
        spool.write(line(number % 3000, f"line {number}"))
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


@pytest.mark.skipif(os.geteuid() == 0 and not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_an_error_that_says_what_to_do(recorder, writer, tmp_path) -> None:
    """Not a traceback: the path and the way out."""
    spool = writer.open_spool("agent-1", 0)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, spool._descriptor)
    os.close(full)
    with pytest.raises(RecorderFailed, match="cannot be written") as caught:
        spool.write(line(1, "x"))
    assert "CARLA_CONSOLE_STATE_DIR" in caught.value.fix
    spool.close()


def test_a_run_that_begins_right_after_a_look_is_in_the_next(
    recorder: Recorder, writer: Writer, tmp_path: Path
) -> None:
    """The folder's time is as it was, or so old that a look trusts it: either way it is found."""
    folder = tmp_path / "recordings/prod/races/demo-01234567/agent-1"
    view = recorder.log(WHERE, "agent-1")
    assert view.line_count() == 0
    for run in range(4):
        spool = writer.open_spool("agent-1", run)
        spool.write(line(run, "driving"))
        spool.close()
        if run == 1:
            os.utime(folder, (1, 1))
        assert view.line_count() == 2 * run + 1
        assert view.line_count() == 2 * run + 1
