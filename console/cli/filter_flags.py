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
    group = parser.add_argument_group(
        "lines", "patterns are regular expressions; case is ignored but in (?-i:Error)"
    )
    for flags, text in (
        (("-i", "--include", "--grep"), "only lines that have it, or another one of them"),
        (("-e", "--exclude", "--invert"), "only lines that have none of these"),
        (("-H", "--highlight"), "let it stand out, on a terminal"),
    ):
        group.add_argument(
            *flags,
            dest=flags[-1].strip("-"),
            metavar="PATTERN",
            type=pattern,
            action="append",
            help=text,
        )
    group.add_argument("--around", metavar="N", type=_around, help="so many around")


_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]")


def patterns_of(options: argparse.Namespace) -> Patterns:
    """The flags as a value."""
    return Patterns(
        together(options.grep),
        together(options.invert),
        together(options.highlight),
        options.around or 0,
    )


def together(patterns: list[re.Pattern[str]] | None) -> re.Pattern[str] | None:
    """What has one of them. Each was understood by itself; flags of the whole are of one alone."""
    if not patterns or len(patterns) == 1:
        return patterns[0] if patterns else None
    if any(_BACK_REFERENCE.search(each.pattern) for each in patterns[1:]):
        raise InvalidInput(
            "Several patterns cannot be sought at once.",
            why="One refers to a group by its number, which it has only while it is alone.",
            fix=r"Name the group: (?P<word>a)(?P=word).",
        )
    try:
        return re.compile("|".join(f"(?:{each.pattern})" for each in patterns), re.IGNORECASE)
    except re.error as error:
        raise InvalidInput(
            "Several patterns cannot be sought at once.",
            why=f"{error}.",
            fix="Write a flag of one of them around it: (?s:a.b).",
        ) from error


def refuse_alone(options: argparse.Namespace) -> None:
    """Raises InvalidInput where lines are wanted around nothing."""
    if options.around is not None and not given(options, "--grep"):
        raise InvalidInput("--around needs --grep.", why="It shows the lines around a hit.")


def pattern(text: str) -> re.Pattern[str]:
    """A flag's value. Raises ArgumentTypeError."""
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
