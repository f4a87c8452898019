"""The flags that say into which queue of Kueue a launch goes, and what they make of a Job."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.cli.refusing import refuse_empty
from console.errors import InvalidInput
from console.specs.names import label_value
from console.specs.turns import into_queue, without_queue

if TYPE_CHECKING:
    from console.specs.compose import Composed


def add_queue_flags(parser: argparse.ArgumentParser, usual: str) -> None:
    """Of Kueue, or none whatever else names one; `usual`: which it is without a flag."""
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "--queue", metavar="NAME", help=f"the LocalQueue of Kueue that admits it ({usual})"
    )
    one.add_argument(
        "--no-queue", action="store_true", help="into none that its preset or its origin names"
    )


def check_queue(options: argparse.Namespace) -> None:
    """Raises InvalidInput for a name that no queue has."""
    refuse_empty(options, "--queue")
    if options.queue and (wrong := label_value(options.queue)):
        raise InvalidInput(f"--queue {wrong}.")


def queued(options: argparse.Namespace, made: Composed) -> Composed:
    """The same for the queue that flags or a row name; as it is where they say nothing."""
    if getattr(options, "no_queue", False):
        return without_queue(made)
    return into_queue(made, getattr(options, "queue", None) or "")
