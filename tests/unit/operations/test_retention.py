"""Which recordings go at a limit, and what is said of the disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.following import running, until
from msgspec.structs import replace

from console.errors import ConsoleError, InvalidInput
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.ports.recording_store import Limits, Removal, Room
from console.operations.recording import store_watch
from console.operations.recording.retention import (
    FULL,
    due,
    keep_within,
    notice_of,
    state_of,
)
from console.operations.recording.store_watch import StoreWatch
from console.operations.services import Services
from console.recorder.recording_store import StoreOnDisk

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINE = b"2026-11-22T10:00:01.000000000Z " + b"x" * 968 + b"\n"


def entry(name: str, days: float, size: int = 100, **more: object) -> HistoryEntry:
    """Ended so many days ago."""
    ended = NOW - timedelta(days) if more.get("ended", True) else None
    recording = Recording("prod", "races", name, f"uid-{name}")
    told = HistoryEntry(recording, None, True, ended_at=ended, seen_at=NOW, bytes=size)
    return replace(told, **more)


def names(entries: tuple[HistoryEntry, ...], limits: Limits) -> list[str]:
    return [each.recording.name for each, _ in due(entries, limits, NOW)]


def test_what_is_older_than_allowed_goes_the_oldest_first() -> None:
    entries = (entry("new", 1), entry("old", 40), entry("older", 50))
    assert names(entries, Limits(days=30)) == ["older", "old"]
    assert names(entries, Limits(days=None, bytes=None)) == []
    assert due(entries, Limits(days=45), NOW)[0][1] == "it ended more than 45 days ago"


def test_of_too_much_the_oldest_go_until_it_fits() -> None:
    entries = (entry("new", 1, 500), entry("old", 2, 300), entry("older", 3, 300))
    assert names(entries, Limits(bytes=1100)) == []
    assert names(entries, Limits(bytes=1000)) == ["older"]
    assert names(entries, Limits(bytes=799)) == ["older", "old"]
    assert due(entries, Limits(bytes=1000), NOW)[0][1] == (
        "all recordings together had 1.1 kB of 1.0 kB"
    )


@pytest.mark.parametrize("more", [{"pinned": True}, {"ended": False}], ids=["pinned", "active"])
def test_what_is_pinned_or_has_not_ended_stays_and_others_go_for_it(more: dict[str, bool]) -> None:
    entries = (entry("kept", 900, 900, **more), entry("old", 2, 100), entry("new", 1, 100))
    assert names(entries, Limits(days=30, bytes=1050)) == ["old"]
    assert names(entries, Limits(days=30, bytes=10)) == ["old", "new"]


def test_one_whose_cluster_was_taken_away_before_its_end_does_not_stay_for_ever() -> None:
    silent = entry("lost", 0, 500, ended=False, seen_at=NOW - timedelta(31))
    waiting = entry("waiting", 0, 500, ended=False, seen_at=NOW - timedelta(29))
    assert names((silent, waiting), Limits(days=None, bytes=1)) == ["lost"]
    assert names((silent, waiting), Limits(days=40)) == []
    assert due((silent,), Limits(days=30), NOW)[0][1] == (
        "its last word is of more than 30 days ago"
    )


def test_one_that_tells_no_time_is_never_too_old() -> None:
    timeless = entry("timeless", 1, ended_at=None, seen_at=None)
    assert names((timeless, entry("old", 2)), Limits(days=1.5)) == ["old"]
    assert names((timeless, entry("old", 2)), Limits(bytes=150)) == ["old"]


@pytest.mark.parametrize(
    ("room", "notice"),
    [
        (None, ""),
        (Room(2 * 10**9, 10**12), ""),
        (Room(900 * 10**6, 10**12), "disk nearly full: 900 MB free for recordings"),
        (Room(FULL - 1, 10**12), "disk full: nothing is recorded"),
    ],
)
def test_a_disk_that_fills_up_is_announced_before_it_is_full(
    room: Room | None, notice: str
) -> None:
    assert notice_of(room, Limits()) == notice


def test_who_wants_no_announcement_is_told_of_a_full_disk_only() -> None:
    quiet = Limits(announced=0)
    assert notice_of(Room(2 * FULL, 10**12), quiet) == ""
    assert notice_of(Room(0, 10**12), quiet) == "disk full: nothing is recorded"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def kept(services: Services, root: Path, tmp_path: Path) -> Services:
    return replace(services, store=StoreOnDisk(root, tmp_path / "settings", {}), clock=lambda: NOW)


Put = Callable[..., Recording]


@pytest.fixture
def put(services, composed, root: Path) -> Put:
    """A recording with a log of so many kB; it was deleted that many days ago."""
    from console.domain.events import JobSeen, JobVanished
    from console.domain.facts import JobFacts
    from console.specs.plan import plan_of

    def make(name: str, days: float, kilobytes: int = 10, *, ended: bool = True) -> Recording:
        at = NOW - timedelta(days)
        recording = Recording("fake", "races", name, f"uid-{name}")
        writer = services.recorder.claim(recording)
        spool = writer.open_spool("agent-1", 0)
        spool.write(LINE * kilobytes)
        spool.close()
        plan = plan_of(composed.manifest)
        writer.note(JobSeen(at, JobFacts(name, "races", recording.uid, at, 8, plan=plan)))
        if ended:
            writer.note(JobVanished(at))
        writer.release()
        return recording

    return make


def limited(kept: Services, **told: str) -> Services:
    names = {"days": "CARLA_CONSOLE_KEEP_DAYS", "size": "CARLA_CONSOLE_KEEP_SIZE"}
    assert isinstance(kept.store, StoreOnDisk)
    environ = {names[key]: value for key, value in told.items()}
    root, settings = Path(kept.store.place), Path(kept.store.settings).parent
    return replace(kept, store=StoreOnDisk(root, settings, environ))


def recorded(services: Services) -> set[str]:
    return {each.name for each in services.recorder.recordings()}


def test_limits_remove_from_the_disk_and_say_so_in_the_log(kept, put, caplog) -> None:
    put("oldest", 90)
    put("old", 60)
    put("new", 1)
    removed = keep_within(limited(kept, days="70"))
    assert [(each.recording.name, each.bytes > 10_000) for each in removed] == [("oldest", True)]
    assert recorded(kept) == {"old", "new"}
    assert "Removed the recording of fake: races/oldest (uid uid-oldest" in caplog.text
    assert "it ended more than 70 days ago" in caplog.text
    assert [each.recording.name for each in keep_within(limited(kept, size="15kB"))] == ["old"]
    assert keep_within(limited(kept, size="15kB")) == ()
    last = state_of(kept).removed
    assert last is not None
    assert (last.recording.name, last.count, last.at) == ("old", 2, NOW)


def test_pinned_active_and_claimed_ones_stay_whatever_the_limit(kept, put) -> None:
    kept.recorder.pin(put("pinned", 90), on=True)
    put("active", 20, ended=False)
    writer = kept.recorder.claim(put("claimed", 70))
    put("settled", 60)
    removed = keep_within(limited(kept, days="1", size="1B"))
    assert [each.recording.name for each in removed] == ["settled"]
    assert recorded(kept) == {"pinned", "active", "claimed"}
    writer.release()


def test_limits_that_cannot_be_read_remove_nothing(kept, put) -> None:
    put("old", 9000)
    with pytest.raises(InvalidInput, match="KEEP_DAYS is no number of days"):
        keep_within(limited(kept, days="many"))
    assert recorded(kept) == {"old"}
    state = state_of(limited(kept, days="many"))
    assert state.limits is None
    assert "no number of days" in state.trouble


def test_what_became_smaller_since_its_entry_was_made_is_measured_before_it_goes(
    kept, put, root: Path
) -> None:
    """A settled log is compressed; of an ended recording its journal alone is looked at again."""
    put("old", 60, 40)
    put("new", 1, 1)
    state_of(kept)
    (log,) = root.rglob("old-*/agent-1/0.log")
    log.write_bytes(LINE)
    assert keep_within(limited(kept, size="30kB")) == ()
    assert recorded(kept) == {"old", "new"}


def test_the_state_tells_how_much_there_is_and_what_no_limit_removes(kept, put) -> None:
    nothing = state_of(kept)
    assert (nothing.count, nothing.bytes, nothing.oldest, nothing.removed) == (0, 0, None, None)
    kept.recorder.pin(put("pinned", 90, 20), on=True)
    put("active", 20, ended=False)
    put("settled", 1)
    state = state_of(kept)
    assert (state.count, state.pinned, state.unsettled) == (3, 1, 1)
    assert 20_000 < state.pinned_bytes < 30_000 < state.bytes
    assert 10_000 < state.unsettled_bytes < 20_000
    assert state.oldest is not None
    assert state.oldest.recording.name == "pinned"
    assert state.limits == Limits()


def test_services_without_a_store_say_so(services) -> None:
    with pytest.raises(ConsoleError, match="Nobody looks after recordings here"):
        keep_within(services)


async def test_limits_are_kept_again_and_again_and_where_a_recorder_runs_by_it_alone(
    kept, put, monkeypatch
) -> None:
    monkeypatch.setattr(store_watch, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(store_watch, "SWEEP_EVERY", 0.02)
    attended = True
    put("old", 900)
    async with running(StoreWatch(replace(kept, attended=lambda: attended))):
        put("older", 1000)
        assert recorded(kept) == {"old", "older"}
        attended = False
        await until(lambda: not recorded(kept))
        put("late", 800)
        await until(lambda: not recorded(kept))


class _Filling(StoreOnDisk):
    free = 2 * 10**9

    def room(self) -> Room:
        return Room(self.free, 10**12)


async def test_a_disk_is_announced_once_while_it_fills_and_when_it_has_room_again(
    kept, root: Path, tmp_path: Path, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(store_watch, "LOOK_EVERY", 0.01)
    disk = _Filling(root, tmp_path, {})
    watch = StoreWatch(replace(kept, store=disk))
    async with running(watch):
        assert watch.notice == ""
        disk.free = 900 * 10**6
        await until(lambda: watch.notice == "disk nearly full: 900 MB free for recordings")
        disk.free = 0
        await until(lambda: watch.notice == "disk full: nothing is recorded")
        disk.free = 2 * 10**9
        await until(lambda: watch.notice == "")
    assert [each.message.split(":")[0] for each in caplog.records] == [
        *("disk nearly full", "disk full", "The disk has room for recordings again.")
    ]


async def test_limits_that_cannot_be_read_are_a_notice_and_end_nothing(kept, monkeypatch) -> None:
    monkeypatch.setattr(store_watch, "LOOK_EVERY", 0.01)
    watch = StoreWatch(limited(kept, size="much"))
    async with running(watch):
        await until(lambda: "CARLA_CONSOLE_KEEP_SIZE is no size" in watch.notice)


def test_a_removal_is_remembered_though_the_list_of_them_is_torn(root: Path, tmp_path) -> None:
    store = StoreOnDisk(root, tmp_path, {})
    assert store.last_removal() is None
    removal = Removal(NOW, Recording("prod", "races", "one", "uid"), 7, "old")
    store.note_removal(removal)
    with (root / "removed.jsonl").open("ab") as file:
        file.write(b'{"at": "2026\n\xff\xfe\n')
    assert store.last_removal() == removal
    store.note_removal(removal)
    assert store.last_removal() == replace(removal, count=2)
