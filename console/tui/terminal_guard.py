"""The terminal in order again where nothing of the console is left to do it: killed, or crashed.

A shell waits for the end of a pipe whose other end only the console holds, and which tells it when
the console has left by itself. A shell that shows its prompt has set echo and line editing for it a
moment later; where none does, as under make, they are set as the console found them.
"""

from __future__ import annotations

import os
import termios
from contextlib import suppress

_SHELL = "/bin/sh"
_SCRIPT = """
trap '' INT QUIT TERM HUP TSTP TTOU; read -r said; [ -z "$said" ] || exit 0
printf '%s%s\\n' "$1" "$2" >&2
[ -n "$3" ] || exit 0
sleep 0.5
case "$(stty -a <&2)" in *-isig*) stty "$3" <&2 ;; esac
"""
"""Without `isig` a terminal is as the console has it: a shell that edits a line leaves it on."""
_TOLD = "The console was killed. Submissions go on; carla-console opens it again."


class TerminalGuard:
    """From `with` to its end. Without a shell there is none."""

    def __init__(self, screen: int, back_to_normal: str) -> None:
        self._screen, self._words = screen, (back_to_normal, _TOLD, _modes(screen))
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


def _modes(screen: int) -> str:
    """As `stty` takes them back; empty where that is no terminal."""
    try:
        *flags, _, _, characters = termios.tcgetattr(screen)
    except termios.error:
        return ""
    # Both are off while the first frame stands. Who types a command has them.
    flags[3] |= termios.ECHO | termios.ICANON
    codes = (each[0] if isinstance(each, bytes) else each for each in characters)
    return ":".join(f"{each:x}" for each in (*flags, *codes))
