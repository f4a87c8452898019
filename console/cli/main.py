"""The command line: the program's own flags and its commands. Knows what none of them does.

Imports as little as it can, for `--version`, `--help` and what a shell completes: a command brings
its own modules with it.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
from collections.abc import Sequence

from console.cli import streams
from console.cli.flags import add_connection_flags, add_screen_flags
from console.cli.loading import LazyCommands
from console.cli.parsers import LateParser

_BETWEEN_COLLECTIONS = 50_000
"""New objects. A command makes a hundred thousand values that it keeps and then ends: looking for
rubbish every 700 of them, as is usual, is a fifth of a long list's time."""
COMPLETE = "__complete"
"""What a shell calls at each Tab. A user has no use for it, so no help tells of it."""
_EPILOG = """exit codes:
  0 fine   1 failed   2 wrong input   3 cluster unreachable   4 forbidden
  5 not found   6 conflict
  7 the submission ended without a complete result
  8 the result is complete, but not eligible
  128 + n ended by signal n (130: Ctrl-C)

Without a command the console opens. Data goes to stdout, narration to stderr."""


class _Version(argparse.Action):
    """Says the version."""

    def __call__(self, parser: argparse.ArgumentParser, *_ignored: object) -> None:
        from console.version import VERSION

        print(f"{parser.prog} {VERSION}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """The whole command line; a command's part of it is imported when it is needed."""
    top = LateParser(
        prog="carla-console",
        description="Launch, watch and inspect CARLA Leaderboard submissions on Kubernetes.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    add_connection_flags(top)
    add_screen_flags(top)
    top.add_subparsers(title="commands", metavar="COMMAND", dest="command", action=LazyCommands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says how it went."""
    gc.set_threshold(_BETWEEN_COLLECTIONS)
    # Python looks for rubbish among all that is left as it ends, and then gives all of it back.
    atexit.register(gc.freeze)
    streams.prepare()
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] == COMPLETE:
        from console.cli.completion.answers import answer

        return answer(words[1:])
    options = parser().parse_args(words)
    from console.cli.running import run

    return run(options)
