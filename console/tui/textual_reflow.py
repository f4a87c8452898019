"""That each widget hears of its size. Touches what Textual keeps private; checked with textual 8.2.

Textual tells those that a layout has added, against the layout before. Whoever asks for the place
of any widget in between has a new layout made, and nobody is told of that one: a widget that draws
itself for its size then stays empty until the next change.
"""

from __future__ import annotations

from textual._compositor import Compositor, ReflowResult
from textual.geometry import Size
from textual.widget import Widget


class HeardSizes(Compositor):
    """Remembers which size each widget was told."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[Widget, Size] = {}

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        found = super().reflow(parent, size)
        sizes = {widget: placed.region.size for widget, placed in self._full_map.items()}
        unheard = {widget for widget, told in sizes.items() if self._told.get(widget) != told}
        self._told = sizes
        return found._replace(resized=found.resized | (unheard - found.shown))
