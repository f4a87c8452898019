"""`merge`: four partials into one result. The flags and the work are the merge program's own."""

from __future__ import annotations

import argparse

from console.cli.flags import CLUSTER_FLAGS
from console.cli.refusing import refuse_all
from console.results import command


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "merge",
        epilog=command.EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_flags(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """No cluster takes part in a merge."""
    refuse_all(options, (*CLUSTER_FLAGS, "--local"), beside="merge")
    return command.run(options)
