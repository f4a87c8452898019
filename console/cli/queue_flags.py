"""The flags that say into which queue of Kueue a launch goes, and what they make of a Job."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

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


def queued(options: argparse.Namespace, made: Composed) -> Composed:
    """The same for the queue that flags or a row name; as it is where they say nothing."""
    if getattr(options, "no_queue", False):
        return without_queue(made)
    return into_queue(made, getattr(options, "queue", None) or "")
