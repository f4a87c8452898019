"""A log whose lines are still counted, and a search whose hits are more than are kept."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog
from textual.pilot import Pilot

from console.tui.app import ConsoleApp
from console.tui.widgets import log_search
from console.tui.widgets.log_pane import LogPane


class SlowLog(FakeLog):
    """Its first count takes until it is allowed to end."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.asked, self.allowed = threading.Event(), threading.Event()

    def line_count(self) -> int:
        self.asked.set()
        assert self.allowed.wait(30)
        return super().line_count()


@asynccontextmanager
async def uncounted(
    backend: FakeBackend, count: int
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], SlowLog]]:
    """A log's screen on which its end is shown and its count goes on until it is allowed to end."""
    log = backend.logs["simulator-1"] = SlowLog(count)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await until(pilot, log.asked.is_set)
        await shows(pilot, f"frame {count - 1:>7}", "0+ lines", "● following")
        yield app, pilot, log
        log.allowed.set()


async def test_a_big_log_shows_its_end_and_takes_keys_before_it_is_counted(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (app, pilot, log):
        await pilot.press("t", "k", "pageup")
        await shows(pilot, "‖ paused", "time", "0+ lines")
        assert "frame     999" not in seen(app)
        shown = app.screen.query_one(LogPane).rows[0]
        log.allowed.set()
        await shows(pilot, "1,000 lines", "‖ paused")
        await until(pilot, lambda: app.screen.query_one(LogPane).rows[0] == shown)
        assert app.screen.query_one(LogPane).unseen == 0


async def test_going_down_again_before_the_count_follows_what_arrives(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (_, pilot, log):
        await pilot.press("pageup", "pagedown")
        await shows(pilot, "● following")
        log.count += 345
        await shows(pilot, "frame    1344", "0+ lines")
        log.allowed.set()
        await shows(pilot, "frame    1344", "1,345 lines")


async def test_the_key_to_the_first_line_is_obeyed_when_the_log_is_counted(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (app, pilot, log):
        await pilot.press("g")
        await shows(pilot, "‖ paused")
        log.allowed.set()
        await shows(pilot, "frame       0", "1,000 lines", "‖ paused")
        assert "frame     999" not in seen(app)


async def test_what_needs_line_numbers_says_that_they_are_being_counted(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (_, pilot, log):
        await pilot.press("m")
        await shows(pilot, "Its lines are being counted.")
        await pilot.press("slash", *"frame +99[0-3]", "enter")
        log.allowed.set()
        await shows(pilot, "search 4/4", "frame     993", "1,000 lines")


async def test_a_search_with_more_hits_than_are_kept_says_so(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_search, "MOST_HITS", 300)
    for name, count in (("simulator-1", 300), ("agent-1", 301)):
        backend.logs[name] = FakeLog(count)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "300 lines")
        await pilot.press("slash", *"frame", "enter")
        await shows(pilot, "search 300/300")
        await pilot.press("tab", "slash", *"frame", "enter")
        await shows(pilot, "301 lines", "search 300 of the first 300 of 301")
        assert "300/300" not in seen(app)


async def test_a_log_that_has_grown_since_its_search_may_hold_more(backend: FakeBackend) -> None:
    log = backend.logs["simulator-1"] = FakeLog(50)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "50 lines")
        await pilot.press("slash", *"frame", "enter")
        await shows(pilot, "search 50/50")
        assert "50/50+" not in seen(app)
        log.count += 7
        await shows(pilot, "57 lines", "search 50/50+")
