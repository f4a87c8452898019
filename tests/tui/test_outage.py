"""A list that was live and is old for a while: said once, with the ways on."""

from __future__ import annotations

from fakes.pilots import opened, shows
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot
from console.tui import app as app_module
from console.tui.outage import PATIENCE, Outage

LIVE, OLD = FleetSnapshot(live=True), FleetSnapshot(why="The login has expired. Log in again.")


def test_it_is_said_once_after_a_while_with_the_reason_and_the_ways_on() -> None:
    outage = Outage()
    assert outage.news(LIVE, 0.0) == ""
    assert outage.news(OLD, 1.0) == ""
    assert outage.news(OLD, 0.9 + PATIENCE) == ""
    told = outage.news(OLD, 1.0 + PATIENCE)
    assert told.startswith("The login has expired. Log in again. ")
    assert ":ctx" in told
    assert ":history" in told
    assert outage.news(OLD, 100.0) == ""


def test_a_watch_that_is_opened_anew_is_no_outage_and_the_next_one_is_news_again() -> None:
    outage = Outage()
    for second in range(0, 100, 5):
        assert outage.news(LIVE if second % 10 else OLD, float(second)) == ""
    assert outage.news(OLD, 100.0) == ""
    assert outage.news(OLD, 100.0 + PATIENCE)
    assert outage.news(LIVE, 120.0) == ""
    assert outage.news(OLD, 121.0) == ""
    assert outage.news(OLD, 121.0 + PATIENCE)


def test_what_was_never_live_has_a_screen_of_its_own() -> None:
    outage = Outage()
    assert outage.news(OLD, 0.0) == ""
    assert outage.news(OLD, 1000.0) == ""


async def test_the_console_says_it_on_whatever_screen(backend: FakeBackend, monkeypatch) -> None:
    now = [0.0]
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo", "live")
        monkeypatch.setattr(app_module, "monotonic", lambda: now[0])
        app._outage.news(LIVE, 0.0)
        why = "The login has expired.\x1b[2J"
        backend.shown_fleet = replace(backend.shown_fleet, live=False, why=why)
        app._watch_link()
        now[0] = PATIENCE
        app._watch_link()
        await shows(pilot, "The login has expired.", "The console goes on trying")
