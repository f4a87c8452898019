"""The `:` line: words of k9s and kubectl, aliases, and what is near a word that there is none of."""

from __future__ import annotations

import pytest
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend

from console.tui.line_commands import NotUnderstood, Understood, understood
from console.tui.screens.dialogs import CommandLine
from console.tui.screens.logs import LogsScreen

ALIASES = {
    "lg": "logs",
    "pp": "v1/pods",
    "bj": "batch/v1/jobs",
    "round": "again",
    "again": "round",
    "dp": "apps/v1/deploy",
}


def meaning(line: str) -> str:
    found = understood(line, ALIASES)
    return found.command.names[0] if isinstance(found, Understood) else found.told


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("logs", "logs"),
        (":LOGS ", "logs"),
        ("sub", "submissions"),
        ("po", "monitor"),
        ("ev", "events"),
        ("q!", "quit"),
        ("lg", "logs"),
        ("pp", "monitor"),
        ("bj", "submissions"),
    ],
)
def test_words_beginnings_and_aliases_name_a_command(line: str, word: str) -> None:
    assert meaning(line) == word


def test_a_wrong_word_is_told_what_is_near_or_what_there_is() -> None:
    assert meaning("lgos") == "There is no :lgos. Did you mean :logs?"
    assert "There is no :zzzz. There is :submissions, :history" in meaning("zzzz")
    assert meaning("h") == ":h may be :history or :help."
    assert meaning("logs now") == ":logs stands alone; 'now' means nothing there."


def test_an_alias_that_leads_nowhere_says_through_which_word() -> None:
    assert meaning("dp").startswith(":dp stands for apps/v1/deploy. There is no :apps/v1/deploy.")
    assert isinstance(understood("round", ALIASES), NotUnderstood)


async def test_tab_completes_a_word_and_enter_goes_there(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, CommandLine) and app.focused)
        await pilot.press("l", "o")
        await until(pilot, lambda: getattr(app.focused, "_suggestion", "") == "logs")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
