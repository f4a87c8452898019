"""The list of namespaces: all as one, digits for those chosen before, and what may not be listed."""

from __future__ import annotations

import threading

import pytest
from fakes.contexts import FakeContexts, says
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.errors import ConsoleError, Forbidden
from console.tui.backend import Link
from console.tui.chosen_namespaces import NamespaceChoice
from console.tui.screens.namespaces import NamespacesScreen
from console.tui.whereabouts import Whereabouts


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
