"""Where what is copied goes: into this machine's clipboard, or to the terminal, which has its own.

Over SSH the machine's own is the wrong one: there the terminal is asked (OSC 52). Which way it is
can be said: `CARLA_CONSOLE_CLIPBOARD=auto|native|osc52`. pyperclip would start a program as well,
but takes whichever is there, knows neither SSH nor a limit of time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from enum import StrEnum

from console.errors import ConsoleError, InvalidInput

VARIABLE = "CARLA_CONSOLE_CLIPBOARD"
_SECONDS = 3.0
_REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


class Clipboard(StrEnum):
    """Which one is meant."""

    AUTO = "auto"
    NATIVE = "native"
    OSC52 = "osc52"


def chosen(environ: Mapping[str, str]) -> Clipboard:
    """As the user says. Raises InvalidInput for what is none."""
    said = environ.get(VARIABLE) or Clipboard.AUTO
    if said not in tuple(Clipboard):
        raise InvalidInput(
            f"{VARIABLE} is {said!a}, and no way to a clipboard.",
            fix=f"Say one of: {', '.join(Clipboard)}.",
        )
    return Clipboard(said)


def program(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[str, ...]:
    """What fills this machine's clipboard from its input; empty where nothing does."""
    found = (each for each in _programs(environ, platform) if shutil.which(each[0]))
    return next(found, ())


def way(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[str, ...]:
    """The program to start; empty where the terminal is to be asked. Raises ConsoleError."""
    said = chosen(environ)
    remote = any(environ.get(each) for each in _REMOTE)
    if said is Clipboard.OSC52 or (said is Clipboard.AUTO and remote):
        return ()
    found = program(environ, platform)
    if said is Clipboard.NATIVE and not found:
        raise ConsoleError(
            "Nothing here fills the machine's clipboard.",
            why="There is none of pbcopy, wl-copy, xclip, xsel and clip.exe, or no display.",
            fix=f"Install one of them, or set {VARIABLE}=osc52 and let the terminal copy.",
        )
    return found


def fill(command: tuple[str, ...], text: str) -> None:
    """Blocks for some seconds at most. Raises ConsoleError."""
    try:
        # What they print is dropped: xclip stays in the background, and holds a pipe open.
        subprocess.run(
            command,
            input=text.encode(errors="replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ConsoleError(
            f"{command[0]} did not take what was copied.",
            why=str(error),
            fix=f"Set {VARIABLE}=osc52 and let the terminal copy.",
        ) from error


def _programs(environ: Mapping[str, str], platform: str) -> tuple[tuple[str, ...], ...]:
    if platform == "darwin":
        return (("pbcopy",),)
    wayland = (("wl-copy",),) if environ.get("WAYLAND_DISPLAY") else ()
    x11 = (("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"))
    return (*wayland, *(x11 if environ.get("DISPLAY") else ()), ("clip.exe",))
