"""Which theme is worn: the flag, else NO_COLOR, CARLA_CONSOLE_SKIN, the last choice, the default.

Loads no toolkit: the frame before the first screen wears it too.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from console import paths
from console.tui import kept_choices

SKIN_VARIABLE = "CARLA_CONSOLE_SKIN"
WITHOUT_COLOUR = "monochrome"


class Skin(msgspec.Struct, frozen=True, gc=False):
    """A theme's name, and who wants it."""

    name: str
    asked_by: str = ""
    """The flag or variable that a user wrote; empty for what is usual or was chosen before."""


def skin(flag: str | None, of_context: str = "") -> Skin:
    """What is worn now. An empty NO_COLOR asks for nothing, as its convention says.

    `of_context`: what the settings say of where the console is.
    """
    if flag:
        return Skin(flag, "--theme")
    if os.environ.get("NO_COLOR"):
        return Skin(WITHOUT_COLOUR, "NO_COLOR")
    if chosen := os.environ.get(SKIN_VARIABLE):
        return Skin(chosen, SKIN_VARIABLE)
    if of_context:
        return Skin(of_context, "config.yaml")
    return Skin(kept_choices.recall().theme or paths.DEFAULT_THEME)


def file_of(name: str) -> Path:
    """The theme file of that name: the user's own first. It need not be there."""
    own = paths.user_themes() / f"{name}.yaml"
    return own if own.is_file() else paths.themes() / f"{name}.yaml"
