"""Another program gets the whole terminal, and gives it back. Knows no plugin and no cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from textual.app import App, SuspendNotSupported

from console.domain.hostile_text import neutralise
from console.errors import ConsoleError, NotFound

_ITS_OWN = (signal.SIGINT, signal.SIGQUIT)
"""Signals of keys."""
_LEFT = (0, -signal.SIGINT, 128 + signal.SIGINT)
"""How it ends when a user leaves it: by its own means, or as a forwarded port by ctrl+c."""


def hand_over(app: App[Any], argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run it in our place, and wait; its exit code. Raises ConsoleError where it cannot begin.

    The screens stand still meanwhile: what they drew would be drawn over it. What listens to a
    cluster is in a thread of its own, and goes on.
    """
    try:
        with app.suspend(), _interrupts_are_its_own():
            ended = _run(argv, {**os.environ, **environment})
    except SuspendNotSupported as error:
        raise ConsoleError("This terminal cannot be handed to another program.") from error
    # Raised within, it would leave the terminal as the program has it.
    if isinstance(ended, OSError):
        raise not_started(argv, ended) from ended
    return ended


def _run(argv: Sequence[str], environment: Mapping[str, str]) -> int | OSError:
    try:
        started = os.posix_spawnp(argv[0], [*argv], environment, setsigdef=_ITS_OWN)
    except OSError as error:
        return error
    code = os.waitstatus_to_exitcode(os.waitpid(started, 0)[1])
    if code not in _LEFT:
        # What it has said is on the terminal, and would be gone with the next frame.
        how = f"ended with {code}" if code > 0 else f"was ended by {signal.Signals(-code).name}"
        _wait_for_enter(f"{neutralise(argv[0])} {how}. Enter goes back to the console.")
    return code


def not_started(argv: Sequence[str], error: OSError) -> ConsoleError:
    """What a user is told of a program that is not there, or may not be run."""
    told = f"{neutralise(argv[0])} cannot be started."
    if isinstance(error, FileNotFoundError):
        return NotFound(told, why="There is no such program.", fix="Install it, or mend its name.")
    return ConsoleError(told, why=error.strerror or str(error))


def _wait_for_enter(words: str) -> None:
    os.write(1, f"\r\n{words}\r\n".encode())
    try:
        with open("/dev/tty", "rb", buffering=0) as terminal:
            terminal.readline()
    except (OSError, KeyboardInterrupt):
        return


@contextmanager
def _interrupts_are_its_own() -> Iterator[None]:
    """Ctrl+C goes to all that are on the terminal. A handler would still wake who sees us leave."""
    before = [(number, signal.signal(number, signal.SIG_IGN)) for number in _ITS_OWN]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
