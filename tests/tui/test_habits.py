"""What k9s has a key for and the console does otherwise is answered with the key that it has here."""

from __future__ import annotations

import pytest
from fakes.pilots import opened, seen, shows
from fakes.screens import FakeBackend

from console.tui.habits import HABITS, answer
from console.tui.places import Destination, Place
from console.tui.screens.history import HistoryScreen
from console.tui.screens.inspect import InspectScreen
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.results import ResultsScreen
from console.tui.screens.screen import ConsoleScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.user_keys import keys_of

SCREENS = (
    *(SubmissionsScreen, MonitorScreen, LogsScreen),
    *(HistoryScreen, ResultsScreen, InspectScreen),
)


def test_a_command_that_a_screen_has_not_is_not_named() -> None:
    assert answer("a", "list", lambda name: "") == ""
    assert answer("a", "list", {"shell": "s"}.__getitem__) == (
        "s attaches: it asks to which container."
    )
    assert answer("?", "list", lambda name: "x") == ""


def test_a_read_only_console_names_no_key_that_changes_something() -> None:
    assert "ctrl+k" in answer("ctrl+k", "history", str)
    assert answer("ctrl+k", "history", str, read_only=True) == ""


@pytest.mark.parametrize("screen", SCREENS)
def test_no_answer_stands_behind_a_key_that_means_something_there(
    screen: type[ConsoleScreen],
) -> None:
    word = screen.TITLE_WORD.lower()
    bound = {key for command in screen.commands for key in keys_of(command)}
    meant = {habit.key for habit in HABITS if word in habit.screens}
    assert not meant & bound


async def test_an_unbound_key_of_k9s_is_answered_and_all_others_are_silent(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("F")
        await shows(pilot, "s forwards a port")
        await pilot.press("ctrl+r")
        await shows(pilot, "What is shown here is live")
        app.clear_notifications()
        app.go(Destination(Place.MONITOR, ("leaderboard", "demo")))
        await shows(pilot, "restarts")
        await pilot.press("u", "o")
        await shows(pilot, "d tells its node.")
        assert "live;" not in seen(app)
