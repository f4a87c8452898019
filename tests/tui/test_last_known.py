"""The last known list: kept on disk, shown as old until the cluster answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.boards import NOW, ROWS
from fakes.pilots import opened, seen, shows
from fakes.recorders import FakeRecorder
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot
from console.operations.services import Services
from console.tui import remembered
from console.tui.backend import ClusterLink
from console.tui.live import LiveBackend
from console.tui.widgets.line_table import LineTable


@asynccontextmanager
async def never(_wanted: str) -> AsyncIterator[Services]:
    await asyncio.Event().wait()
    yield  # type: ignore[misc]


def test_a_list_that_was_kept_is_recalled_as_old(tmp_path: Path) -> None:
    file = tmp_path / "x" / "list.json"
    rows = (*ROWS, replace(ROWS[0], name="unheard", done=None))
    remembered.remember(file, FleetSnapshot(rows, True, "", NOW))
    found = remembered.recall(file)
    assert found is not None
    assert found.rows == rows
    assert not found.live
    assert found.updated_at == NOW
    assert [each.name for each in file.parent.iterdir()] == ["list.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": 0}',
        b'{"version": 1, "rows": [{}], "at": "2026-11-22T10:00:00+00:00"}',
        b'{"version": 1, "rows": 5, "at": "2026-11-22T10:00:00+00:00"}',
        b'{"version": 1, "rows": [], "at": "2026-11-22T10:00:00"}',
        b'{"version": 1, "rows": [], "at": null}',
    ],
)
def test_a_file_of_another_shape_is_no_list(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(content)
    assert remembered.recall(file) is None


def test_no_file_is_no_list(tmp_path: Path) -> None:
    assert remembered.recall(tmp_path / "none.json") is None


def test_a_console_begins_with_the_last_known_list_of_what_was_asked_for() -> None:
    remembered.remember(remembered.place("lab"), FleetSnapshot(ROWS, True, "", NOW))
    assert LiveBackend(never, "lab").fleet().rows == ROWS
    assert not LiveBackend(never, "lab").fleet().live
    assert LiveBackend(never, "another").fleet().rows == ()
    assert LiveBackend(never, "lab", local=True).fleet().rows == ()


def test_a_recorder_that_runs_has_a_newer_list_than_the_file() -> None:
    remembered.remember(remembered.place("lab"), FleetSnapshot(ROWS[:1], True, "", NOW))
    told = remembered.told_by(FakeRecorder("demo", rows=ROWS), "races")
    assert told is not None
    assert LiveBackend(never, "lab", known=told).fleet().rows == ROWS
    assert not told.live


def test_a_recorder_that_cannot_tell_the_list_changes_nothing() -> None:
    assert remembered.told_by(None, "races") is None
    assert remembered.told_by(FakeRecorder("demo"), "races") is None


async def test_the_recorders_list_says_whose_it_is_and_is_not_called_stale(
    backend: FakeBackend,
) -> None:
    backend.shown_connection = ClusterLink()
    backend.shown_fleet = FleetSnapshot(ROWS, False, remembered.THE_RECORDERS, NOW)
    async with opened(backend, (100, 24)) as (app, pilot):
        told = f"the recorder's list of {NOW.astimezone():%H:%M:%S}"
        await shows(pilot, told, "connecting", "demo")
        assert "stale" not in seen(app)


async def test_the_old_list_says_of_when_it_is_while_the_console_connects(
    backend: FakeBackend,
) -> None:
    backend.shown_connection = ClusterLink()
    backend.shown_fleet = FleetSnapshot(ROWS, False, "the last known list", NOW)
    async with opened(backend, (80, 24)) as (_, pilot):
        await shows(pilot, f"list of {NOW.astimezone():%H:%M}, stale", "connecting", "demo")


@pytest.mark.parametrize("moved", [False, True])
async def test_the_cursor_begins_on_the_newest_of_the_cluster_unless_it_was_moved(
    backend: FakeBackend, moved: bool
) -> None:
    old = ROWS[1:]
    backend.shown_fleet = FleetSnapshot(old, False, "the last known list", NOW)
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, old[0].name)
        table = app.screen.query_one(LineTable)
        if moved:
            await pilot.press("down")
        chosen = table.selected
        backend.shown_fleet = FleetSnapshot(ROWS, True, "", NOW)
        await shows(pilot, ROWS[0].name)
        assert table.selected == (chosen if moved else ROWS[0])
