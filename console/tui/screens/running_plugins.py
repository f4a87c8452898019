"""A plugin runs: asked for what it needs, started, and told of when it has ended."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import IO, Any

from console import paths
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError, InvalidInput
from console.tui.plugin_output import new_output, start_keeper
from console.tui.plugins import PluginCall, known_of, named, told
from console.tui.terminal_handover import hand_over, not_started
from console.tui.user_files.added import UserPlugin

Screen = Any
"""The one whose key it was."""
LOOK_SECONDS = 0.1
_GOING_ON: dict[subprocess.Popen[bytes], str] = {}
"""Behind the screens, or behind a console that was left; and what is said of it then: of those who
keep what another one says nothing.
"""
_SHOWN = 400
"""Characters of what it said."""
_KEEPER_LOOKS = 50
"""How often we look for the end of what was said, once who said it has ended: a process that the
plugin left behind may still say something. On a busy machine who keeps it takes seconds to begin.
"""


def going_on() -> tuple[str, ...]:
    """The plugins that go on behind the screens, each with the file of what it says."""
    for ended in [each for each in _GOING_ON if each.poll() is not None]:
        del _GOING_ON[ended]
    return tuple(filter(None, _GOING_ON.values()))


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
    folder = paths.plugin_outputs()
    try:
        with new_output(folder, plugin.name) as (path, output):
            code = await _kept_run(started, output, f"{plugin.name} (its output: {path})")
            said = last_words(output)
    except OSError as error:
        told = f"What {plugin.name} says cannot be kept, so it was not started."
        raise ConsoleError(told, why=f"{folder}: {error.strerror or error}.") from error
    if code:
        raise ConsoleError(f"{plugin.name} ended with {code}.", why=said, fix=_where(path))
    told_of = said if plugin.overwrite_output and said else f"{plugin.description} is done."
    screen.app.notify(neutralise(told_of))


def _where(path: Path) -> str:
    return f"What is kept of its output is in {path}."


async def _kept_run(started: PluginCall, output: IO[bytes], told: str) -> int | None:
    going_on()  # forgets who was left by its plugin, or never had one, and has ended since
    keeper, into = start_keeper(output)
    _GOING_ON[keeper] = ""
    try:
        process = _begun(started, into)
    finally:
        os.close(into)
    _GOING_ON[process] = told
    code = await _ended(process, count())
    await _ended(keeper, range(_KEEPER_LOOKS))
    return code


async def _ended(process: subprocess.Popen[bytes], looks: Iterable[int]) -> int | None:
    """Its exit code; None while it goes on."""
    # Asked for, since a loop that ends would end it, and who leaves would wait for a thread.
    for _ in looks:
        if (code := process.poll()) is not None:
            _GOING_ON.pop(process, None)
            return code
        await asyncio.sleep(LOOK_SECONDS)
    return None


def _begun(started: PluginCall, into: int) -> subprocess.Popen[bytes]:
    """It goes on when the console is left: it has a session of its own, and no pipe to us."""
    try:
        return subprocess.Popen(
            started.argv,
            env={**os.environ, **started.environment},
            stdin=subprocess.DEVNULL,
            stdout=into,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise not_started(started.argv, error) from error


def last_words(output: IO[bytes]) -> str:
    """The end of what it said, of which a terminal can show a little."""
    output.seek(max(output.seek(0, os.SEEK_END) - _SHOWN, 0))
    lines = output.read(_SHOWN).decode(errors="replace").strip().splitlines()
    return "\n".join(neutralise(line) for line in lines)
