"""The terminal in order again where nothing of the console is left to do it: killed, or crashed.

A shell waits for the end of a pipe whose other end only the console holds, and which tells it when
the console has left by itself. Line editing is the business of the shell that shows its prompt.
"""

from __future__ import annotations

import os
from contextlib import suppress

_SHELL = "/bin/sh"
_SCRIPT = (
    "trap '' INT QUIT TERM HUP TSTP; read -r said; "
    '[ -n "$said" ] || printf \'%s%s\\n\' "$1" "$2" >&2'
)
_TOLD = "The console was killed. Submissions go on; carla-console opens it again."


class TerminalGuard:
    """From `with` to its end. Without a shell there is none."""

    def __init__(self, screen: int, back_to_normal: str) -> None:
        self._screen, self._words = screen, (back_to_normal, _TOLD)
        self._process = self._telling = 0

    def __enter__(self) -> None:
        heard, self._telling = os.pipe()
        argv = (_SHELL, "-c", _SCRIPT, _SHELL, *self._words)
        to = [(os.POSIX_SPAWN_DUP2, heard, 0), (os.POSIX_SPAWN_DUP2, self._screen, 2)]
        # A program that cannot be started leaves things as they would be without it.
        with suppress(OSError):
            self._process = os.posix_spawn(_SHELL, argv, os.environ, file_actions=to)
        os.close(heard)

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            os.write(self._telling, b"left\n")
        os.close(self._telling)
        if self._process:
            with suppress(OSError):
                os.waitpid(self._process, 0)
