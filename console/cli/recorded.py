"""The flags that ask a recording, and the words that say an answer came from one."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from console.cli import narration
from console.cli.flags import add_uid_flag
from console.cli.refusing import refuse_empty
from console.operations.watching.lookup import Wanted


def add_recording_flags(
    parser: argparse.ArgumentParser, text: str = "as this console has recorded it"
) -> None:
    """--recorded and --uid. Without them a recording answers where the Job is gone."""
    parser.add_argument("--recorded", action="store_true", help=text)
    add_uid_flag(parser)


def wanted_of(options: argparse.Namespace, namespace: str, name: str) -> Wanted:
    """The flags as a value."""
    refuse_empty(options, "--uid")
    return Wanted(namespace, name, options.uid or "", options.recorded)


def say_all(remarks: Iterable[str]) -> None:
    """On stderr: stdout is what was asked for."""
    for remark in remarks:
        narration.say(f"note: {remark}")
