"""Every key of every screen can be named, told of and pressed."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from hypothesis import given
from hypothesis import strategies as st

from console.tui.app import ConsoleApp
from console.tui.console_commands import CONSOLE_COMMANDS
from console.tui.keyed_screens import shown_keys
from console.tui.navigation import screen_classes
from console.tui.places import Destination, Place
from console.tui.screens.help import help_lines
from console.tui.screens.screen import ConsoleScreen
from console.tui.user_files.added import UserFiles
from console.tui.user_files.key_names import key_name, shown_key
from console.tui.user_keys import keys_of
from console.tui.visits import MOST, Visits

SUBJECT = ("leaderboard", "demo")
ABOUT_ONE = [place for place in Place if place.about_one]
EVERY_KEY = sorted(
    {
        key
        for screen in screen_classes()
        for command in (*screen.screen_keys(UserFiles()).commands, *CONSOLE_COMMANDS)
        for key in keys_of(command)
    }
)


@pytest.mark.parametrize("key", EVERY_KEY)
def test_a_key_can_be_written_in_a_file_as_textual_calls_it(key: str) -> None:
    # A terminal sends the same for both.
    assert key_name(key) == {"ctrl+space": "ctrl+@"}.get(key, key)
    assert shown_key(key)


@pytest.mark.parametrize("key", EVERY_KEY)
def test_a_key_of_one_character_can_be_written_as_the_help_shows_it(key: str) -> None:
    shown = shown_key(key)
    if len(shown) == 1 and shown.isascii():
        assert key_name(shown) == key


@given(st.characters(min_codepoint=33, max_codepoint=126))
def test_every_character_of_a_keyboard_is_a_key_and_shown_as_itself(character: str) -> None:
    assert shown_key(key_name(character)) == character


@given(st.sampled_from("abcdefghjklnopqrstuvwxyz"))
def test_ctrl_and_a_letter_are_one_key_in_every_spelling(letter: str) -> None:
    spellings = (f"ctrl+{letter}", f"Ctrl-{letter.upper()}", f"CTRL-{letter}", f"control-{letter}")
    assert {key_name(each) for each in spellings} == {f"ctrl+{letter}"}
    assert shown_key(f"ctrl+{letter}") == f"^{letter}"


async def on_screen(app: ConsoleApp, pilot: object, place: Place) -> ConsoleScreen:
    app.go(Destination(place, SUBJECT))
    await until(pilot, lambda: isinstance(app.screen, ConsoleScreen) and app.gate.is_open)  # type: ignore[arg-type]
    screen = app.screen
    assert isinstance(screen, ConsoleScreen)
    await until(pilot, lambda: screen.is_mounted)  # type: ignore[arg-type]
    return screen


@pytest.mark.parametrize("place", ABOUT_ONE)
async def test_help_tells_of_each_key_that_is_offered(backend: FakeBackend, place: Place) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        screen = await on_screen(app, pilot, place)
        told = "\n".join("".join(span for span, _ in line) for line in help_lines(screen))
        for command in screen.present_commands():
            if command.offered(screen):
                assert command.help in told, command.name
                assert shown_keys(command) in told, command.name
        for command in CONSOLE_COMMANDS:
            assert command.help in told


@pytest.mark.parametrize("place", [Place.LOGS, Place.EVENTS, Place.DESCRIBE])
async def test_no_key_that_changes_nothing_ends_in_an_error(
    backend: FakeBackend, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # logs are saved where one is
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        screen = await on_screen(app, pilot, place)
        for command in screen.present_commands():
            if command.dangerous or not command.offered(screen):
                continue
            screen.action_command(command.name)
            await pilot.pause()
            assert "Something went wrong" not in seen(app), command.name
            while app.screen is not screen and len(app.screen_stack) > 1:
                top = app.screen
                top.dismiss()
                await until(pilot, lambda top=top: app.screen is not top)  # type: ignore[misc]
            if app.screen is not screen:
                screen = await on_screen(app, pilot, place)
        changed = {"launch", "cancel", "delete", "launch_resumed"}
        assert not changed & {str(asked[0]) for asked in backend.asked}


# --- the way through the views


@given(st.lists(st.integers(0, 3) | st.sampled_from([-1, 1]), max_size=60))
def test_a_way_through_views_never_leaves_what_was_seen(steps: list[int]) -> None:
    """A number that is no direction is a view that is gone to."""
    places = [Place.SUBMISSIONS, Place.HISTORY, Place.MONITOR, Place.LOGS]
    visits = Visits().went(Destination(Place.SUBMISSIONS))
    for step in steps:
        before = visits.present
        visits = (
            visits.moved(step)
            if step in (-1, 1)
            else visits.went(Destination(places[step], SUBJECT))
        )
        assert visits.present in visits.seen
        assert len(visits.seen) <= MOST
        assert visits.present == before or visits.last == before
        one = visits.moved(1)
        assert one.moved(-1).present == visits.present or visits.after is None


@given(st.integers(1, 80))
def test_only_so_many_views_are_remembered(count: int) -> None:
    visits = Visits()
    for number in range(count):
        visits = visits.went(Destination(Place.MONITOR, ("lab", f"s{number}")))
    assert len(visits.seen) == min(count, MOST)
    assert visits.present == Destination(Place.MONITOR, ("lab", f"s{count - 1}"))
    assert visits.after is None
