"""`intake`: what waits in EvalAI's queue; launched one by one, or by itself some at a time."""

from __future__ import annotations

import argparse

from console.cli.commands.confirmation import add_yes_flag
from console.cli.connection import refuse_read_only
from console.cli.flags import add_connection_flags, add_output_flag
from console.cli.refusing import refuse_all, refuse_bad_limit
from console.errors import InvalidInput


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("intake")
    parser.add_argument(
        "number", nargs="*", type=int, metavar="ID", help="of a submission at EvalAI: launch it"
    )
    add_connection_flags(parser)
    parser.add_argument(
        "--at-most",
        type=int,
        metavar="N",
        help="launch what comes by itself, until this command ends; N run at a time",
    )
    parser.add_argument(
        "--once", action="store_true", help="with --at-most: what waits now, and no more"
    )
    parser.add_argument(
        "--refuse",
        action="store_true",
        help="acknowledge these, for which nothing can be launched: the queue forgets them",
    )
    add_yes_flag(parser)
    add_output_flag(parser, "text", "json", "yaml", "jsonpath=")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    _check(options)
    # Whoever takes a message hides it from all others.
    refuse_read_only(options, "To take messages from EvalAI's queue")
    from console.cli.commands import taking_in  # what only who takes something in needs

    if options.at_most is not None:
        return taking_in.launch_what_comes(options)
    if options.number:
        return taking_in.treat_each(options)
    return taking_in.show_what_waits(options)


def _check(options: argparse.Namespace) -> None:
    refuse_bad_limit(options)
    if options.at_most is None:
        refuse_all(options, ("--once",), beside="An intake without --at-most")
    else:
        refuse_all(options, ("--refuse", "--yes"), beside="--at-most")
        if options.number:
            raise InvalidInput("--at-most launches all that come: name none.")
        if options.output != "text":
            raise InvalidInput("--at-most tells a line for each, and no document.")
    if not options.number:
        refuse_all(options, ("--refuse", "--yes"), beside="An intake that names no submission")
