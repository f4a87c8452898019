"""The command table, and the only place where an error becomes an exit code.

Exit codes: 0 fine; 1 failed; 2 wrong input; 3 cluster unreachable; 4 forbidden; 5 not found;
6 conflict; 7 the submission ended without a complete result; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from console.cli import narration
from console.cli.commands import tui
from console.cli.connection import add_connection_flags
from console.cli.loading import LazyCommands
from console.errors import ConsoleError

INTERRUPTED = 130
_EPILOG = """exit codes:
  0 fine   1 failed   2 wrong input   3 cluster unreachable   4 forbidden   5 not found
  6 conflict   7 the submission ended without a complete result   130 interrupted

Without a command the console opens. Data goes to stdout, narration to stderr."""


class _Version(argparse.Action):
    """Reads the version when it is asked for: package metadata is slow to load."""

    def __call__(self, parser: argparse.ArgumentParser, *_ignored: object) -> None:
        from importlib.metadata import version

        print(f"{parser.prog} {version('carla-leaderboard-console')}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """The whole command line; a command's part of it is imported when it is needed."""
    top = argparse.ArgumentParser(
        prog="carla-console",
        description="Launch, watch and inspect CARLA Leaderboard submissions on Kubernetes.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    add_connection_flags(top)
    tui.configure(top)
    top.add_subparsers(title="commands", metavar="COMMAND", dest="command", action=LazyCommands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says how it went."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except ConsoleError as error:
        narration.complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        narration.say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our stdout went away (`| head`): not an error, and not worth a second one
        # when the interpreter flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
