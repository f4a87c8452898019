"""Flags that say nothing together are refused by name, never dropped."""

from __future__ import annotations

import argparse

from console.errors import InvalidInput


def given(options: argparse.Namespace, flag: str) -> bool:
    """Whether the user wrote it. Flags without a value that was meant are None, False or []."""
    value = getattr(options, flag.removeprefix("--").replace("-", "_"), None)
    return value is not None and value is not False and value != []


def refuse_together(options: argparse.Namespace, one: str, other: str, *, why: str = "") -> None:
    """Raises InvalidInput where both are there."""
    if given(options, one) and given(options, other):
        raise InvalidInput(f"{one} and {other} do not go together.", why=why)


def refuse_empty(options: argparse.Namespace, *flags: str) -> None:
    """A value that a script left empty is no wish for the usual one. Raises InvalidInput."""
    for flag in flags:
        value = getattr(options, flag.removeprefix("--").replace("-", "_"), None)
        if value == "" or (isinstance(value, list) and "" in value):
            raise InvalidInput(f"{flag} is empty.", fix="Leave it out for the usual one.")


def refuse_less(options: argparse.Namespace, flag: str, least: int, counts: str) -> None:
    """Raises InvalidInput where fewer are wanted than can be meant."""
    value = getattr(options, flag.removeprefix("--").replace("-", "_"), None)
    if value is not None and value < least:
        raise InvalidInput(f"{flag} counts {counts}: {least} or more.")


def refuse_bad_limit(options: argparse.Namespace) -> None:
    """Of how many run at a time."""
    refuse_less(options, "--at-most", 1, "submissions that run at once")


def refuse_bad_resumes(options: argparse.Namespace) -> None:
    """Of how many resumes of a pair are let."""
    refuse_less(options, "--resumes", 0, "pair resumes")


def refuse_all(options: argparse.Namespace, flags: tuple[str, ...], *, beside: str) -> None:
    """Raises InvalidInput for each of these flags: `beside` has no use for them."""
    useless = [flag for flag in flags if given(options, flag)]
    if useless:
        raise InvalidInput(f"{beside} has no use for {', '.join(useless)}.", fix="Leave it out.")
