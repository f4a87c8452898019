"""The palette of themes: those whose contrasts are known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from textual.theme import ThemeProvider

from console.tui.themed import Themed


class OfferedThemes(ThemeProvider):
    """As Textual's own, which offers all that come with it too."""

    @property
    def commands(self) -> list[tuple[str, Callable[[], None]]]:
        app = cast(Themed, self.app)
        return [(name, partial(app.action_themes, name)) for name in app.offered_themes]
