"""A paint as pieces of rows: only widgets that are seen there, only rows that are painted again.

What of it the terminal shows already is `frame`'s to say. Reaches for Textual's compositor, which
is private: a newer one costs speed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderResult
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.screen import ScreenResultType
from textual.strip import Strip
from textual.widget import Widget

from console.tui.frame import Piece, Written
from console.tui.seen_in_rows import Stretch, seen, stretches
from console.tui.sequences import written
from console.tui.textual_opening import OpensOnce
from console.tui.textual_reflow import HeardSizes


class Changes(CompositorUpdate):
    """Pieces of rows to be written to the terminal."""

    def __init__(self, pieces: Sequence[Written]) -> None:
        self._written = pieces

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What Textual takes for a renderable has one; a terminal is given `render_segments`."""
        yield from (segment for _, _, told in self._written for segment in told)

    def render_segments(self, console: Console) -> str:
        colours = getattr(console, "_color_system", None) or ColorSystem.TRUECOLOR
        return written(self._written, colours)


class Painted(Changes):
    """The pieces of a paint, whatever of it the terminal shows already."""

    def __init__(self, pieces: list[Piece]) -> None:
        super().__init__(pieces)
        self.pieces = pieces


class RowByRow(HeardSizes):
    """Asks widgets only for the rows that are painted again, and only for what is seen of them.

    Textual asks every widget on the screen for all rows between the first and the last of those,
    and cuts each row at each edge of a widget.
    """

    _seen: dict[int, tuple[Stretch[Widget], ...]]
    """Of each row that was painted, its widgets."""
    _seen_of: object = None
    """The layout of which they are."""

    def render_partial_update(self) -> Painted | None:  # type: ignore[override]
        dirty = self._dirty_regions.copy()
        self._dirty_regions.clear()
        return Painted(self.painted(self._regions_to_spans(dirty))) if dirty else None

    def render_full_update(self, simplify: bool = False) -> Painted | LayoutUpdate:  # type: ignore[override]
        if simplify:
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        return Painted(self.painted((y, 0, self.size.width) for y in range(self.size.height)))

    def render_strips(self, size: Size | None = None) -> list[Strip]:
        """All rows, whole: what stands beneath a dialog."""
        if size not in (None, self.size):
            return super().render_strips(size)
        width, height = self.size
        rows: list[list[Strip]] = [[] for _ in range(height)]
        for _, y, strip in self.painted((y, 0, width) for y in range(height)):
            rows[y].append(strip)
        return [Strip.join(row) for row in rows]

    def painted(self, spans: Iterable[tuple[int, int, int]]) -> list[Piece]:
        """What touches these: row, first column, the one after the last.

        One layout holds for all of it: a widget that is asked for its rows may have the next one
        made, in which others are gone.
        """
        placed = self.visible_widgets
        wanted: dict[Widget, dict[tuple[int, int], int]] = {}
        for y, left, end in spans:
            for each in self._seen_in(y, placed):
                if each.left < end and left < each.end:
                    wanted.setdefault(each.whose, {})[y, each.left] = each.end
        found = [
            piece
            for each, parts in wanted.items()
            for piece in self._parts(each, placed[each][0], parts)
        ]
        found.sort(key=itemgetter(1, 0))
        return found

    def _seen_in(
        self, y: int, placed: dict[Widget, tuple[Region, Region]]
    ) -> tuple[Stretch[Widget], ...]:
        if self._seen_of is not placed:
            self._seen_of, self._seen = placed, {}
        if y not in self._seen:
            shown = ((each, region.intersection(clip)) for each, (region, clip) in placed.items())
            self._seen[y] = seen(y, shown, self.size.width)
        return self._seen[y]

    def _parts(
        self, widget: Widget, region: Region, parts: Mapping[tuple[int, int], int]
    ) -> Iterator[Piece]:
        """Of one widget; it is asked once for rows that are neighbours."""
        first, last = min(left for _, left in parts), max(parts.values())
        rows: dict[int, Strip] = {}
        for top, end in stretches(sorted({y for y, _ in parts})):
            crop = Region(first - region.x, top - region.y, last - first, end - top)
            rows.update(zip(range(top, end), widget.render_lines(crop), strict=False))
        for (y, left), end in parts.items():
            whole = (left, end) == (first, last)
            yield left, y, rows[y] if whole else rows[y].crop(left - first, end - first)


class PaintedByRow(OpensOnce[ScreenResultType]):
    """A screen of which only the rows that are painted again are asked for."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._compositor = RowByRow()


def pieces(update: LayoutUpdate | ChopsUpdate | Painted) -> Iterable[Piece]:
    """What a paint consists of."""
    if isinstance(update, Painted):
        return update.pieces
    return _laid_out(update) if isinstance(update, LayoutUpdate) else _chopped(update)


def _laid_out(update: LayoutUpdate) -> Iterator[Piece]:
    for y, row in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in row:
            yield x, y, strip
            x += strip.cell_length


def _chopped(update: ChopsUpdate) -> Iterator[Piece]:
    for y, left, right in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x <= right and end > left:
                yield x, y, chop
