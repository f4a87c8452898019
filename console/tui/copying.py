"""The app's way to copy: the machine's clipboard in a thread, or the terminal's sequence."""

from __future__ import annotations

import asyncio
import os

from textual.app import App

from console.errors import ConsoleError
from console.tui import clipboard


class Copies(App[None]):
    """An app of which `copy_to_clipboard` goes where the user says."""

    def copy_to_clipboard(self, text: str) -> None:
        """Returns at once; what goes wrong afterwards is shown as an error of the console."""
        command = clipboard.way(os.environ)
        if not command:
            super().copy_to_clipboard(text)
            return
        self._clipboard = text
        self.run_worker(self._fill(command, text), name="clipboard", exit_on_error=False)

    async def _fill(self, command: tuple[str, ...], text: str) -> None:
        try:
            await asyncio.to_thread(clipboard.fill, command, text)
        except ConsoleError:
            if clipboard.chosen(os.environ) is clipboard.Clipboard.NATIVE:
                raise
            # A display that has gone: the terminal is still there.
            super().copy_to_clipboard(text)
