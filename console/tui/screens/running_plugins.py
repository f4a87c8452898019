"""A plugin runs: asked for what it needs, started, and told of when it has ended."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from console.domain.hostile_text import neutralise
from console.errors import ConsoleError, InvalidInput
from console.tui.plugins import PluginCall, known_of, named, told
from console.tui.terminal_handover import hand_over, not_started
from console.tui.user_files.added import UserPlugin

Screen = Any
"""The one whose key it was."""
LOOK_SECONDS = 0.1
_GOING_ON: set[subprocess.Popen[bytes]] = set()
"""Behind the screens, or behind a console that was left."""
_SHOWN = 400
_MOST_KEPT = 1 << 20
"""Bytes on disk of what one behind the screens says, while somebody waits for its end."""
"""Characters of what it said."""


async def run_plugin(plugin: UserPlugin, screen: Screen) -> None:
    """About what the screen shows at the key; what is asked meanwhile changes nothing of it."""
    known = named(plugin, screen.TITLE_WORD.lower(), known_of(screen))
    answers = await _answers(plugin, screen)
    if answers is None:
        return
    try:
        started = told(plugin, known, answers)
    except LookupError as error:
        raise InvalidInput(str(error.args[0])) from error
    if plugin.background:
        screen.notify(f"{neutralise(plugin.description)} runs.", markup=False)
        screen.app.run_worker(_behind(plugin, screen, started), exit_on_error=False)
    else:
        hand_over(screen.app, started.argv, started.environment)
        screen.look_again()


async def _answers(plugin: UserPlugin, screen: Screen) -> dict[str, str] | None:
    """None where the user says no."""
    from console.tui.screens.dialogs import ConfirmDialog, Question
    from console.tui.screens.plugin_inputs import InputsDialog

    if plugin.inputs:
        dialog = InputsDialog(plugin)
        return dialog.answers if await screen.host.push_screen_wait(dialog) else None
    if not (plugin.confirm or plugin.dangerous):
        return {}
    words = " ".join((plugin.command, *plugin.args))
    question = Question(f"{plugin.description}?", (f"It runs: {words}",), "", "Run it", "Do not")
    return {} if await screen.host.push_screen_wait(ConfirmDialog(question)) else None


async def _behind(plugin: UserPlugin, screen: Screen, started: PluginCall) -> None:
    with kept_output() as output:
        process = _begun(started, output)
        _GOING_ON.add(process)
        # Asked for, since a loop that ends would end it, and who leaves would wait for a thread.
        while (code := process.poll()) is None:
            forget_beginnings(output)
            await asyncio.sleep(LOOK_SECONDS)
        _GOING_ON.discard(process)
        said = last_words(output)
    if code:
        raise ConsoleError(f"{plugin.name} ended with {code}.", why=said)
    told_of = said if plugin.overwrite_output and said else f"{plugin.description} is done."
    screen.app.notify(neutralise(told_of))


def _begun(started: PluginCall, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """It goes on when the console is left: it has a session of its own, and no pipe to us."""
    try:
        return subprocess.Popen(
            started.argv,
            env={**os.environ, **started.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise not_started(started.argv, error) from error


@contextmanager
def kept_output() -> Iterator[IO[bytes]]:
    """To be written at its end, wherever that is by then."""
    with tempfile.TemporaryFile() as output:
        flags = fcntl.fcntl(output.fileno(), fcntl.F_GETFL)
        fcntl.fcntl(output.fileno(), fcntl.F_SETFL, flags | os.O_APPEND)
        yield output


def forget_beginnings(output: IO[bytes]) -> None:
    """Only the end of what was said is told: of more than there is to keep all goes."""
    if os.fstat(output.fileno()).st_size > _MOST_KEPT:
        os.ftruncate(output.fileno(), 0)


def last_words(output: IO[bytes]) -> str:
    """The end of what it said, of which a terminal can show a little."""
    output.seek(max(output.seek(0, os.SEEK_END) - _SHOWN, 0))
    lines = output.read(_SHOWN).decode(errors="replace").strip().splitlines()
    return "\n".join(neutralise(line) for line in lines)
