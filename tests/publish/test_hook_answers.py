"""What a server may ask for before the next try, and what stands on disk meanwhile."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from console.domain.calls import Call, Occasion
from console.operations.ports.call_settings import Sent, WebhookForm
from console.publish.entries import Entries, OutboxEntry, key_of
from console.publish.hook_messages import body
from console.publish.http_words import asked_pause
from console.publish.sending import LONGEST_PAUSE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALL = Call(Occasion.STALLED, "races", "demo", "u-1", "pair 1 is silent", NOW, "1/2/Route 7")
ENTRY = OutboxEntry(CALL, "abcd", "hooks.example", Sent.WAITING, NOW, NOW)


@pytest.mark.parametrize(
    ("told", "pause"),
    [
        ("0", timedelta()),
        ("30", timedelta(seconds=30)),
        ("99999999999999999999", LONGEST_PAUSE),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("Sun, 22 Nov 99999999999999999999 12:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:00:00 +9999999999999", None),
        ("Sun, 22 Nov 1998 12:00:00 GMT", timedelta()),
        ("Sun, 22 Nov 2999 12:00:00 -0000", LONGEST_PAUSE),
    ],
)
def test_a_pause_is_seconds_or_a_date_and_bounded(told: str, pause: timedelta | None) -> None:
    assert asked_pause(told, LONGEST_PAUSE) == pause


def test_a_date_is_a_pause_from_now() -> None:
    told = asked_pause(format_datetime(datetime.now(UTC) + timedelta(minutes=10)), LONGEST_PAUSE)
    assert told is not None
    assert timedelta(minutes=9) < told <= timedelta(minutes=10)


@pytest.fixture
def entries(tmp_path: Path) -> Entries:
    return Entries(tmp_path / "calls" / "entries")


def test_a_place_is_taken_once_and_whoever_takes_it_finds_it_whole(entries: Entries) -> None:
    assert entries.take(ENTRY)
    assert not entries.take(replace(ENTRY, sent=Sent.SENT))
    assert list(entries.all()) == [ENTRY]


def test_the_same_call_has_a_place_for_each_webhook_and_one_of_its_own(entries: Entries) -> None:
    other = replace(CALL, detail="1/3/Route 7")
    for each in (ENTRY, replace(ENTRY, webhook="efgh"), replace(ENTRY, call=other)):
        assert entries.take(each)
    assert len(entries.names()) == 3
    assert key_of(CALL) == key_of(replace(CALL, text="in other words", at=datetime.now(UTC)))


def test_what_waits_is_its_users_only(entries: Entries, tmp_path: Path) -> None:
    entries.take(ENTRY)
    entries.put(replace(ENTRY, sent=Sent.SENDING))
    folder = tmp_path / "calls" / "entries"
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (folder, folder / ENTRY.name)]
    assert modes == [0o700, 0o600]
    assert [each.name for each in folder.iterdir()] == [ENTRY.name]


@pytest.mark.parametrize("text", ["", "nonsense", '{"call": 7}', "[" * 10_000, "\x00\xff"])
def test_a_damaged_file_is_no_call_and_hinders_none(
    entries: Entries, tmp_path: Path, text: str
) -> None:
    entries.take(ENTRY)
    (tmp_path / "calls" / "entries" / "broken.json").write_text(text)
    assert list(entries.all()) == [ENTRY]


def test_a_folder_has_changed_since_whatever_came_or_went(entries: Entries, tmp_path: Path) -> None:
    assert entries.changed() is None
    entries.take(ENTRY)
    assert entries.changed() is None, "one more may come in the same moment"
    folder = tmp_path / "calls" / "entries"
    os.utime(folder, (0, 0))
    assert entries.changed() == 0
    entries.remove(ENTRY.name)
    assert entries.changed() != 0


def test_of_a_folder_that_is_not_there_nothing_waits(entries: Entries) -> None:
    assert (list(entries.all()), entries.names()) == ([], [])
    entries.remove(ENTRY.name)


@pytest.mark.parametrize("form", WebhookForm)
def test_a_webhook_is_told_neither_where_the_cluster_is_nor_what_a_log_said(
    form: WebhookForm,
) -> None:
    told = body(CALL, form, "key").decode()
    assert "demo is stalled" in told
    assert "pair 1 is silent" in told
    assert "Route 7" not in told
