"""What `record status` says of all recordings together, with a recorder running or without."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.cli.main import main
from console.cli.store_words import store_document, store_words
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.ports.recording_store import Limits, Removal, Room
from console.operations.recording.retention import StoreState

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE = Recording("prod", "races", "team-7", "0123456789")
FILE = "/home/me/.config/carla-console/recordings.yaml"


def state(**more: Any) -> StoreState:
    usual: dict[str, Any] = {
        "place": "/var/recordings",
        "settings": FILE,
        "count": 3,
        "bytes": 340 * 10**6,
        "oldest": HistoryEntry(ONE, None, True, ended_at=AT),
        "pinned": 1,
        "pinned_bytes": 30 * 10**6,
        "unsettled": 1,
        "unsettled_bytes": 3 * 10**6,
        "limits": Limits(),
        "trouble": "",
        "room": Room(45 * 10**9, 271 * 10**9),
        "removed": Removal(AT, ONE, 34 * 10**6, "it ended more than 365 days ago", 14),
    }
    return StoreState(**usual | more)


def test_how_much_there_is_what_is_allowed_and_what_went_last_are_some_lines() -> None:
    assert list(store_words(state())) == [
        "Recordings: 3, 340 MB in /var/recordings",
        "  oldest races/team-7 of 2026-11-22, 1 pinned (30 MB), 1 not settled (3.0 MB): no limit"
        " removes those",
        f"  limits: 365 days, 20 GB; set in {FILE}",
        "  removed by a limit: 14, last races/team-7 (uid 0123456789, 34 MB) at"
        " 2026-11-22 12:00 UTC: it ended more than 365 days ago",
        "  disk: 45 GB free of 271 GB",
    ]


def test_of_nothing_recorded_there_is_nothing_more_to_say() -> None:
    told = list(store_words(state(count=0, bytes=0, oldest=None, removed=None, room=None)))
    assert told == [
        "Recordings: 0, 0 B in /var/recordings",
        f"  limits: 365 days, 20 GB; set in {FILE}",
        "  removed by a limit: none",
        "  disk: ? free",
    ]


def test_no_limit_is_said_as_such_and_unreadable_limits_with_what_follows() -> None:
    endless = "\n".join(store_words(state(limits=Limits(None, None))))
    assert "limits: of any age, of any size" in endless
    broken = "\n".join(store_words(state(limits=None, trouble="keep-size is no size.")))
    assert "limits: not readable, so that nothing is removed. keep-size is no size." in broken


def test_a_disk_that_fills_up_is_said_loudly() -> None:
    assert list(store_words(state(room=Room(9 * 10**8, 10**12))))[-1] == (
        "  disk: 900 MB free of 1.0 TB; DISK NEARLY FULL: 900 MB FREE FOR RECORDINGS"
    )


def test_a_document_has_null_for_what_nobody_can_tell() -> None:
    told = store_document(state(limits=None, trouble="why", room=None, removed=None))
    assert (told["limits"], told["disk"], told["removed"]) == (None, None, None)
    assert told["limitsTrouble"] == "why"
    whole = store_document(state())
    assert whole["limits"] == {"days": 365.0, "bytes": 20 * 10**9, "announceBelow": 10**9}
    assert whole["removed"]["count"] == 14
    assert whole["notice"] is None
    json.dumps(whole)


def test_it_is_told_with_no_recorder_running(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "carla-console").mkdir()
    (tmp_path / "carla-console" / "recordings.yaml").write_text("keep-days: 7\n")
    assert main(["record", "status"]) == 5
    out = capfd.readouterr().out
    assert out.startswith("No recorder is running.\nRecordings: 0, 0 B in ")
    assert f"limits: 7 days, 20 GB; set in {tmp_path}/carla-console/recordings.yaml" in out
    assert main(["record", "status", "-o", "json"]) == 5
    told = json.loads(capfd.readouterr().out)
    assert (told["recorders"], told["recordings"]["count"]) == ([], 0)
