"""A console in a browser is begun with just the flags that `web` was given."""

from __future__ import annotations

import argparse

import pytest

from console.cli.commands.web import flags_of
from console.cli.flags import add_connection_flags, add_screen_flags
from console.cli.main import parser


def told(*words: str) -> argparse.Namespace:
    """The words as the console's own parser reads them."""
    return parser().parse_args(words)


def test_what_is_said_before_and_after_the_command_goes_on() -> None:
    before = ("--context", "far", "--theme", "leaderboard-light", "--readonly")
    said = told(*before, "web", "--port", "8700", "-n", "web")
    assert flags_of(said) == [
        "--context=far",
        "--namespace=web",
        "--readonly",
        "--theme=leaderboard-light",
    ]


def test_nothing_said_is_nothing_passed_on() -> None:
    assert flags_of(told("web")) == []


def test_another_identity_goes_on_with_all_its_groups() -> None:
    said = told("web", "--as", "ci", "--as-group", "a", "--as-group=--b")
    assert flags_of(said) == ["--as=ci", "--as-group=a", "--as-group=--b"]


def every_flag() -> list[argparse.Action]:
    known = argparse.ArgumentParser(add_help=False)
    add_connection_flags(known)
    add_screen_flags(known)
    return known._actions


@pytest.mark.parametrize("action", every_flag(), ids=lambda action: action.option_strings[-1])
def test_each_flag_means_the_same_to_the_console_in_the_browser(action: argparse.Action) -> None:
    word = action.option_strings[-1]
    said = told(*([word] if action.nargs == 0 else [f"{word}=5s"]), "web")
    again = told(*flags_of(said))
    assert getattr(again, action.dest) == getattr(said, action.dest)
    assert len(flags_of(said)) == 1
