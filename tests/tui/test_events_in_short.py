"""The events screen tells what always happens as one line, and each event for a key."""

from __future__ import annotations

from datetime import timedelta

from fakes.boards import NOW
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.facts import ClusterEvent
from console.tui.places import Destination, Place

ROUTINE = tuple(
    ClusterEvent(
        f"{reason}{half}", "Normal", reason, f"{reason} {half}", 1, NOW, f"Pod/demo-x {half}"
    )
    for half in ("simulator-1", "agent-1")
    for reason in ("Pulled", "Created", "Started")
)
WARNING = ClusterEvent(
    "b", "Warning", "BackOff", "Back-off", 3, NOW + timedelta(seconds=1), "Pod/demo-x agent-1"
)


async def test_a_start_is_one_line_until_enter_asks_for_each_event(backend: FakeBackend) -> None:
    backend.shown_board = replace(backend.shown_board, events=(*ROUTINE, WARNING))
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        app.go(Destination(Place.EVENTS, ("leaderboard", "demo")))
        await shows(pilot, "Pulled, Created, Started Pod/demo-x  2 containers, 6 events", "BackOff")
        await shows(pilot, "⏎ Full/short")
        await pilot.press("enter")
        await shows(pilot, "Created simulator-1", "Started agent-1", "BackOff ×3")
        await pilot.press("enter")
        await until(pilot, lambda: "Started agent-1" not in seen(app))


async def test_where_every_event_has_a_line_there_is_nothing_to_expand(
    backend: FakeBackend,
) -> None:
    backend.shown_board = replace(backend.shown_board, events=(WARNING,))
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        app.go(Destination(Place.EVENTS, ("leaderboard", "demo")))
        await shows(pilot, "BackOff ×3")
        assert "Full/short" not in seen(app)
