"""What the cluster says and what can be done is wrapped, not cut; keys mean what the help says."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from fakes.boards import NOW, ROWS, board
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.facts import ClusterEvent
from console.domain.fleet import FleetSnapshot
from console.presentation.tones import Tone, text
from console.presentation.wrapping import wrapped
from console.tui.screens.events import EventsScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.manifest import ManifestScreen
from console.tui.screens.results import ResultsScreen
from console.tui.widgets.line_pane import LinePane

LONG = (
    "agent-1: its image cannot be pulled (" + "registry said no, " * 12 + "THE LAST WORD). Push it."
)


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("one two three four", ["one two", "  three four"]),
        ("abcdefghijklmnopqrstuvwxyz", ["abcdefghijkl", "  mnopqrstuv", "  wxyz"]),
        ("ab cdefghijklmnopqrstuv", ["ab", "  cdefghijkl", "  mnopqrstuv"]),
        ("漢字漢字漢字漢字", ["漢字漢字漢字", "  漢字"]),
        ("a\tb\nc\x1b[31md", ["a b␊cd"]),
    ],
)
def test_a_line_goes_on_beneath_and_loses_no_word(said: str, rows: list[str]) -> None:
    found = wrapped(text((said[:3], Tone.WARN), said[3:]), 12, 2)
    assert ["".join(span for span, _ in row) for row in found] == rows


def test_each_part_of_a_wrapped_line_keeps_its_tone() -> None:
    rows = wrapped(text(("one ", Tone.WARN), ("two three", Tone.FAIL)), 7)
    assert rows == [(("one ", Tone.WARN), ("two", Tone.FAIL)), (("three", Tone.FAIL),)]


async def test_an_event_and_the_reason_of_a_blocked_submission_are_read_whole_at_80_columns(
    backend: FakeBackend,
) -> None:
    message = 'Failed to pull image "x": ' + "rpc error: code = Unknown, " * 6 + "manifest unknown"
    event = ClusterEvent("u", "Warning", "Failed", message, 4, datetime.now(UTC), "Pod/demo-x a-1")
    backend.shown_board = board(status=SubmissionStatus.BLOCKED, reason=LONG, events=(event,))
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("e")
        await shows(pilot, "⊗ Blocked  agent-1: its image", "manifest unknown")
        whole = " ".join(seen(app).split())
        assert " ".join(LONG.split()) in whole
        assert "…" not in whole


async def test_logs_open_from_wherever_their_key_is_named(backend: FakeBackend) -> None:
    for opening in ("e", "y"):
        async with opened(backend, (80, 24)) as (app, pilot):
            await pilot.press(opening)
            await until(pilot, lambda: isinstance(app.screen, EventsScreen | ManifestScreen))
            await pilot.press("l")
            await until(pilot, lambda: isinstance(app.screen, LogsScreen))


def test_no_key_of_a_list_of_lines_is_a_command_of_a_screen_that_has_one() -> None:
    own = {key for keys in (each.key for each in LinePane.BINDINGS) for key in keys.split(",")}
    for screen, key in product((EventsScreen, ManifestScreen, ResultsScreen), own):
        assert key not in {k for each in screen.commands for k in each.key.split(",")}


async def test_the_list_shortens_a_reason_before_it_hides_what_can_be_done(
    backend: FakeBackend,
) -> None:
    row = replace(ROWS[0], status=SubmissionStatus.FAILED, reason=LONG * 3, created_at=NOW)
    backend.shown_fleet = FleetSnapshot((row,), True, "", NOW)
    backend.shown_board = board(status=SubmissionStatus.FAILED, reason=LONG, pod=None)
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "agent-1: its image cannot be pulled", "12 of 20 routes stay")
        assert "…" in seen(app)
        short = replace(row, reason="It was stopped.")
        backend.shown_fleet = FleetSnapshot((short,), True, "", NOW)
        await shows(pilot, "It was stopped.")
        await pilot.press("slash", "x")
        await shows(pilot, "No submission matches 'x'.", "h has those that are gone.", "/ Filter")
        await pilot.press(*"=1")
        await shows(pilot, "There is no field x, but name, namespace,", "published. h has")
