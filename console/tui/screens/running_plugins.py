"""A plugin runs: asked for what it needs, started, and told of when it has ended."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from console.domain.hostile_text import neutralise
from console.errors import ConsoleError, InvalidInput
from console.tui.plugins import PluginCall, known_of, named, told
from console.tui.terminal_handover import hand_over, not_started
from console.tui.user_files.added import UserPlugin

Screen = Any
"""The one whose key it was."""
_SHOWN = 400
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
    """It goes on when the console is left: it has a session of its own."""
    try:
        process = await asyncio.create_subprocess_exec(
            *started.argv,
            env={**os.environ, **started.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise not_started(started.argv, error) from error
    said = await _last_words(process)
    code = await process.wait()
    if code:
        raise ConsoleError(f"{plugin.name} ended with {code}.", why=said)
    told_of = said if plugin.overwrite_output and said else f"{plugin.description} is done."
    screen.app.notify(neutralise(told_of))


async def _last_words(process: asyncio.subprocess.Process) -> str:
    """The end of what it says, of which a terminal can show a little."""
    assert process.stdout is not None
    kept = b""
    while block := await process.stdout.read(1 << 16):
        kept = (kept + block)[-_SHOWN:]
    lines = kept.decode(errors="replace").strip().splitlines()
    return "\n".join(neutralise(line) for line in lines)
