"""`web`: the console in a browser of this machine, with the flags that one in a terminal has."""

from __future__ import annotations

import argparse
import sys

from console import wiring
from console.cli.connection import wanted
from console.cli.flags import add_connection_flags, add_screen_flags
from console.cli.narration import say
from console.cli.refusing import refuse_together

LAST_PORT = 65535


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("web")
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="PORT",
        help="on loopback; through a tunnel: ssh -L PORT:127.0.0.1:PORT (default: a free one)",
    )
    add_connection_flags(parser)
    parser.set_defaults(run=run, screens=True)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= LAST_PORT:
        raise ValueError(text)
    return port


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C; the exit code."""
    # What a terminal would refuse is refused here, and not in each tab.
    wanted(options)
    refuse_together(options, "--namespace", "--all-namespaces")
    words = [sys.executable, "-m", "console", *flags_of(options)]
    wiring.serve_in_browser(words, options.port, _tell, say)
    return 0


def _tell(link: str) -> None:
    print(link, flush=True)
    say("This link opens once, in a browser of this machine. Ctrl-C ends the console in it.")


def flags_of(options: argparse.Namespace) -> list[str]:
    """What was said of the cluster and the screens, as flags again."""
    known = argparse.ArgumentParser(add_help=False)
    add_connection_flags(known)
    add_screen_flags(known)
    words = []
    for action in known._actions:
        said = getattr(options, action.dest, None)
        flag = action.option_strings[-1]
        if action.nargs == 0:
            words += [flag] if said else []
        elif said is not None:
            words += [f"{flag}={each}" for each in (said if isinstance(said, list) else [said])]
    return words
