"""How long routes took, as the index of recordings remembers it: bounded, apart, and never old."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.domain.drive_times import DriveTimes
from console.domain.events import JobVanished
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.recorder import history_index
from console.recorder.history_index import FILE, MOST_MADE, History
from console.recorder.recorder import Recorder

ROUTES = "2.0 image /routes.xml"
T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)


class Told:
    """Recordings that tell what they are given, and who was asked."""

    def __init__(self, root: Path) -> None:
        self.root, self.asked = root, list[str]()
        self.times: dict[str, DriveTimes | None] = {}
        self.going_on: set[str] = set()

    def record(self, name: str, times: DriveTimes | None) -> None:
        self.times[name] = times
        recording = Recording("prod", "races", name, f"{name}-uid-0123")
        writer = Recorder(self.root).claim(recording)
        assert writer is not None
        spool = writer.open_spool("logcopy", 0)
        spool.write(b"2026-11-22T10:00:01.000000000Z one\n")
        spool.close()
        writer.note(JobVanished(T0))
        writer.release()

    def make(self, recording: Recording) -> HistoryEntry:
        self.asked.append(recording.name)
        ended = recording.name not in self.going_on
        return HistoryEntry(recording, None, ended, seen_at=T0, times=self.times[recording.name])

    def took(self, routes: str = ROUTES, until: datetime | None = None) -> list[float]:
        self.asked.clear()
        found = History(self.root).drive_times(self.make, routes, until)
        return [seconds for each in found for _, seconds in each.drives]


def times(seconds: float, hours: float = 0, routes: str = ROUTES) -> DriveTimes:
    ended = T0 + timedelta(hours=hours)
    return DriveTimes(routes, (("RouteScenario_0", seconds),), (30.0,), ended)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "recordings")


def test_of_the_same_routes_all_ended_submissions_tell_the_newest_first(told: Told) -> None:
    told.record("old", times(10, hours=1))
    told.record("new", times(20, hours=2))
    told.record("other", times(99, routes="1.0 image /routes.xml"))
    assert told.took() == [20, 10]
    assert told.took("1.0 image /routes.xml") == [99]
    assert told.took("nobody's") == []


def test_what_is_remembered_is_not_read_again(told: Told) -> None:
    told.record("one", times(10))
    told.took()
    assert told.asked == ["one"]
    assert told.took() == [10]
    assert told.asked == []


def test_a_replay_knows_what_had_ended_by_its_present(told: Told) -> None:
    told.record("early", times(10, hours=1))
    told.record("late", times(20, hours=3))
    assert told.took(until=T0 + timedelta(hours=2)) == [10]
    assert told.took(until=T0) == []


@pytest.mark.parametrize("missing", [None, DriveTimes(ROUTES), DriveTimes("", times(1).drives)])
def test_what_drove_nothing_or_nobody_knows_which_routes_tells_nothing(
    told: Told, missing: DriveTimes | None
) -> None:
    told.record("one", missing)
    assert told.took() == []


def test_what_goes_on_tells_nothing_yet_and_what_it_took_once_it_has_ended(told: Told) -> None:
    told.record("one", times(10))
    told.going_on.add("one")
    assert told.took() == []
    told.going_on.clear()
    told.record("one", times(10))
    # It may still be written: it is looked at again once it has been left alone.
    assert told.took() == []
    assert told.asked == []
    (journal,) = told.root.glob("*/*/*/journal.jsonl")
    long_ago = time.time() - 3600
    os.utime(journal, (long_ago, long_ago))
    assert told.took() == [10]


def test_however_many_are_new_few_are_read_at_once(told: Told) -> None:
    for number in range(MOST_MADE + 4):
        told.record(f"job-{number}", times(10.0))
    assert len(told.took()) == len(told.asked) == MOST_MADE
    assert len(told.took()) == MOST_MADE + 4
    assert len(told.asked) == 4


def test_folders_that_are_no_recordings_hide_none_that_is(told: Told) -> None:
    told.record("one", times(10))
    for number in range(MOST_MADE + 2):
        (told.root / "prod" / "races" / f"junk-{number}").mkdir()
    assert told.took() == [10]


def test_however_many_are_remembered_so_many_are_told(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_index, "MOST_TIMES", 2)
    for number in range(4):
        told.record(f"job-{number}", times(float(number), hours=number))
    assert told.took() == [3, 2]


def test_the_list_of_all_remembers_them_too_and_does_not_carry_them(told: Told) -> None:
    told.record("one", times(10))
    (entry,) = History(told.root).entries(told.make)
    assert entry.times is None
    assert told.took() == [10]
    assert told.asked == []
    (again,) = History(told.root).entries(told.make)
    assert again.times is None


def test_with_a_recording_go_its_times(told: Told) -> None:
    told.record("one", times(10))
    told.took()
    Recorder(told.root).remove(Recording("prod", "races", "one", "one-uid-0123"))
    History(told.root).entries(told.make)
    assert told.took() == []


def test_an_index_that_is_none_or_of_before_is_made_anew(told: Told) -> None:
    told.record("one", times(10))
    told.root.joinpath(FILE).write_bytes(b"no database at all" * 100)
    assert told.took() in ([], [10])
    assert told.took() == [10]
    with sqlite3.connect(told.root / FILE) as index:
        index.execute("PRAGMA user_version = 5")
    index.close()
    assert told.took() == [10]
    assert told.asked == ["one"]
