"""Going to another context or namespace while the console runs: nothing of one meets another."""

from __future__ import annotations

import asyncio
import threading

import pytest
from fakes.contexts import FakeContexts, backend_in
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from console.errors import ConsoleError, Forbidden, LoginRefused
from console.operations.ports.cluster import KnownContext
from console.tui import kept_choices
from console.tui.app import ConsoleApp
from console.tui.backend import Link
from console.tui.chosen_namespaces import NamespaceChoice
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.contexts import ContextsScreen
from console.tui.screens.dialogs import ConfirmDialog, ErrorDialog
from console.tui.screens.namespaces import NamespacesScreen
from console.tui.screens.start import StartScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.whereabouts import EMBEDDED, Whereabouts
from console.tui.widgets.key_line import KeyLine


@pytest.fixture
def lab() -> FakeBackend:
    return backend_in("lab", "leaderboard", "of-lab")


@pytest.fixture
def prod() -> FakeBackend:
    return backend_in("prod", "races", "of-prod")


@pytest.fixture
def contexts(lab: FakeBackend, prod: FakeBackend) -> FakeContexts:
    return FakeContexts(lab=lab, prod=prod)


async def says(pilot: Pilot[None], line: str) -> None:
    """Types that behind the colon."""
    await pilot.press("colon")
    await until(pilot, lambda: pilot.app.screen.query(Input))
    pilot.app.screen.query_one(Input).value = line
    await pilot.press("enter")


def changed(backend: FakeBackend) -> list[str]:
    """What was asked of it that changes something."""
    verbs = ("launch", "cancel", "delete", "launch_resumed", "preflight")
    return [str(each[0]) for each in backend.asked if each[0] in verbs]


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


async def test_the_contexts_are_listed_with_the_present_and_the_current_one(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    contexts.backends["embedded"] = backend_in(EMBEDDED, "default", "local-one")
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ctx")
        await shows(pilot, "cluster-prod", "user-prod", EMBEDDED, "https://lab", "current context")
        assert isinstance(app.screen, ContextsScreen)
        assert "● lab cluster-lab user-lab default" in app.screen.table.rows[0]
        await pilot.press("slash", "p", "r", "o", "enter")
        await until(pilot, lambda: len(app.screen.table.rows) == 1)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await shows(pilot, "of-prod")


async def test_names_of_a_kubeconfig_never_control_the_terminal(
    lab: FakeBackend, contexts: FakeContexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild = KnownContext("wild\x1b[2J", "c\x07", "https://x\u202e", "u\x1b", "n\x1b]0;", True)
    monkeypatch.setattr(contexts, "known", lambda: (wild,))
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ctx")
        await shows(pilot, "wild")
        assert not set(seen(app)) & {"\x1b", "\x07", "\u202e"}


async def test_a_broken_kubeconfig_is_named_and_the_console_goes_on(
    lab: FakeBackend, contexts: FakeContexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known() -> tuple[KnownContext, ...]:
        raise ConsoleError("The kubeconfig is not YAML.")

    monkeypatch.setattr(contexts, "known", known)
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ctx")
        await shows(pilot, "The kubeconfig is not YAML.")
        await pilot.press("escape", "escape")
        await shows(pilot, "of-lab")
        assert app.is_running


@pytest.mark.parametrize("line", ["ns all", "ns *"])
async def test_all_namespaces_are_one_list(
    lab: FakeBackend, contexts: FakeContexts, line: str
) -> None:
    async with opened(lab, contexts=contexts) as (_, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, line)
        await shows(pilot, "in-all", "ns all", "context lab")
        assert contexts.ways == [Whereabouts("lab", everywhere=True)]
        await until(pilot, lambda: contexts.chosen == [("lab", "leaderboard", True)])


async def test_nought_is_all_and_digits_are_the_namespaces_chosen_before(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    contexts.shown_choice = NamespaceChoice("", ("leaderboard", "races"))
    async with opened(lab, contexts=contexts) as (_, pilot):
        await shows(pilot, "of-lab")
        await pilot.press("2")
        await shows(pilot, "in-races", "ns races")
        await pilot.press("0")
        await shows(pilot, "in-all", "ns all")
        await pilot.press("7")
        await shows(pilot, "There is no namespace number 7 yet")
    assert contexts.readers
    assert threading.main_thread() not in contexts.readers, "no key waits for a file"


async def test_the_embedded_cluster_is_gone_to_by_name_and_no_key_waits_for_the_kubeconfig(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    contexts.backends["embedded"] = backend_in(EMBEDDED, "default", "local-one")
    async with opened(lab, contexts=contexts) as (_, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, f"ctx {EMBEDDED}")
        await shows(pilot, "local-one", f"context {EMBEDDED}")
    assert contexts.ways == [Whereabouts(local=True)]
    assert contexts.readers
    assert threading.main_thread() not in contexts.readers


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


async def test_where_all_may_not_be_listed_that_is_said_with_those_that_there_are(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    lab.lists_all = False
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await pilot.press("0")
        await until(pilot, lambda: isinstance(app.screen, NamespacesScreen))
        await shows(pilot, "may not list the submissions of all namespaces", "races", "leaderboard")
        assert contexts.ways == []
        await pilot.press("G", "enter")
        await shows(pilot, "in-races")


async def test_namespaces_that_may_not_be_listed_are_those_known_here(
    lab: FakeBackend, contexts: FakeContexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused() -> tuple[str, ...]:
        raise Forbidden("The cluster does not allow: list namespaces.")

    monkeypatch.setattr(lab, "namespaces", refused)
    async with opened(lab, contexts=contexts) as (_, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ns")
        await shows(
            pilot, "These are known here.", "does not allow: list namespaces", "leaderboard"
        )


async def test_a_namespace_is_remembered_once_its_cluster_has_answered(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ns races")
        await until(pilot, lambda: contexts.chosen == [("lab", "races", False)])
        slow = contexts.open(Whereabouts("lab", "typo"))
        slow.shown_connection = replace(slow.shown_connection, link=Link.CONNECTING)
        contexts.open = lambda to: slow  # type: ignore[method-assign]
        await says(pilot, "ns typo")
        await until(pilot, lambda: app.backend is slow)
        link, problem = slow.shown_connection, ConsoleError("No.")
        slow.shown_connection = replace(link, link=Link.UNREACHABLE, problem=problem)
        await until(pilot, lambda: not any(w.name == "remember" for w in app.workers))
        assert len(contexts.chosen) == 1


async def test_a_console_that_was_opened_for_one_place_stays_there(lab: FakeBackend) -> None:
    async with opened(lab) as (_, pilot):
        await shows(pilot, "of-lab")
        await says(pilot, "ctx prod")
        await shows(pilot, "This console was opened for one place alone")


async def test_a_refused_login_says_what_to_run_and_offers_the_embedded_cluster_last(
    lab: FakeBackend, contexts: FakeContexts
) -> None:
    problem = LoginRefused("The login has expired.", why="sso", fix="Run: aws sso login")
    link = replace(lab.shown_connection, link=Link.UNREACHABLE, problem=problem)
    lab.shown_connection = link
    contexts.backends["embedded"] = backend_in(EMBEDDED)
    async with opened(lab, (80, 24), contexts=contexts) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await shows(pilot, "Run: aws sso login", "not logged in", "once you have logged in")
        told = seen(app)
        ways = [told.index(each) for each in ("r  try", "c  another", "h  the hist", "e  the emb")]
        assert ways == sorted(ways)
        await pilot.press("c")
        await shows(pilot, "cluster-prod")
        await pilot.press("j", "enter")
        await shows(pilot, "of-prod", "context prod")
        assert len(app.screen_stack) == 1


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


async def test_a_filter_that_was_typed_while_contexts_were_read_keeps_its_first_row(
    lab: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    contexts = FakeContexts(**{"a-one": backend_in("a-one"), "a-two": backend_in("a-two")}, lab=lab)
    read, known = threading.Event(), contexts.known()
    monkeypatch.setattr(contexts, "known", lambda: (read.wait(5), known)[1])
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        app.action_contexts()
        await until(pilot, lambda: isinstance(app.screen, ContextsScreen))
        assert isinstance(app.screen, ContextsScreen)
        await pilot.press("slash", "a", "minus")
        read.set()
        await until(pilot, lambda: len(app.screen.table.rows) == 3)  # type: ignore[attr-defined]
        await until(pilot, lambda: not any(each.name == "contexts" for each in app.workers))
        assert app.screen.table.cursor == 0


async def test_files_are_read_for_no_context_that_is_named_and_for_no_letter_of_a_filter(
    lab: FakeBackend, contexts: FakeContexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, read = threading.current_thread(), list[str]()

    def noted(name: str) -> None:
        told = getattr(contexts, name)

        def reads(*given: object) -> object:
            if threading.current_thread() is here:
                read.append(name)
            return told(*given)

        monkeypatch.setattr(contexts, name, reads)

    contexts.shown_choice = NamespaceChoice("", ("leaderboard", "races"))
    async with opened(lab, contexts=contexts) as (app, pilot):
        await shows(pilot, "of-lab")
        noted("known")
        noted("choice")
        app.action_namespaces()
        await until(pilot, lambda: isinstance(app.screen, NamespacesScreen))
        await shows(pilot, "races")
        await pilot.press("slash", "exclamation_mark", *"races")
        await until(pilot, lambda: "races" not in " ".join(app.screen.table.rows))  # type: ignore[attr-defined]
        app.action_contexts("prod")
        await shows(pilot, "of-prod")
        assert read == []
