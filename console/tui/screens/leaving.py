"""A screen leaves once, however often it is asked to: keys and clicks come in bursts."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ScreenResultType

from console.tui.textual_internals import Deafened


class LeavesOnce(Deafened[ScreenResultType]):
    """The only way in which our screens close; never another screen than this one."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close this screen with its answer; nothing where it is not the one on top."""
        if not self.is_active:
            return AwaitComplete()
        self.deaf = True
        if len(self.app.screen_stack) == 1:
            # It was what the console was opened for.
            self.app.exit()
            return AwaitComplete()
        done: AwaitComplete = super().dismiss(result)
        return done


class Palette(CommandPalette, LeavesOnce[None]):
    """Textual's palette, which would do at a second Enter what it has done, and close the next."""
