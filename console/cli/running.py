"""Runs the chosen command, and is the only place where an error becomes an exit code.

Exit codes: 0 fine; 1 failed; 2 wrong input; 3 cluster unreachable; 4 forbidden; 5 not found;
6 conflict; 7 the submission ended without a complete result; 8 its result is complete, but not
eligible; 128 + n ended by signal n.
"""

from __future__ import annotations

import argparse
import sys

from console.cli import interruptions, narration, streams
from console.cli.flags import EVERYWHERE, SCREEN_FLAGS
from console.cli.refusing import refuse_all
from console.errors import ConsoleError

INTERRUPTED = 130


def run(options: argparse.Namespace) -> int:
    """Do what the parsed options say; the exit code."""
    code = ConsoleError.exit_code
    try:
        code = _run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read us went away (`| head`): no error, and not worth a second one at the exit.
        streams.abandon()
        return 0
    except OSError:
        # The disk behind our stdout is full, or the terminal hung up.
        streams.abandon()
        return code or ConsoleError.exit_code
    return code


def _run(options: argparse.Namespace) -> int:
    """The screens heed signals themselves; a command ends by them."""
    try:
        if options.command is None:
            from console.cli.commands import tui

            return tui.run(options)
        if getattr(options, "screens", False):
            return int(options.run(options) or 0)
        refuse_all(options, SCREEN_FLAGS, beside=options.command)
        if options.command not in EVERYWHERE:
            refuse_all(options, ("--all-namespaces",), beside=options.command)
        with interruptions.heeded():
            return int(options.run(options) or 0)
    except ConsoleError as error:
        narration.complain(error)
        return error.exit_code
    except interruptions.Interrupted as ended:
        # A terminal that has hung up cannot be told.
        try:  # noqa: SIM105  `contextlib` takes long to load, see `interruptions`
            narration.say(str(ended))
        except OSError:
            pass
        return ended.exit_code
    except KeyboardInterrupt:
        narration.say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        narration.complain(_refused(error))
        return ConsoleError.exit_code


def _refused(error: OSError) -> ConsoleError:
    """What the operating system did not do for us, where nobody nearer has said it better."""
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    return ConsoleError(what)
