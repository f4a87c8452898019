"""From toned lines to terminal strips: the one place where text meets style, and is neutralised."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.domain.hostile_text import neutralise
from console.tui.presentation.tones import Line, Tone

TAB = 4


def harmless(text: str) -> str:
    """Text from anywhere as it may stand on one row of a screen."""
    return neutralise(text).expandtabs(TAB)


def strip_of(line: Line, width: int, styles: Mapping[Tone, Style], base: Style) -> Strip:
    """Exactly `width` cells; what does not fit ends in an ellipsis."""
    segments: list[Segment] = []
    room = width
    for raw, tone in line:
        shown = harmless(raw)
        size = cell_len(shown)
        if size > room:
            shown = set_cell_size(shown, room - 1) + "…" if room else ""
            size = room
        if shown:
            segments.append(Segment(shown, base + styles[tone]))
        room -= size
    if room:
        segments.append(Segment(" " * room, base))
    return Strip(segments, width)


class Painter(ScrollView):
    """A widget that draws rows itself. Subclasses call `styles_now()` once per repaint."""

    COMPONENT_CLASSES = {f"tone--{tone.value}" for tone in Tone} | {"cursor--row"}

    DEFAULT_CSS = """
    Painter {
        background: transparent;
        scrollbar-size: 1 1;
        & > .tone--text { color: $foreground; }
        & > .tone--strong { color: $foreground; text-style: bold; }
        & > .tone--muted { color: $foreground 60%; }
        & > .tone--accent { color: $accent; }
        & > .tone--ok { color: $success; }
        & > .tone--warn { color: $warning; }
        & > .tone--fail { color: $error; text-style: bold; }
        & > .tone--rule { color: $foreground 25%; }
        & > .tone--match { color: $background; background: $warning; text-style: bold; }
        & > .tone--cell-ok { color: $background; background: $success; }
        & > .tone--cell-part { color: $background; background: $primary; }
        & > .tone--cell-fail { color: $background; background: $error; }
        & > .tone--cell-now { color: $background; background: $accent; text-style: bold; }
        & > .tone--cell-open { color: $foreground 60%; background: $foreground 12%; }
        & > .cursor--row { background: $foreground 14%; }
    }
    """

    _cached: tuple[object, dict[str, Style]] = (None, {})

    def part_style(self, name: str) -> Style:
        """A component's style, blended onto the widget's background."""
        key = (self.app.theme, self.background_colors[1])
        if self._cached[0] != key:
            self._cached = (key, {})
        known = self._cached[1]
        if name not in known:
            known[name] = self._blended(name)
        return known[name]

    def _blended(self, name: str) -> Style:
        rules = self.get_component_styles(name)
        behind = self.background_colors[1]
        style = rules.text_style if rules.has_rule("text_style") else Style()
        if rules.has_rule("background"):
            behind = behind + rules.background
            style += Style(bgcolor=behind.rich_color)
        if rules.has_rule("color"):
            style += Style(color=(behind + rules.color).rich_color)
        return style

    def tone_styles(self) -> dict[Tone, Style]:
        """The theme's style of every tone."""
        return {tone: self.part_style(f"tone--{tone.value}") for tone in Tone}

    def paint(self, line: Line, width: int) -> Strip:
        """One line in the widget's own colours."""
        return strip_of(line, width, self.tone_styles(), self.rich_style)
