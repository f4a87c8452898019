"""The index of all recordings: remembered, asked again after a change, and never trusted blindly."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.domain.events import JobVanished
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.recorder import history_index
from console.recorder.history_index import FILE, History
from console.recorder.recorder import Recorder

FIRST, SECOND = (Recording("prod", "races", name, f"{name}-uid-0123") for name in ("one", "two"))


class Asked:
    """Makes entries, and notes of which recordings it was asked."""

    def __init__(self, root: Path) -> None:
        self.root, self.names = root, []
        self.ended = False
        self.recorder = Recorder(root)

    def make(self, recording: Recording) -> HistoryEntry:
        self.names.append(recording.name)
        return HistoryEntry(recording, None, self.ended, agent_image=f"image-of-{recording.name}")

    def entries(self) -> list[str]:
        """The names in a history that is opened anew, by name."""
        self.names.clear()
        told = History(self.root).entries(self.make)
        assert all(each.agent_image == f"image-of-{each.recording.name}" for each in told)
        return sorted(each.recording.name for each in told)

    def write(self, recording: Recording, container: str, line: bytes) -> None:
        writer = self.recorder.claim(recording)
        assert writer is not None
        spool = writer.open_spool(container, 0)
        spool.write(line)
        spool.close()
        writer.release()


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    found = Asked(tmp_path / "recordings")
    for each in (FIRST, SECOND):
        found.write(each, "logcopy", b"2026-11-22T10:00:01.000000000Z one\n")
    return found


def test_what_has_not_changed_is_remembered(asked: Asked) -> None:
    assert asked.entries() == ["one", "two"]
    assert sorted(asked.names) == ["one", "two"]
    assert asked.entries() == ["one", "two"]
    assert asked.names == []


def test_what_has_changed_is_asked_again(asked: Asked) -> None:
    asked.entries()
    asked.write(SECOND, "logcopy", b"2026-11-22T10:00:02.000000000Z two\n")
    assert asked.entries() == ["one", "two"]
    assert asked.names == ["two"]


def test_of_an_ended_one_its_journal_alone_is_looked_at(asked: Asked) -> None:
    """Whatever else it may have to tell is noted there; thousands have ended."""
    asked.ended = True
    asked.entries()
    asked.write(SECOND, "logcopy", b"2026-11-22T10:00:02.000000000Z two\n")
    asked.entries()
    assert asked.names == []
    writer = asked.recorder.claim(SECOND)
    assert writer is not None
    writer.note(JobVanished(datetime(2026, 11, 22, tzinfo=UTC)))
    writer.release()
    asked.entries()
    assert asked.names == ["two"]


def test_what_is_no_recording_is_left_out(asked: Asked) -> None:
    (asked.root / "a-file").write_text("x")
    (asked.root / "prod" / "races" / "empty").mkdir()
    assert asked.entries() == ["one", "two"]


def test_a_log_that_no_entry_is_made_of_changes_none(asked: Asked) -> None:
    asked.write(SECOND, "agent-1", b"2026-11-22T10:00:01.000000000Z one\n")
    asked.entries()
    asked.write(SECOND, "agent-1", b"2026-11-22T10:00:02.000000000Z two\n")
    asked.entries()
    assert asked.names == []


def test_a_recording_that_is_gone_is_forgotten(asked: Asked, tmp_path: Path) -> None:
    asked.entries()
    folder = next((tmp_path / "recordings").glob("prod/races/one-*"))
    folder.rename(tmp_path / "elsewhere")
    assert asked.entries() == ["two"]
    (tmp_path / "elsewhere").rename(folder)
    assert asked.entries() == ["one", "two"]
    assert asked.names == ["one"]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" * 99])
def test_a_damaged_index_is_made_anew(asked: Asked, content: bytes) -> None:
    asked.entries()
    (asked.root / FILE).write_bytes(content)
    assert asked.entries() == ["one", "two"]
    assert asked.entries() == ["one", "two"]
    assert asked.names == []


def test_an_index_of_another_version_is_made_anew(asked: Asked) -> None:
    asked.entries()
    with sqlite3.connect(asked.root / FILE) as index:
        index.execute("UPDATE entries SET entry = x'7b7d'")
        index.execute("PRAGMA user_version = 99")
    index.close()
    assert asked.entries() == ["one", "two"]
    assert sorted(asked.names) == ["one", "two"]


def test_an_entry_of_another_shape_is_asked_again(asked: Asked) -> None:
    asked.entries()
    with sqlite3.connect(asked.root / FILE) as index:
        index.execute("UPDATE entries SET entry = x'7b7d' WHERE folder LIKE '%one%'")
    index.close()
    assert asked.entries() == ["one", "two"]
    assert asked.names == ["one"]


def test_an_index_that_another_console_writes_is_done_without(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_index, "_WAIT_SECONDS", 0.01)
    asked.entries()
    other = sqlite3.connect(asked.root / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert asked.entries() == ["one", "two"]
    other.execute("ROLLBACK")
    other.close()


def test_a_disk_that_takes_no_index_is_done_without(asked: Asked) -> None:
    (asked.root / FILE).mkdir(parents=True)
    assert asked.entries() == ["one", "two"]
    assert asked.entries() == ["one", "two"]


def test_it_is_this_users_only(asked: Asked) -> None:
    asked.entries()
    assert stat.S_IMODE((asked.root / FILE).stat().st_mode) == 0o600


def test_without_recordings_there_is_no_history_and_no_error(tmp_path: Path) -> None:
    assert Asked(tmp_path / "none").entries() == []
