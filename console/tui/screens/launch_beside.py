"""What others show of a launch before it is one: EvalAI, its place of files, its table."""

from __future__ import annotations

from collections.abc import Callable

from console.presentation.before_launch import BeforeLaunch
from console.tui.drafts import Composition
from console.tui.screens.evalai_beside import EvalAiBeside
from console.tui.screens.folders_beside import FoldersBeside
from console.tui.screens.screen import ConsoleScreen


class LaunchBeside:
    """Of a form or a preflight; `news` is called when somebody has answered."""

    def __init__(self, screen: ConsoleScreen, news: Callable[[], None]) -> None:
        self._evalai, self._folders = EvalAiBeside(screen, news), FoldersBeside(screen, news)

    def look(self, found: Composition) -> None:
        """Ask, after a pause, of what is meant now."""
        self._evalai.look(found.place)
        self._folders.look(found.goes_to)

    def told(self, found: Composition) -> BeforeLaunch:
        """What is known so far; nothing where nobody is asked."""
        told = self._evalai.told(found.team) or BeforeLaunch("")
        return BeforeLaunch(told.line, (*told.mismatches, *self._folders.told()))
