"""The command line itself: its commands, its help, and what is loaded for one of them."""

from __future__ import annotations

import argparse
import re
import sys

import pytest
from fakes.loaded_modules import loaded_modules

from console.cli.loading import COMMANDS, MODULES
from console.cli.main import main, parser
from console.cli.parsers import LateParser

START = "from console.cli.main import parser; import sys\n"


def _commands_loaded(code: str) -> set[str]:
    ours = "console.cli.commands."
    return {
        name.removeprefix(ours) for name in loaded_modules(START + code) if name.startswith(ours)
    }


def test_the_help_lists_every_command_in_the_order_of_the_table() -> None:
    _, _, listed = parser().format_help().partition("  COMMAND\n")
    lines = re.findall(r"^    ([a-z-]+(?: \([a-z]+\))?)(?: {2,}|$)", listed, re.MULTILINE)
    assert [name for line in lines for name in re.findall("[a-z-]+", line)] == [*MODULES]


@pytest.mark.parametrize("command", MODULES)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: carla-console ")


def test_a_word_that_is_no_command_is_answered_with_all_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bogus"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert all(f"'{command}'" in told for command in MODULES)


def test_a_value_that_looks_like_a_command_is_no_command() -> None:
    assert parser().parse_args(["--context", "launch", "status", "demo"]).command == "status"


def test_only_the_chosen_command_is_loaded() -> None:
    assert _commands_loaded("parser().parse_args(['render'])") == {"render"}
    assert _commands_loaded("parser().parse_args([])") == set()


def test_every_line_of_the_help_is_a_command_of_the_module_that_it_names() -> None:
    for name, (module, _) in COMMANDS.items():
        with pytest.raises(SystemExit):
            parser().parse_args([name, "--help"])
        assert f"console.cli.commands.{module}" in sys.modules


@pytest.mark.parametrize("asked", [["--version"], ["--help"]])
def test_the_door_opens_with_these_modules_and_no_other_of_ours(asked: list[str]) -> None:
    code = f"""
import contextlib, io
from console.cli.main import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main({asked!r})
"""
    loaded = loaded_modules(code)
    ours = {name.removeprefix("console.") for name in loaded if name.startswith("console.")}
    cli = {"cli", *(f"cli.{name}" for name in ("main", "flags", "loading", "parsers", "streams"))}
    assert ours <= cli | {"version"}
    assert loaded.isdisjoint({"asyncio", "dataclasses", "typing", "importlib.metadata", "logging"})


def test_the_screens_open_without_waiting_for_package_metadata_or_yaml() -> None:
    loaded = loaded_modules(
        f"{START}parser().parse_args([]); import console.tui.app, console.tui.live"
    )
    assert loaded.isdisjoint({"importlib.metadata", "yaml", "aiohttp", "console.specs"})
    assert loaded.isdisjoint({"console.domain.folding", "console.operations"})


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"carla-console {version('carla-leaderboard-console')}\n"


@pytest.mark.parametrize("columns", ["50", "80", "137"])
def test_help_and_usage_fill_the_terminal_that_they_are_printed_on(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    late, usual = LateParser(prog="p"), argparse.ArgumentParser(prog="p")
    asked = (*_parser_and_its_command(late), *_parser_and_its_command(usual))
    late_texts, usual_texts = [
        [text for each in two for text in (each.format_usage(), each.format_help())]
        for two in (asked[:2], asked[2:])
    ]
    assert late_texts == usual_texts
    assert max(map(len, late_texts[1].splitlines())) in range(int(columns) - 12, int(columns))


def _parser_and_its_command(
    parser: argparse.ArgumentParser,
) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    command = parser.add_subparsers().add_parser("command")
    for each in (parser, command):
        each.add_argument("--flag", metavar="WORD", help="words " * 40)
    return parser, command
