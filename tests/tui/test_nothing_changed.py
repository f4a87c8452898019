"""Where nothing may be changed: dangerous keys vanish, say why, and come back elsewhere."""

from __future__ import annotations

from fakes.contexts import FakeContexts, changed, says
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.widgets import Button

from console.tui.app import ConsoleApp
from console.tui.widgets.key_line import KeyLine


def keys(app: ConsoleApp) -> set[str]:
    return {key.label for key in app.screen.query_one(KeyLine).keys}


async def test_where_nothing_may_be_changed_dangerous_keys_vanish_and_say_why(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    lab.shown_connection = replace(lab.shown_connection, read_only="--readonly was given.")
    async with opened(lab, (200, 50), contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab", "read-only")
        await until(pilot, lambda: "Logs" in keys(app) and not keys(app) & {"Cancel", "Delete"})
        await pilot.press("ctrl+d")
        await shows(pilot, "This console is read-only. --readonly was given.")
        await pilot.press("question_mark")
        await shows(pilot, "Read the logs")
        assert "Stop it cleanly" not in seen(app)
        assert "Delete the Job" not in seen(app)
        assert not changed(lab)


async def test_the_launch_button_looks_unavailable_where_nothing_may_be_launched(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    lab.shown_connection = replace(lab.shown_connection, read_only="--readonly was given.")
    async with opened(lab, (120, 40), contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab", "read-only")
        await pilot.press("n")
        await shows(pilot, "Agent image", "ready")
        button = app.screen.query_one(Button)
        await until(pilot, lambda: button.disabled)
        assert "Launch" not in keys(app)


async def test_dangerous_keys_come_back_where_something_may_be_changed(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    lab.shown_connection = replace(lab.shown_connection, read_only="The settings say so.")
    async with opened(lab, (200, 50), contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab", "read-only")
        await says(pilot, "ctx prod")
        await shows(pilot, "of-prod")
        await until(pilot, lambda: {"Cancel", "Delete"} <= keys(app))
        assert "read-only" not in seen(app)


async def test_a_palette_of_a_read_only_console_has_nothing_dangerous(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    lab.shown_connection = replace(lab.shown_connection, read_only="--readonly was given.")
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        offered = " ".join(each.title for each in app.get_system_commands(app.screen)).split()
        assert "Logs" in offered
        assert not {*offered} & {"Cancel", "Delete", "Resume"}
