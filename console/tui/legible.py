"""What a container writes in colours of its own can be read in ours: on its ground, or on that of
the theme. Keeps the hue as far as it can be read. Pure.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.style import Style
from rich.terminal_theme import TerminalTheme

LEAST = 4.5
"""The contrast of words (WCAG 2.1, 1.4.3)."""
_BLACK, _WHITE = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)
"""One of both has that contrast on any ground."""
_STEPS = 8


@lru_cache(1024)
def legible(style: Style, palette: TerminalTheme) -> Style:
    """With another foreground, where that of the style cannot be read on its background.

    `palette`: what the colours that are known by a number only look like.
    """
    if style.color is None or style.bgcolor is None:
        return style
    fore = style.color.get_truecolor(palette, foreground=True)
    back = style.bgcolor.get_truecolor(palette, foreground=False)
    if contrast(fore, back) >= LEAST:
        return style
    pole = max(_BLACK, _WHITE, key=lambda each: contrast(each, back))
    nearer = (blend_rgb(fore, pole, step / _STEPS) for step in range(1, _STEPS + 1))
    read = next((each for each in nearer if contrast(each, back) >= LEAST), pole)
    return style + Style(color=Color.from_triplet(read))


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """By WCAG: 1 of the same colour, 21 of black and white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
