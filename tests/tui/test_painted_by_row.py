"""Painting some rows of a screen: the same cells as Textual paints, from no more rows than these."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

import pytest
from fakes.pilots import opened, seen, shows
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from fakes.terminals import in_terminal
from msgspec.structs import replace
from rich.style import Style
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from console.tui.app import ConsoleApp
from console.tui.screens.dialogs import CommandLine
from console.tui.screens.events import EventsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.seen_in_rows import Span
from console.tui.textual_rows import RowByRow
from console.tui.widgets.line_pane import LinePane
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.painting import Painter

SIZE = (100, 24)
Cell = tuple[str, Style | None]


def cells(strips: Iterable[Strip]) -> list[Cell]:
    return [(glyph, part.style) for strip in strips for part in strip for glyph in part.text]


def painted_by_textual(screen: Screen[object], rows: set[int]) -> dict[int, list[Cell]]:
    crop = Region(0, min(rows), SIZE[0], max(rows) + 1 - min(rows))
    chops = screen._compositor._render_chops(crop, rows.__contains__)
    return {y: cells(chops[y].values()) for y in rows}


def painted(screen: Screen[object], rows: set[int], span: Span) -> dict[tuple[int, int], Cell]:
    """What is painted where anything in that span of these rows is to be."""
    assert isinstance(screen._compositor, RowByRow)
    found = {}
    for x, y, strip in screen._compositor.painted((y, *span) for y in rows):
        found |= {(x + at, y): cell for at, cell in enumerate(cells([strip]))}
    return found


async def test_a_paint_shows_the_layout_that_it_began_with_though_a_widget_makes_another(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(backend, SIZE) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        compositor, asked = app.screen._compositor, LineTable.render_lines
        assert isinstance(compositor, RowByRow)

        def gone(table: LineTable, crop: Region) -> list[Strip]:
            compositor._visible_widgets = {}
            return asked(table, crop)

        with monkeypatch.context() as patched:
            patched.setattr(LineTable, "render_lines", gone)
            pieces = compositor.painted((y, 0, SIZE[0]) for y in range(SIZE[1]))
        compositor._visible_widgets = None
        assert {y for _, y, _ in pieces} == set(range(SIZE[1]))


@pytest.mark.parametrize("seed", sweep(range(20), 0))
@pytest.mark.parametrize("shown", ["list", "toast", "dialog", "monitor"])
async def test_the_rows_have_the_cells_that_textual_paints(
    shown: str, seed: int, backend: FakeBackend
) -> None:
    chance, app = random.Random(seed), ConsoleApp(backend)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await shows(pilot, "demo")
        if shown == "monitor":
            await pilot.press("enter")
            await shows(pilot, "simulator")
        elif shown == "dialog":
            app.push_screen(CommandLine())
            await pilot.pause()
        elif shown == "toast":
            app.notify("a word of warning")
            await shows(pilot, "a word of warning")
        for _ in range(10):
            rows = set(chance.sample(range(SIZE[1]), chance.randrange(1, 8)))
            span = chance.randrange(SIZE[0] // 2), chance.randrange(SIZE[0] // 2, SIZE[0])
            ours = painted(app.screen, rows, span)
            theirs = painted_by_textual(app.screen, rows)
            assert ours.keys() >= {(x, y) for x in range(*span) for y in rows}
            assert ours == {(x, y): theirs[y][x] for x, y in ours}
        every = painted_by_textual(app.screen, {*range(SIZE[1])})
        whole = app.screen._compositor.render_strips()
        assert [cells([row]) for row in whole] == [every[y] for y in range(SIZE[1])]


@contextmanager
def rows_asked_of(kind: type[Painter], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The rows that widgets of that kind are asked for meanwhile."""
    asked: list[int] = []
    whole = kind.render_lines

    def render_lines(widget: Painter, crop: Region) -> list[Strip]:
        asked.extend(crop.line_range)
        return whole(widget, crop)

    with monkeypatch.context() as patched:
        patched.setattr(kind, "render_lines", render_lines)
        yield asked


async def test_a_key_asks_the_table_for_the_two_rows_that_change(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_terminal(backend, SIZE) as (pilot, _):
        await shows(pilot, "demo")
        await pilot.pause()
        with rows_asked_of(LineTable, monkeypatch) as asked:
            await pilot.press("j")
            await pilot.pause()
        assert asked == [2, 4]  # each beneath its heading


async def test_of_many_events_the_one_that_came_again_is_painted(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_terminal(backend, SIZE) as (pilot, _):
        await shows(pilot, "demo")
        await pilot.press("e")
        await shows(pilot, "SuccessfulCreate")
        await pilot.pause()  # what is read there may not be painted yet
        row = next(y for y, told in enumerate(seen(pilot.app).splitlines()) if "BackOff" in told)
        *before, last = backend.shown_board.events
        events = (*before, replace(last, count=77))
        backend.shown_board = replace(backend.shown_board, events=events)
        with rows_asked_of(LinePane, monkeypatch) as asked:
            cast("EventsScreen", pilot.app.screen)._tick()
            await pilot.pause()
        assert row - 1 in asked
        assert 0 not in asked


async def test_a_list_beneath_another_screen_rests_and_beneath_a_dialog_goes_on(
    backend: FakeBackend,
) -> None:
    async with in_terminal(backend, SIZE) as (pilot, _):
        await shows(pilot, "demo")
        listed = pilot.app.screen
        assert isinstance(listed, SubmissionsScreen)
        for top, ticks in (
            (MonitorScreen(("leaderboard", "demo")), False),
            (CommandLine(), True),
        ):
            await pilot.app.push_screen(top)
            backend.visible = []
            listed._tick()
            assert bool(backend.visible) is ticks
            await pilot.app.pop_screen()
