"""Every screen at every size: no number is cut, the keys are told whole, no frame is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.pilots import seen, until
from fakes.sweeps import sweep
from fakes.tour import SIZES, busy_backend, recordings_in, visits

from console.tui.app import ConsoleApp
from console.tui.screens.screen import ConsoleScreen

TABLES = ("list", "results", "history", "compare with", "comparison")
ASKED = {
    "delete": ("Delete leaderboard/demo?", "Delete it (y)", "Keep it (esc)"),
    "cancel": ("Cancel leaderboard/demo?", "Cancel it (y)", "Keep it (esc)"),
    "shell": ("Into which container of demo?", "simulator-1", "kubectl exec", "Close (esc)"),
    "error": ("The launch failed.", "Close (esc)"),
}
"""What a question is, and its answers."""
_CUT_NUMBER = re.compile(r"(?:^|\s)[+-]?\d[\d./:%]*…")
_EMPTY_ROW = re.compile(r"^[│┃\s▏▕]*$")
MOST_EMPTY = 12
"""Rows in a frame that say nothing: more of them is a frame too many."""


def faults(name: str, told: str, width: int) -> Iterator[str]:
    """What is wrong with a screen, as far as its text tells."""
    rows = told.splitlines()
    if any(len(row) > width for row in rows):
        yield "a row is wider than the terminal"
    yield from (f"not in sight: {each}" for each in ASKED.get(name, ()) if each not in told)
    if name in TABLES:
        yield from (f"cut: {row.strip()}" for row in rows if _CUT_NUMBER.search(row))
    yield from _empty_frames(rows)


def _empty_frames(rows: list[str]) -> Iterator[str]:
    empty = 0
    for row in rows:
        framed = "│" in row
        empty = empty + 1 if framed and _EMPTY_ROW.match(row) else 0
        if empty == MOST_EMPTY:
            yield f"{MOST_EMPTY} rows of a frame are empty"


def unkept_keys(app: ConsoleApp, told: str) -> Iterator[str]:
    """Of the row of keys, which scrolls away with nothing: what is cut, and whether it tells where
    all of them are."""
    if isinstance(app.screen, ConsoleScreen):
        if app.screen.virtual_size.height > app.screen.size.height:
            yield "the whole screen scrolls"
        keys = told.splitlines()[-1]
        if "…" in keys.replace("as…", ""):
            yield f"keys are cut: {keys}"
        if "Help" not in keys:
            yield f"no help: {keys}"
        if not any(out in keys for out in ("esc", "q Quit")):
            yield f"no way out: {keys}"


@pytest.mark.parametrize("size", sweep(SIZES, (60, 18), (80, 24), (200, 60)))
async def test_every_screen_fits_its_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    backend = busy_backend()
    app = ConsoleApp(backend, recordings=recordings_in(tmp_path))
    found: dict[str, list[str]] = {}
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: ("start",) in backend.asked)
        async for name, _ in visits(app, pilot):
            for _ in range(10):
                told = seen(app)
                found[name] = [*faults(name, told, size[0]), *unkept_keys(app, told)]
                if not found[name]:
                    break
                await pilot.pause(0.2)  # a tick later it has the width beside its scroll bar
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
