"""`replay`: a recorded submission on the screens, as if it were live. Asks no cluster."""

from __future__ import annotations

import argparse
import math
from time import monotonic

from console import wiring
from console.cli.flags import add_uid_flag
from console.cli.narration import say
from console.cli.refusing import refuse_empty
from console.errors import InvalidInput

FASTEST = 100.0


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("replay")
    parser.add_argument("submission")
    parser.add_argument("-n", "--namespace", metavar="NAME", default="", help="in that namespace")
    parser.add_argument("--context", metavar="NAME", default="", help="recorded in that context")
    add_uid_flag(parser)
    parser.add_argument("--speed", metavar="N", default="1", help="1 to 100 times as fast")
    parser.add_argument(
        "--from",
        dest="place",
        metavar="PLACE",
        help="14:02:11 (UTC), +90s, 'attempt 2.1' (pair 2, attempt 1), 'route 7'",
    )
    parser.set_defaults(run=run, screens=True)


def run(options: argparse.Namespace) -> int:
    """Open the screens on the recording; the exit code."""
    from console.cli.commands.tui import refuse_without_terminal
    from console.cli.connection import submission_name
    from console.operations.replay.choosing import Named, chosen
    from console.operations.replay.player import Player

    refuse_empty(options, "--uid")
    speed = speed_of(options.speed)
    name = submission_name(options.submission)
    named = Named(name, options.namespace, options.context, options.uid or "")
    recorder = wiring.recordings()
    choice = chosen(recorder.recordings(), named)
    # All of it is read before the first screen: of a day some seconds.
    say(f"reading the recording of {choice.recording.name}")
    player = Player(recorder, choice.recording, monotonic, speed)
    if options.place:
        player.go_to(options.place)
    refuse_without_terminal()
    if choice.remark:
        say(f"note: {choice.remark}")
    return wiring.open_replay(
        player, theme=options.theme, mouse=not options.no_mouse, ascii_alone=options.ascii
    )


def speed_of(text: str) -> float:
    """`10`, `2.5` or `10x`. Raises InvalidInput."""
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = math.nan
    if not 1 <= speed <= FASTEST:
        raise InvalidInput(f"--speed {text!r} is no speed.", fix="Say a number from 1 to 100.")
    return speed
