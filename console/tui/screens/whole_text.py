"""A screen that is one text about a submission: read when it opens, read again, copied whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from console.tui.commands import Command
from console.tui.screens.about import SubmissionScreen
from console.tui.widgets.line_pane import LinePane


async def _read(screen: WholeTextScreen) -> None:
    await screen.read()


def _copy(screen: WholeTextScreen) -> None:
    told = screen.whole()
    screen.app.copy_to_clipboard(told)
    screen.notify(f"Copied {len(told)} characters.")


def _not_read(screen: WholeTextScreen) -> str:
    return "" if screen.has_read else "It is being read."


READ_AGAIN = Command("refresh", "ctrl+r", "Read again", "Read it again", _read)
COPY_ALL = Command("copy", "c", "Copy", "Copy all of it", _copy, _not_read)


class WholeTextScreen(SubmissionScreen):
    """Subclasses read it and show it in the pane."""

    DEFAULT_CSS = "WholeTextScreen LinePane { height: 1fr; padding: 0 1; }"
    AUTO_FOCUS = "LinePane"
    SAVED_AS: ClassVar[str] = "txt"
    """The end of the file's name."""

    @property
    def has_read(self) -> bool:
        """Whether there is something to copy."""
        raise NotImplementedError

    async def read(self) -> None:
        """Read it, and show it."""
        raise NotImplementedError

    def whole(self) -> str:
        """What is copied."""
        raise NotImplementedError

    @property
    def pane(self) -> LinePane:
        return self.query_one(LinePane)

    def body(self) -> Iterable[Widget]:
        yield LinePane()

    def on_mount(self) -> None:
        self.action_command(READ_AGAIN.name)
