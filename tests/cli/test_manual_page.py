"""The manual page: it is what the parsers say, every reader of such pages takes it, it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from console.cli.loading import COMMANDS
from tests import manual_page
from tests.completion_grammar import all_parsers

ROOT = Path(manual_page.__file__).parents[1]
PAGE = manual_page.FILE.read_text(encoding="ascii")


def _shown(width: int = 90) -> str:
    """As a reader sees it, without bold and underline."""
    shown = subprocess.run(
        ["groff", "-man", "-Tascii", "-P-cbou", f"-rLL={width}n"],
        input=PAGE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stderr == ""
    return shown.stdout


def test_the_page_is_what_the_parsers_say_and_make_completion_writes() -> None:
    assert manual_page.made() == PAGE


def test_every_command_and_each_of_its_own_flags_is_in_it() -> None:
    parsers = all_parsers()
    above = {flag for each in parsers[""]._actions for flag in each.option_strings}
    for words, parser in parsers.items():
        _, _, section = PAGE.partition(f'.SS "{manual_page._text(words)}"\n')
        section = section.partition(".SS ")[0] if words else PAGE
        assert section, words
        for action in parser._actions:
            if action.help != "==SUPPRESS==":
                for flag in set(action.option_strings) - (above if words else set()):
                    assert rf"\fB{manual_page._text(flag)}\fR" in section, f"{words} {flag}"


def test_every_flag_says_what_it_does() -> None:
    silent = [
        (words, *action.option_strings)
        for words, parser in all_parsers().items()
        for action in parser._actions
        if action.option_strings and not action.help
    ]
    assert silent == []


def test_commands_stand_in_the_order_of_the_help() -> None:
    sections = [
        line[5:-1].replace("\\-", "-") for line in PAGE.splitlines() if line.startswith('.SS "')
    ]
    assert [each for each in sections if " " not in each] == [*COMMANDS]


def test_no_line_of_ours_is_a_request_of_troff() -> None:
    known = {".TH", ".SH", ".SS", ".TP", ".PP", ".RS", ".RE", ".nf", ".fi", ".nh", ".ad"}
    requests = {line.split()[0] for line in PAGE.splitlines() if line.startswith((".", "'"))}
    assert requests <= known


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("--flag", r"\-\-flag"),
        (".dot", r"\&.dot"),
        ("'quoted'", r"\&\(aqquoted\(aq"),
        ("a\\n", r"a\en"),
        ("ä", r"\[u00E4]"),
    ],
)
def test_text_of_ours_is_text_of_the_page(text: str, written: str) -> None:
    assert manual_page._text(text) == written


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_a_reader_sees_flags_that_can_be_copied_and_examples_as_they_are() -> None:
    shown = _shown()
    assert "--sort-by KEY" in shown
    assert """-o jsonpath='{range .items[?(@.status=="Failed")]}{.name}{"\\n"}{end}'""" in shown
    assert "130: Ctrl-C" in shown


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_no_line_but_an_examples_is_wider_than_the_terminal() -> None:
    wide = [line for line in _shown(80).splitlines() if len(line) > 80]
    assert all("carla-console" in line for line in wide)


def test_each_variable_that_it_names_is_one_that_is_read() -> None:
    read = "".join(path.read_text() for path in (ROOT / "console").rglob("*.py"))
    assert [name for name in manual_page.ENVIRONMENT if f'"{name}"' not in read] == []


def test_the_wheel_puts_it_where_man_looks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    source = str(manual_page.FILE.relative_to(ROOT))
    assert shared == {source: "share/man/man1/carla-console.1"}
