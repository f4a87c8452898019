"""Who opens the console again is where it was left: on that screen, about that submission."""

from __future__ import annotations

import fcntl

import pytest
from fakes.boards import NOW, ROWS
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot
from console.operations.ports.cluster import ClusterDescription
from console.tui import kept_choices
from console.tui.kept_choices import Choices, LastPlace
from console.tui.screens.events import EventsScreen
from console.tui.screens.submissions import SubmissionsScreen

PLACE = LastPlace("events", "leaderboard", "baseline-nightly")


def was_at(place: LastPlace, where: str = "lab leaderboard") -> None:
    kept_choices.keep(lambda before: before.at(where, place))


async def leave(backend: FakeBackend, *keys: str) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "● live", "demo")
        await until(pilot, lambda: app._at)
        await pilot.press(*keys)
        await shows(pilot, "Created pod")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: kept_choices.recall().places)


async def test_the_screen_that_was_left_is_the_one_that_opens(backend: FakeBackend) -> None:
    await leave(backend, "j", "j", "e")
    async with opened(backend) as (app, pilot):
        await shows(pilot, "Events  baseline-nightly", "Created pod")
        await pilot.press("escape")
        await shows(pilot, "Submissions", "▌baseline-nightly")
        assert isinstance(app.screen, SubmissionsScreen)


async def test_a_submission_that_is_gone_leads_to_the_list_with_a_word(
    backend: FakeBackend,
) -> None:
    was_at(PLACE)
    backend.shown_fleet = FleetSnapshot(ROWS[:2], True, "", NOW)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "baseline-nightly, where you were last, is not here any more.")
        assert isinstance(app.screen, SubmissionsScreen)


async def test_each_context_has_a_place_of_its_own(backend: FakeBackend) -> None:
    was_at(PLACE)
    where = ClusterDescription("other", "https://10.0.0.2:6443", "leaderboard")
    backend.shown_connection = replace(backend.shown_connection, description=where)
    async with opened(backend) as (app, pilot):
        await until(pilot, lambda: app._at == "other leaderboard")
        assert isinstance(app.screen, SubmissionsScreen)


async def test_nobody_is_taken_away_from_where_he_has_gone_meanwhile(
    backend: FakeBackend,
) -> None:
    was_at(PLACE)
    known, backend.shown_fleet = backend.shown_fleet, FleetSnapshot(ROWS, False, "old", NOW)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("j", "e")
        await shows(pilot, "Events  team-falcon-map")
        backend.shown_fleet = known
        await pilot.press("escape")
        await until(pilot, lambda: app._at)
        assert not isinstance(app.screen, EventsScreen)


@pytest.mark.parametrize("keys", ["N", "/"])
async def test_who_sorts_or_filters_meanwhile_stays_in_the_list(
    backend: FakeBackend, keys: str
) -> None:
    was_at(PLACE)
    known, backend.shown_fleet = backend.shown_fleet, FleetSnapshot(ROWS, False, "old", NOW)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press(keys, *("demo" if keys == "/" else ""))
        backend.shown_fleet = known
        await until(pilot, lambda: app._at)
        assert isinstance(app.screen, SubmissionsScreen)


def test_a_place_of_another_version_of_the_console_is_none() -> None:
    kept_choices.keep(lambda before: before.at("lab leaderboard", LastPlace("holodeck", "a", "b")))
    assert kept_choices.recall().places["lab leaderboard"].place == "holodeck"


def test_the_places_of_the_last_fifty_contexts_are_kept() -> None:
    told = Choices()
    for number in range(60):
        told = told.at(f"context-{number}", PLACE)
    told = told.at("context-30", PLACE)
    assert len(told.places) == kept_choices.MOST_PLACES
    assert [*told.places][-1] == "context-30"
    assert "context-9" not in told.places


def test_a_console_that_is_stopped_while_it_keeps_a_choice_holds_up_no_other() -> None:
    kept_choices.keep(lambda before: before.at("a b", LastPlace("monitor")))
    with (kept_choices.file().parent / "choices.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept_choices.keep(lambda before: before.at("c d", LastPlace("monitor")))
        assert [*kept_choices.recall().places] == ["a b"]
    kept_choices.keep(lambda before: before.at("c d", LastPlace("monitor")))
    assert [*kept_choices.recall().places] == ["a b", "c d"]
