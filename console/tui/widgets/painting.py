"""From toned lines to terminal strips: the one place where text meets style, and is neutralised."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.domain.hostile_text import neutralise
from console.presentation.tones import Line, Tone

TAB = 4
MOST_STRIPS = 500
"""Some screens full of rows; each is a few kB."""


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


class Tones(dict[Tone, Style]):
    """A style is looked up when its tone occurs: few widgets speak in more than three of them."""

    def __init__(self, looked_up: Callable[[str], Style]) -> None:
        super().__init__()
        self._looked_up = looked_up

    def __missing__(self, tone: Tone) -> Style:
        found = self[tone] = self._looked_up(f"tone--{tone.value}")
        return found


class Painter(ScrollView):
    """A widget that draws rows itself, by `render_line`."""

    COMPONENT_CLASSES = {f"tone--{tone.value}" for tone in Tone} | {"cursor--row"}

    DEFAULT_CSS = """
    Painter {
        background: transparent;
        scrollbar-size: 1 1;
        & > .tone--text { color: $foreground; }
        & > .tone--strong { color: $foreground; text-style: bold; }
        & > .tone--muted { color: $foreground 72%; }
        & > .tone--accent { color: $accent; }
        & > .tone--ok { color: $success; }
        & > .tone--warn { color: $warning; }
        & > .tone--fail { color: $error; text-style: bold; }
        & > .tone--alarm { color: $error; text-style: bold reverse; }
        & > .tone--rule { color: $foreground 25%; }
        & > .tone--match { color: $background; background: $warning; text-style: bold; }
        & > .tone--cell-ok { color: $background; background: $success; }
        & > .tone--cell-part { color: $background; background: $primary; }
        & > .tone--cell-fail { color: $background; background: $warning; }
        & > .tone--cell-now { color: $background; background: $accent; text-style: bold; }
        & > .tone--cell-open { color: $foreground 72%; background: $foreground 12%; }
        & > .cursor--row { background: $foreground 11%; }
        &:ansi {
            & > .tone--muted { color: $foreground; text-style: dim; }
            & > .tone--rule { color: $foreground; text-style: dim; }
            & > .tone--warn { color: $warning; text-style: bold; }
            & > .tone--match { color: $warning; background: $background;
                text-style: bold reverse; }
            & > .tone--cell-ok { color: $success; background: $background; text-style: reverse; }
            & > .tone--cell-part { color: $primary; background: $background;
                text-style: reverse; }
            & > .tone--cell-fail { color: $warning; background: $background;
                text-style: bold reverse; }
            & > .tone--cell-now { color: $accent; background: $background;
                text-style: bold underline; }
            & > .tone--cell-open { color: $foreground; background: $background; text-style: dim; }
            & > .cursor--row { background: $background; text-style: reverse; }
        }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: dict[tuple[Line, int, bool, Style], Strip] = {}
        """Rows painted lately, in the present colours: a list that scrolls shows most again."""

    _styled_for: object = None
    _base: Style
    background: Color
    """Behind all, as it was at the last repaint."""
    _tones: dict[Tone, Style]
    _cursor: Style

    def render_lines(self, crop: Region) -> list[Strip]:
        """Look the styles up once per repaint, and only if theme or background changed.

        A widget that was just taken away has no styles, and may be asked before the next layout.
        """
        if self.parent is None:
            return [Strip.blank(crop.width)] * crop.height
        self.background = self.background_colors[1]
        key = (self.app.theme, self.background)
        if key != self._styled_for:
            self._styled_for = key
            self._strips.clear()
            self._tones = Tones(self._blended)
            self._cursor = self._blended("cursor--row")
            self._base = self.rich_style
        self.paint_all()
        return super().render_lines(crop)

    def paint_all(self) -> None:
        """Called before the rows of a repaint; for content that is read once for all of them."""

    def tone(self, tone: Tone) -> Style:
        """A tone's style as it was at the last repaint."""
        return self._tones[tone]

    def _blended(self, name: str) -> Style:
        rules = self.get_component_styles(name)
        behind = self.background
        style = rules.text_style if rules.has_rule("text_style") else Style()
        if rules.has_rule("background"):
            behind = behind + rules.background
            style += Style(bgcolor=behind.rich_color)
        if rules.has_rule("color"):
            style += Style(color=(behind + rules.color).rich_color)
        return style

    def paint(self, line: Line, width: int, *, cursor: bool = False) -> Strip:
        """One line in the widget's own colours, or on the cursor's background."""
        key = (line, width, cursor, self._base)
        strip = self._strips.get(key)
        if strip is None:
            base = self._base + self._cursor if cursor else self._base
            strip = strip_of(line, width, self._tones, base)
            if len(self._strips) >= MOST_STRIPS:
                self._strips.clear()
            self._strips[key] = strip
        return strip
