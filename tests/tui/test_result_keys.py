"""The keys of results, comparisons and what they ask: each has one meaning on its screen."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from console.tui.commands import Command
from console.tui.line_commands import LINE_COMMANDS, Understood, understood
from console.tui.places import Place
from console.tui.screens.about import COMPARE
from console.tui.screens.comparison import ComparisonScreen
from console.tui.screens.contenders import ContendersScreen
from console.tui.screens.exporting import EXPORTING
from console.tui.screens.list_keys import SORTING
from console.tui.screens.plots import PlotsScreen
from console.tui.screens.replaying import REPLAYING
from console.tui.screens.results import ResultsScreen
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.line_table import LineTable

SCREENS = (ResultsScreen, ComparisonScreen, PlotsScreen, ContendersScreen)


def keys(commands: tuple[Command, ...]) -> list[str]:
    return [key for each in commands for key in each.key.split(",")]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_of_a_screen_has_two_meanings(screen: type[ConsoleScreen]) -> None:
    assert [key for key, times in Counter(keys(screen.commands)).items() if times > 1] == []


@pytest.mark.parametrize("screen", [ResultsScreen, ComparisonScreen, PlotsScreen])
def test_keys_that_come_with_a_submission_are_not_taken(screen: type[ConsoleScreen]) -> None:
    """But for those of a list's order, which a replay has for its own: `s` and a click stay."""
    own = {*keys(screen.commands)} - {*keys(SORTING)}
    assert not own & {*keys(EXPORTING), *keys(REPLAYING)}
    assert "s" not in keys(REPLAYING)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_keys_that_move_in_a_table_go_on_moving(screen: type[ConsoleScreen]) -> None:
    moving = {key for each in LineTable.BINDINGS for key in each.key.split(",")}  # type: ignore[union-attr]
    assert not set(keys(screen.commands)) & moving


@pytest.mark.parametrize("screen", SCREENS)
def test_every_key_is_explained_by_a_sentence_that_begins_large(
    screen: type[ConsoleScreen],
) -> None:
    for each in screen.commands:
        assert each.help[0].isupper()
        assert not each.help.endswith(".")


def test_the_same_key_means_the_same_on_results_and_comparison() -> None:
    here = {each.key: each.name for each in ResultsScreen.commands}
    there = {each.key: each.name for each in ComparisonScreen.commands}
    assert {key for key in here.keys() & there.keys() if here[key] != there[key]} <= {"C"}


@pytest.mark.parametrize("word", ["versus", "compare", "diff"])
def test_each_word_for_a_comparison_leads_to_one(word: str) -> None:
    found = understood(word, {})
    assert isinstance(found, Understood)
    assert found.command.action == f"go('{Place.COMPARISON}')"


def test_a_comparison_and_plots_are_about_a_submission() -> None:
    assert Place.COMPARISON.about_one
    assert Place.PLOTS.about_one
    assert {f"go('{place}')" for place in (Place.COMPARISON, Place.PLOTS)} <= {
        each.action for each in LINE_COMMANDS
    }


@pytest.mark.parametrize(("count", "refused"), [(0, False), (1, False), (26, False), (27, True)])
def test_as_many_as_can_be_followed_are_compared_and_no_more(count: int, refused: bool) -> None:
    """Of thousands that are marked each would be followed for its records."""
    marked = [("leaderboard", f"team-{number}") for number in range(count)]
    one = ("leaderboard", "demo")
    screen = SimpleNamespace(marked=lambda: marked, candidate=lambda: one, marks_gone=lambda: "")
    assert ("too many" in COMPARE.reason(screen)) == refused
