"""Painting some rows of a screen: the same cells as Textual paints, from no more rows than these."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from fakes.pilots import seen, shows
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from fakes.terminals import in_terminal
from textual._compositor import Compositor
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip

from console.tui.app import ConsoleApp
from console.tui.screens.dialogs import CommandLine
from console.tui.textual_internals import bands
from console.tui.widgets.line_table import LineTable

SIZE = (100, 24)


@contextmanager
def painted_by_textual(screen: Screen[object]) -> Iterator[None]:
    ours = screen._compositor.__class__
    screen._compositor.__class__ = Compositor
    yield
    screen._compositor.__class__ = ours


def painted(app: ConsoleApp, rows: set[int]) -> Sequence[Mapping[int, Strip]]:
    crop = Region(0, min(rows), SIZE[0], max(rows) + 1 - min(rows))
    chops = app.screen._compositor._render_chops(crop, rows.__contains__)
    return [chops[y] for y in sorted(rows)]


def test_neighbouring_rows_are_painted_together() -> None:
    found = list(bands([0, 3, 4, 5, 23], Size(*SIZE)))
    assert found == [Region(0, y, 100, height) for y, height in ((0, 1), (3, 3), (23, 1))]


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
            ours = painted(app, rows)
            with painted_by_textual(app.screen):
                assert painted(app, rows) == ours


async def test_a_key_asks_the_table_for_the_two_rows_that_change(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Region] = []

    def render_lines(table: LineTable[object], crop: Region) -> list[Strip]:
        asked.append(crop)
        return whole(table, crop)

    whole = LineTable.render_lines
    async with in_terminal(backend, SIZE) as (pilot, _):
        await shows(pilot, "demo")
        await pilot.pause()
        monkeypatch.setattr(LineTable, "render_lines", render_lines)
        await pilot.press("j")
        await pilot.pause()
        assert [(crop.y, crop.height) for crop in asked] == [(1, 2)], seen(pilot.app)
