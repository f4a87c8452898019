"""The `:` line: words of k9s and kubectl, aliases, and what is near a word that there is none of."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.pilots import opened, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend

from console.errors import InvalidInput
from console.tui import kept_choices
from console.tui.line_commands import NotUnderstood, Understood, understood
from console.tui.named_submissions import meant
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.dialogs import CommandLine
from console.tui.screens.logs import LogsScreen
from console.tui.screens.submissions import SubmissionsScreen

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
    assert meaning("help now") == ":help stands alone; 'now' means nothing there."


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


async def test_a_theme_behind_its_word_is_worn_at_once_and_kept(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await app.say(":theme Frost")
        assert app.theme == "frost"
        await until(pilot, lambda: kept_choices.recall().theme == "frost")
        await app.say("skin emebr")
        await shows(pilot, "There is no theme 'emebr'.", "Did you mean ember?", "There is ")
        assert app.theme == "frost"
        await pilot.press("escape")
        await app.say("theme")
        await shows(pilot, "Themes", "Search for themes")


async def test_tab_completes_the_name_of_a_theme(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("colon", *"theme", "space", *"fr")
        await until(pilot, lambda: getattr(app.focused, "_suggestion", "") == "theme frost")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: app.theme == "frost")


async def test_what_is_to_be_done_first_is_done_once_the_list_is_there(
    backend: FakeBackend,
) -> None:
    async with opened(backend, first_line="logs") as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, LogsScreen))
        await pilot.pause(0.5)
        assert not isinstance(app.screen, LogsScreen)


async def test_a_first_word_that_means_nothing_is_told_beside_the_list(
    backend: FakeBackend,
) -> None:
    async with opened(backend, first_line="lgos") as (_, pilot):
        await shows(pilot, "There is no :lgos. Did you mean :logs?", "demo")


async def test_a_word_with_a_name_goes_to_that_submission(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        for line in ("po leaderboard/demo", "log job.batch/demo"):
            await app.say(line)
            await shows(pilot, "▌Monitor  demo" if line.startswith("po") else "▌Logs  demo")


async def test_what_is_to_be_done_first_may_name_a_submission(backend: FakeBackend) -> None:
    async with opened(backend, first_line="logs demo") as (_, pilot):
        await shows(pilot, "▌Logs  demo")


async def test_a_name_that_no_submission_has_is_told_the_nearest(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await app.say("logs dmeo")
        await shows(pilot, "There is no submission 'dmeo'. Did you mean demo?")
        await app.say("logs 0")
        await shows(pilot, ":history list what there is.")
        assert isinstance(app.screen, SubmissionsScreen)


def test_a_name_in_two_namespaces_asks_for_which() -> None:
    both = (("one", "demo"), ("two", "demo"))
    with pytest.raises(InvalidInput, match="type one/demo or two/demo"):
        meant(both, "demo")
    assert meant(both, "two/demo") == ("two", "demo")


async def test_a_name_that_is_only_recorded_opens_its_recording(
    backend: FakeBackend, tmp_path: Path
) -> None:
    recorded(tmp_path, "heron")
    kept = RecordedSubmissions(lambda: archive_in(tmp_path))
    async with opened(backend, (120, 40), kept) as (app, pilot):
        await shows(pilot, "demo")
        await app.say("monitor heron")
        await shows(pilot, "▌Monitor  heron", "recording of gone-cluster")


async def test_tab_completes_the_name_of_a_submission(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("colon", *"po", "space", *"de")
        await until(pilot, lambda: getattr(app.focused, "_suggestion", "") == "po demo")
        await pilot.press("tab", "enter")
        await shows(pilot, "▌Monitor  demo")
