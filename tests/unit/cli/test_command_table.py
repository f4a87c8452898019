"""The commands by name: each has its line in the help and its module; words lead to one place."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import pytest

from console.cli.loading import ALIASES, COMMANDS, MODULES
from console.cli.main import parser
from console.domain.hostile_text import neutralise


@pytest.mark.parametrize("module", sorted({module for module, _ in COMMANDS.values()}))
def test_each_command_has_its_module(module: str) -> None:
    assert find_spec(f"console.cli.commands.{module}") is not None


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_has_one_line_for_each_command(name: str) -> None:
    told = [line.split() for line in parser().format_help().splitlines()]
    assert sum(words[:1] == [name] for words in told) == 1


def test_an_alias_is_the_same_command() -> None:
    assert {MODULES[alias] == MODULES[name] for name, alias in ALIASES.items()} == {True}
    assert parser().parse_args(["ls"]).run is parser().parse_args(["list"]).run


def test_two_commands_of_one_module_are_told_apart() -> None:
    cancel = parser().parse_args(["cancel", "demo", "--yes"])
    delete = parser().parse_args(["delete", "demo", "--yes"])
    assert (cancel.command, delete.command) == ("cancel", "delete")


def test_one_parser_takes_one_command_after_the_other() -> None:
    ours = parser()
    assert ours.parse_args(["list"]).command == "list"
    assert ours.parse_args(["status", "demo"]).submission == "demo"
    assert ours.parse_args(["list", "-A"]).command == "list"


@pytest.mark.parametrize("words", [["lst"], ["stat", "demo"], ["--nonsense"]])
def test_a_word_that_is_no_command_is_refused_with_the_usage(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    assert ended.value.code == 2
    assert "usage: carla-console" in capsys.readouterr().err


def test_connection_flags_mean_the_same_before_and_after_the_command() -> None:
    before = parser().parse_args(["--context", "lab", "-n", "races", "list"])
    after = parser().parse_args(["list", "--context", "lab", "-n", "races"])
    assert (before.context, before.namespace) == (after.context, after.namespace)
    assert (before.context, before.namespace) == ("lab", "races")


def test_a_flag_after_the_command_stands_over_the_one_before_it() -> None:
    assert parser().parse_args(["-n", "one", "list", "-n", "two"]).namespace == "two"


def test_without_a_command_the_screens_are_meant() -> None:
    assert parser().parse_args([]).command is None


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.splitlines() == [
        f"carla-console {import_module('console.version').VERSION}"
    ]


def test_the_help_lists_the_exit_codes_that_errors_have() -> None:
    errors = import_module("console.errors")
    told = " ".join(parser().format_help().split())
    tree = [each for each in vars(errors).values() if isinstance(each, type)]
    codes = {each.exit_code for each in tree if issubclass(each, errors.ConsoleError)}
    assert codes == set(range(1, 8))
    assert all(f" {code} " in told for code in codes)
    assert neutralise(told) == told
