"""Going to another context or namespace while the console runs: nothing of one meets another."""

from __future__ import annotations

import asyncio

from fakes.contexts import FakeContexts, backend_in, changed, says
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.widgets import Input

from console.tui import kept_choices
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import ConfirmDialog, ErrorDialog
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.whereabouts import EMBEDDED, Whereabouts


async def test_a_context_is_gone_to_by_name_and_nothing_of_the_old_one_stays(
    lab: FakeBackend, prod: FakeBackend, contexts: FakeContexts
) -> None:
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab", "context lab")
        await pilot.press("enter")  # its monitor lies above the list
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await until(pilot, lambda: app.gate.is_open)
        await says(pilot, "ctx prod")
        await shows(pilot, "of-prod", "context prod", "ns races")
        assert "of-lab" not in seen(app)
        assert len(app.screen_stack) == 1
        assert isinstance(app.screen, SubmissionsScreen)
        assert ("start",) in prod.asked
        await until(pilot, lambda: ("retire",) in lab.asked)
        assert lab.asked.index(("leave",)) < lab.asked.index(("retire",))
        assert contexts.ways == [Whereabouts("prod")]


async def test_a_context_that_there_is_none_of_is_named_and_the_console_stays(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ctx prodd")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "no context named 'prodd'")
        await pilot.press("escape")
        await shows(pilot, "of-lab", "context lab")
        assert ("leave",) not in lab.asked
        await says(pilot, "ctx prod")  # the way is free again
        await shows(pilot, "of-prod")


async def test_a_question_about_the_old_context_goes_with_it_and_nothing_is_cancelled(
    lab: FakeBackend, prod: FakeBackend, contexts: FakeContexts
) -> None:
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        app.screen.action_command("cancel")  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        app.move(Whereabouts("prod"))
        await shows(pilot, "of-prod")
        await pilot.press("y", "enter")
        assert not changed(lab)
        assert not changed(prod)


async def test_what_a_screen_has_begun_reaches_the_cluster_that_it_was_opened_for(
    lab: FakeBackend, prod: FakeBackend, contexts: FakeContexts
) -> None:
    """Though the answer to its question comes when the console is elsewhere already."""
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        old = app.screen
        assert isinstance(old, SubmissionsScreen)
        app.move(Whereabouts("prod"))
        await shows(pilot, "of-prod")
        await old.backend.cancel("leaderboard", "of-lab")
        assert changed(lab) == ["cancel"]
        assert not changed(prod)
        assert app.backend is prod


async def test_how_a_launch_ended_that_was_under_way_is_told_elsewhere(
    lab: FakeBackend, prod: FakeBackend, contexts: FakeContexts
) -> None:
    lab.ended_later = ("lab: launch of mine: done", "lab: \x1b]0;x\x07cancel of it: failed.")
    async with opened(lab, contexts=contexts) as (_, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ctx prod")
        await shows(pilot, "of-prod", "cancel of it: failed.")
        assert "\x1b]0" not in seen(pilot.app)


async def test_what_was_typed_is_asked_for_before_it_is_left(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        app.screen.query_one("#field-submission-name Input", Input).value = "typed"
        app.move(Whereabouts("prod"))
        await shows(pilot, "Leave the form?")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        assert contexts.ways == []
        assert ("leave",) not in lab.asked


async def test_of_two_ways_at_once_the_first_is_gone(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    contexts.backends["other"] = backend_in("other")
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        app.move(Whereabouts("prod"))
        app.move(Whereabouts("other"))
        await shows(pilot, "of-prod")
        assert contexts.ways == [Whereabouts("prod")]


async def test_each_context_wears_its_own_theme_and_the_users_choice_is_left_alone(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    contexts.skins = {"prod": "leaderboard-light"}
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        usual = app.theme
        await until(pilot, lambda: "leaderboard-light" in app.available_themes)
        app.move(Whereabouts("prod"))
        await shows(pilot, "of-prod")
        assert app.theme == "leaderboard-light"
        app.move(Whereabouts("lab"))
        await shows(pilot, "of-lab")
        assert app.theme == usual != "leaderboard-light"
        contexts.skins = {"prod": "no-such-theme"}
        app.move(Whereabouts("prod"))
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        assert app.theme == usual
    assert kept_choices.recall().theme == ""


async def test_a_console_that_was_opened_for_one_place_stays_there(lab: FakeBackend) -> None:
    async with opened(lab) as (_, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ctx prod")
        await shows(pilot, "This console was opened for one place alone")


async def test_what_was_not_to_be_had_of_a_wish_is_said_once(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    told: list[str] = []
    async with opened(lab, contexts=contexts) as (app, pilot):
        app.notify = lambda message, **_: told.append(message)  # type: ignore[method-assign]
        lab.shown_connection = replace(lab.shown_connection, remark="Shown is leaderboard.")
        await until(pilot, lambda: told)
        await asyncio.sleep(0)
        app._watch_link()
        assert told == ["Shown is leaderboard."]


async def test_the_embedded_cluster_that_was_left_is_still_asked_for_at_the_end(
    prod: FakeBackend,
) -> None:
    """It ends with this console, wherever that is by then."""
    embedded = backend_in(EMBEDDED, "default", "mine")
    embedded.lost = ("It ends with this console: mine (3/20).",)
    contexts = FakeContexts(embedded=embedded, prod=prod)
    async with opened(embedded, contexts=contexts) as (_, pilot):
        await shows(pilot, "mine")
        await says(pilot, "ctx prod")
        await shows(pilot, "of-prod")
        await pilot.press("q")
        await shows(pilot, "Leave the console?", "It ends with this console: mine (3/20).")


async def test_another_cluster_that_was_left_later_does_not_take_the_embedded_one_s_place(
    lab: FakeBackend, prod: FakeBackend
) -> None:
    embedded = backend_in(EMBEDDED, "default", "mine")
    embedded.lost = ("It ends with this console: mine (3/20).",)
    lab.going_on = ("On lab goes on: of-lab (3/20).",)
    contexts = FakeContexts(embedded=embedded, lab=lab, prod=prod)
    async with opened(embedded, contexts=contexts) as (_, pilot):
        await shows(pilot, "mine")
        await says(pilot, "ctx lab")
        await shows(pilot, "of-lab")
        await says(pilot, "ctx prod")
        await shows(pilot, "of-prod")
        await pilot.press("q")
        await shows(pilot, "Leave the console?", "It ends with this console: mine (3/20).")


async def test_the_way_back_through_the_views_ends_where_the_console_came_from(
    lab: FakeBackend, prod: FakeBackend, contexts: FakeContexts
) -> None:
    """A view of before shows what its own backend knew, which is closed."""
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 2 and app.gate.is_open)
        await says(pilot, "ns races")
        await shows(pilot, "in-races")
        await pilot.press("minus")
        await shows(pilot, "There was no other view yet.")
        assert len(app.screen_stack) == 1
