"""The sixteen colours of a terminal, for text that brings its own, such as a log, in a theme.

A container's red is then the theme's, whose contrasts are known; its bright red is nearer to the
foreground. Decides no theme.
"""

from __future__ import annotations

from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.theme import Theme

from console.tui.theming import mixed

_ORDER = ("foreground", "error", "success", "warning", "primary", "secondary", "accent")
"""Of black, red, green, yellow, blue, magenta, cyan; white is the foreground itself."""
_FAINT, _BRIGHT = 0.72, 0.4


def terminal_colours(theme: Theme) -> TerminalTheme:
    """What stands for the colours that are known by a number only."""
    told = mixed(theme)
    ground, fore = Color.parse(told["background"]), Color.parse(told["foreground"])
    own = [Color.parse(told[name]) for name in _ORDER]
    normal = [ground.blend(fore, _FAINT), *own[1:], fore]
    bright = [each.blend(fore, _BRIGHT) for each in normal]
    return TerminalTheme(ground.rgb, fore.rgb, [c.rgb for c in normal], [c.rgb for c in bright])
