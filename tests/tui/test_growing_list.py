"""The first list of thousands: shown while it is read, with no count and no claim that is early."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fakes.boards import NOW, ROWS
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.fleet import READING, FleetSnapshot
from console.presentation.tones import Line
from console.tui import remembered
from console.tui.backend import ClusterLink, Link
from console.tui.heading import Heading, heading_line
from console.tui.screens.submissions import SubmissionsScreen

HEARD = FleetSnapshot(ROWS[-2:], False, READING, NOW, heard=2)
KNOWN = FleetSnapshot(ROWS, False, READING, datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


def said(line: Line) -> str:
    return "".join(words for words, _ in line)


def title(fleet: FleetSnapshot) -> str:
    return said(heading_line(Heading("Submissions", ClusterLink(Link.CONNECTED), fleet), 120))


async def test_rows_are_shown_while_others_are_read_and_no_count_is_called_final(
    backend: FakeBackend,
) -> None:
    backend.shown_fleet = HEARD
    async with opened(backend) as (app, pilot):
        await shows(pilot, "reading the list: 2 so far", ROWS[-1].name, " so far ──")
        backend.shown_fleet = FleetSnapshot(ROWS, True, "", NOW)
        await until(pilot, lambda: "so far" not in seen(app) and "● live" in seen(app))


@pytest.mark.parametrize("keys", [(), ("j",)])
async def test_the_cursor_waits_on_top_until_somebody_has_chosen_a_row(
    backend: FakeBackend, keys: tuple[str, ...]
) -> None:
    """Then it stays there, whatever comes above."""
    backend.shown_fleet = HEARD
    async with opened(backend) as (app, pilot):
        await shows(pilot, ROWS[-1].name)
        screen = app.screen
        assert isinstance(screen, SubmissionsScreen)
        await pilot.press(*keys)
        chosen = screen.candidate()
        backend.shown_fleet = replace(HEARD, rows=ROWS, heard=len(ROWS))
        await until(pilot, lambda: len(screen.table.rows) == len(ROWS))
        first = ROWS[0].namespace, ROWS[0].name
        assert screen.candidate() == (chosen if keys else first)


def test_how_far_it_is_read_is_said_and_of_when_the_other_rows_are() -> None:
    assert "◌ reading the list: 2 so far" in title(HEARD)
    assert "stale" not in title(HEARD)
    told = title(remembered.with_rest(replace(HEARD, heard=1500), replace(KNOWN, rows=ROWS)))
    assert "reading the list: 1,500 so far" in told
    assert title(KNOWN).endswith("list of 09:30, stale; ◌ reading the list ")


def test_what_the_list_has_not_come_to_stays_as_it_was_last_known() -> None:
    newer = tuple(replace(row, reason="heard just now") for row in HEARD.rows)
    joined = remembered.with_rest(replace(HEARD, rows=newer), KNOWN)
    assert [row.name for row in joined.rows] == [row.name for row in ROWS]
    assert [row.reason for row in joined.rows].count("heard just now") == 2
    assert joined.updated_at == KNOWN.updated_at


def test_a_list_that_a_recorder_has_whole_is_not_replaced_by_a_part() -> None:
    recorders = replace(KNOWN, why=remembered.THE_RECORDERS)
    assert remembered.with_rest(HEARD, recorders) is recorders
    whole = FleetSnapshot(ROWS[:1], True, "", NOW)
    assert remembered.with_rest(whole, recorders) is whole
