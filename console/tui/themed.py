"""The app as far as its colours go: which theme it wears, and that the choice is kept.

Before the first paint only the theme that is worn is read. A file of the user's that cannot be used
is named, and the console goes on in its usual colours.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from textual.app import App
from textual.screen import SystemModalScreen
from textual.theme import BUILTIN_THEMES, Theme

from console.errors import ConsoleError, InvalidInput
from console.tui import kept_choices, theming
from console.tui.skins import Skin
from console.tui.terminal_colours import terminal_colours
from console.tui.textual_internals import without_colours


class Themed(App[None]):
    """`wear` before it runs, `offer_all_themes` once it is seen."""

    def __init__(self) -> None:
        super().__init__()
        self._unread: dict[str, Path] = {}
        self._unusable: list[InvalidInput] = []
        self._kept_theme = ""

    def show_error(self, error: ConsoleError) -> None:
        """What happened, why and what to do next."""
        raise NotImplementedError

    def wear(self, skin: Skin) -> None:
        """Raises InvalidInput for a theme that the user has asked for by a flag."""
        self._unread = theming.every_file()
        try:
            self._put_on(skin.name)
        except InvalidInput as error:
            if skin.asked_by == "--theme":
                raise
            self._unusable.append(error)
            self._put_on(theming.DEFAULT)
        self._kept_theme = self.theme

    def action_themes(self, name: str = "") -> None:
        """The choice of themes, or straight that one; the user chose it either way."""
        if not name:
            self.search_themes()
            return
        by_word = {each.lower(): each for each in self.offered_themes}
        try:
            wanted = by_word.get(name.lower())
            if wanted is None:
                raise theming.unknown(name, self.offered_themes)
            self._put_on(wanted)
        except InvalidInput as error:
            self.show_error(error)

    def change_to(self, skin: Skin) -> None:
        """Of another context: worn, and not kept as if the user had chosen it."""
        before, self._kept_theme = self._kept_theme, skin.name
        try:
            self._put_on(skin.name)
        except InvalidInput as error:
            self._kept_theme = before
            self.show_error(error)

    def _put_on(self, name: str) -> None:
        file = self._unread.get(name)
        if file is not None:
            self.register_theme(theming.load(file))
            del self._unread[name]
        elif name not in self.available_themes:
            raise theming.unknown(name, [*self._unread])
        self.theme = name

    def get_theme(self, theme_name: str) -> Theme | None:
        """Textual asks for the worn one at each row of a paint, and copies all to find it."""
        return self._registered_themes.get(theme_name) or super().get_theme(theme_name)

    def get_css_variables(self) -> dict[str, str]:
        """Textual mixes a theme's colours again each time that it asks for them."""
        theme = self.current_theme
        colours = {**theming.mixed(theme), **theme.variables}
        self.theme_variables = {**self.get_theme_variable_defaults(), **colours}
        return self.theme_variables

    async def offer_all_themes(self) -> None:
        """Read the others, which takes as long as some frames, and say which cannot be used."""
        read = await asyncio.to_thread(_read, dict(self._unread))
        for name, theme in read.items():
            if isinstance(theme, InvalidInput):
                self._unusable.append(theme)
            elif name in self._unread:  # nobody has put it on meanwhile
                self.register_theme(theme)
            self._unread.pop(name, None)
        while self._unusable:
            self.show_error(self._unusable.pop(0))

    @property
    def offered_themes(self) -> list[str]:
        """Ours and the user's, whose contrasts are known, by name; none that come with Textual."""
        read = (each for each in self.available_themes if each not in BUILTIN_THEMES)
        return sorted({*read, *self._unread})

    def refresh_css(self, animate: bool = True) -> None:
        """Textual's leaves out a palette that is open."""
        super().refresh_css(animate)
        for screen in self.screen_stack:
            if isinstance(screen, SystemModalScreen):
                self.stylesheet.update(screen, animate=animate)

    def watch_theme(self, name: str) -> None:
        """Textual runs this besides its own."""
        theme = self.available_themes[name]
        without_colours(self, theming.colourless(theme))
        if not theme.ansi:
            self.ansi_theme_dark = self.ansi_theme_light = terminal_colours(theme)
        if self._kept_theme and name != self._kept_theme:
            self._kept_theme = name
            keep = partial(kept_choices.keep, partial(replace, theme=name))
            self.run_worker(keep, name="keep theme", thread=True, exit_on_error=False)


def _read(files: dict[str, Path]) -> dict[str, Theme | InvalidInput]:
    """By name, each theme or why it cannot be used."""
    found: dict[str, Theme | InvalidInput] = {}
    for name, file in files.items():
        try:
            found[name] = theming.load(file)
        except InvalidInput as error:
            found[name] = error
    return found
