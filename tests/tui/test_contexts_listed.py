"""The list of contexts: what is read of the kubeconfig and when, and what a refused login says."""

from __future__ import annotations

import threading

import pytest
from fakes.contexts import FakeContexts, backend_in, says
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.errors import ConsoleError, LoginRefused
from console.operations.ports.cluster import KnownContext
from console.tui.backend import Link
from console.tui.chosen_namespaces import NamespaceChoice
from console.tui.screens.contexts import ContextsScreen
from console.tui.screens.namespaces import NamespacesScreen
from console.tui.screens.start import StartScreen
from console.tui.whereabouts import EMBEDDED, Whereabouts


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
