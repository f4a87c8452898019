"""What becomes of a recording: measured, pinned, removed; never while somebody writes it."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.errors import Conflict, ConsoleError, NotFound
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import KeptManifest, Recording
from console.recorder import keeping
from console.recorder.history_index import History
from console.recorder.recorder import Recorder

WHERE = Recording("prod", "races", "demo", "0123456789abcdef")
OTHER = Recording("prod", "races", "other", "fedcba9876543210")
LINE = b"2026-11-22T10:00:01.000000000Z one\n"


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    made = Recorder(tmp_path)
    for each in (WHERE, OTHER):
        writer = made.claim(each)
        assert writer is not None
        spool = writer.open_spool("agent-1", 0, pod="pod-uid")
        spool.write(LINE)
        spool.close()
        writer.keep(KeptManifest({"kind": "Job"}, "https://prod:6443"))
        writer.release()
    return made


def test_its_size_is_that_of_all_its_files(recorder: Recorder, tmp_path: Path) -> None:
    files = [each for each in (tmp_path / "prod/races").rglob("*") if each.is_file()]
    assert recorder.size(WHERE) + recorder.size(OTHER) == sum(f.stat().st_size for f in files)
    assert recorder.size(WHERE) > len(LINE)
    assert recorder.size(Recording("prod", "races", "never", "0")) == 0


def test_a_pinned_one_stays_until_it_is_unpinned(recorder: Recorder, tmp_path: Path) -> None:
    assert not recorder.pinned(WHERE)
    recorder.pin(WHERE, on=True)
    recorder.pin(WHERE, on=True)
    assert (Recorder(tmp_path).pinned(WHERE), recorder.pinned(OTHER)) == (True, False)
    with pytest.raises(Conflict, match="is pinned") as refused:
        recorder.remove(WHERE)
    assert refused.value.fix.endswith(f"history unpin {WHERE.uid}")
    recorder.pin(WHERE, on=False)
    recorder.pin(WHERE, on=False)
    recorder.remove(WHERE)
    assert recorder.recordings() == (OTHER,)


def test_what_is_removed_is_gone_with_all_its_files(recorder: Recorder, tmp_path: Path) -> None:
    recorder.remove(WHERE)
    assert recorder.recordings() == (OTHER,)
    assert recorder.log(OTHER, "agent-1").line_count() == 1
    assert recorder.log(WHERE, "agent-1").line_count() == 0
    assert not [each for each in tmp_path.rglob("*") if "demo" in each.name]


def test_what_is_being_written_is_not_removed(recorder: Recorder, tmp_path: Path) -> None:
    writer = Recorder(tmp_path, unattended=True).claim(WHERE)
    assert writer is not None
    with pytest.raises(Conflict, match="is being written") as refused:
        recorder.remove(WHERE)
    assert "the recorder, has it" in refused.value.why
    assert recorder.log(WHERE, "agent-1").line_count() == 1
    writer.release()
    recorder.remove(WHERE)


def test_a_recording_that_is_not_there_is_neither_pinned_nor_removed(recorder: Recorder) -> None:
    never = Recording("prod", "races", "never", "0")
    with pytest.raises(NotFound, match="Nothing of races/never"):
        recorder.pin(never, on=True)
    with pytest.raises(NotFound, match="Nothing of races/never"):
        recorder.remove(never)
    assert not recorder.pinned(never)


def test_what_a_crash_left_half_removed_goes_with_the_next_and_is_never_found(
    recorder: Recorder, tmp_path: Path
) -> None:
    left = tmp_path / keeping.REMOVED / "torn-01234567.99.0"
    left.parent.mkdir()
    (tmp_path / "prod/races/demo-01234567").rename(left)
    assert recorder.recordings() == (OTHER,)
    recorder.remove(OTHER)
    assert list(left.parent.iterdir()) == []


def test_whoever_claims_one_that_is_removed_at_that_moment_writes_a_new_one(
    recorder: Recorder, tmp_path: Path
) -> None:
    """The lock of a file that is gone would exclude nobody, and its lines would go nowhere."""
    stop, refused = threading.Event(), []

    def removing() -> None:
        mine = Recorder(tmp_path)
        while not stop.is_set():
            try:
                mine.remove(WHERE)
            except NotFound:
                continue
            except ConsoleError as error:
                refused.append(error)

    remover = threading.Thread(target=removing)
    remover.start()
    try:
        for _ in range(100):
            writer = recorder.claim(WHERE)
            if writer is None:
                continue
            spool = writer.open_spool("agent-1", 0)
            spool.write(LINE)
            assert recorder.log(WHERE, "agent-1").line_count() >= 1
            assert WHERE in recorder.recordings()
            spool.close()
            writer.release()
    finally:
        stop.set()
        remover.join()
    assert {type(each) for each in refused} <= {Conflict}


def test_a_pin_is_this_users_only(recorder: Recorder, tmp_path: Path) -> None:
    recorder.pin(WHERE, on=True)
    (pin,) = tmp_path.rglob(keeping.PIN)
    assert stat.S_IMODE(pin.stat().st_mode) == 0o600


def test_the_history_follows_a_pin_and_a_removal(recorder: Recorder, tmp_path: Path) -> None:
    def told() -> dict[str, bool]:
        """Of ended ones, of which little is looked at again."""
        made = History(tmp_path).entries(
            lambda each: HistoryEntry(each, None, True, pinned=recorder.pinned(each))
        )
        return {each.recording.name: each.pinned for each in made}

    assert told() == {"demo": False, "other": False}
    recorder.pin(WHERE, on=True)
    assert told() == {"demo": True, "other": False}
    recorder.pin(WHERE, on=False)
    assert told() == {"demo": False, "other": False}
    recorder.remove(WHERE)
    assert told() == {"other": False}


def test_the_history_follows_what_is_compressed(recorder: Recorder, tmp_path: Path) -> None:
    """Of an ended one the size would else be for ever that of when it was listed first."""

    def told() -> dict[str, int]:
        made = History(tmp_path).entries(
            lambda each: HistoryEntry(each, None, True, bytes=recorder.size(each))
        )
        return {each.recording.name: each.bytes for each in made}

    writer = recorder.claim(WHERE)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0, pod="pod-uid")
    spool.write(LINE * 1000)
    spool.close()
    writer.release()
    before = told()
    later = datetime.now(UTC) + timedelta(hours=1)
    assert recorder.settle(WHERE, later, lambda: False) == 1
    after = told()
    assert after["other"] == before["other"]
    assert after["demo"] == recorder.size(WHERE) < before["demo"]
