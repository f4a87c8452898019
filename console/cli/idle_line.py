"""What waits for its turn while nobody of this user starts it: said beside a list.

Another user's recorder may start it all the same; nobody here can know.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from console import wiring
from console.cli.connection import wanted
from console.cli.narration import say
from console.domain.fleet import SubmissionRow
from console.errors import ConsoleError
from console.operations.shell_commands import carla_console


def tell_if_idle(options: argparse.Namespace, rows: Sequence[SubmissionRow]) -> None:
    """For a list that no recorder has told: one may run all the same, and just have begun."""
    waiting = sum(row.takes_turns for row in rows)
    if not waiting:
        return
    try:
        where = wiring.describe(wanted(options))
        states = wiring.recorders()
    except ConsoleError:
        return
    if any((each.context, each.user) == (where.context, where.user) for each in states):
        return
    start = carla_console(where, "record", "start")
    them = "it" if waiting == 1 else "them"
    say(f"note: {waits_for_turn(waiting)}, and no recorder of yours starts {them}: {start}")


def waits_for_turn(count: int) -> str:
    """`1 waits for its turn`, `3 wait for their turn`."""
    return "1 waits for its turn" if count == 1 else f"{count} wait for their turn"
