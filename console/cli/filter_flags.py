"""The flags that choose lines of a log by what is in them, and let it stand out."""

from __future__ import annotations

import argparse
import re

from console.cli.line_filter import Patterns
from console.cli.refusing import given
from console.errors import InvalidInput

MOST_AROUND = 10_000


def add_filter_flags(parser: argparse.ArgumentParser) -> None:
    """Patterns are regular expressions, case ignored."""
    group = parser.add_argument_group("lines")
    for flag, text in (
        ("--grep", "only lines that have it"),
        ("--invert", "only lines that have it not"),
        ("--highlight", "let it stand out, on a terminal"),
    ):
        group.add_argument(flag, metavar="PATTERN", type=_pattern, help=text)
    group.add_argument("--around", metavar="N", type=_around, help="so many around")


def patterns_of(options: argparse.Namespace) -> Patterns:
    """The flags as a value."""
    return Patterns(options.grep, options.invert, options.highlight, options.around or 0)


def refuse_alone(options: argparse.Namespace) -> None:
    """Raises InvalidInput where lines are wanted around nothing."""
    if options.around is not None and not given(options, "--grep"):
        raise InvalidInput("--around needs --grep.", why="It shows the lines around a hit.")


def _pattern(text: str) -> re.Pattern[str]:
    if not text:
        raise argparse.ArgumentTypeError("an empty pattern is in every line")
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is no regular expression: {error}"
        ) from error


def _around(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > MOST_AROUND:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number of lines: 0 to 10000")
    return int(text)
