"""When a screen is painted, which Textual tells nobody. Checked with 8.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.screen import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


class TellsPaints(App[None]):
    """An app that hears of each paint."""

    def painted(self, screen: Screen[object]) -> None:
        """It has been given to the terminal."""
        raise NotImplementedError

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        self.painted(screen)
