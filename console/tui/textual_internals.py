"""What Textual keeps private and we touch, but for `textual_*` beside it. Checked with 8.2.

Each use has a fallback, so that a newer Textual costs speed or comfort, never the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.color import Color
from textual.filter import Monochrome, NoColor
from textual.geometry import Region, Size
from textual.message import Message
from textual.screen import Screen, ScreenResultType
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from console.tui.frame import Frame, Piece, Written
from console.tui.row_filters import RowFilters
from console.tui.seen_in_rows import Stretch, seen, stretches
from console.tui.sequences import written
from console.tui.textual_reflow import HeardSizes
from console.tui.textual_styles import RememberedStyles

if TYPE_CHECKING:
    from rich.console import RenderableType

QUEUED_FRAMES = 1
"""More frames than this waiting for the terminal: it is behind, do not add another."""


def backlogged(app: App[None]) -> bool:
    """Whether the terminal has not yet taken what was already drawn.

    A full writer queue blocks the UI loop; skipping ticks keeps keys fast on slow links.
    """
    thread = getattr(getattr(app, "_driver", None), "_writer_thread", None)
    queue = getattr(thread, "_queue", None)
    return queue is not None and queue.qsize() > QUEUED_FRAMES


def to_terminal(app: App[None], sequences: str) -> None:
    """Behind what is drawn by now. Nothing where the screens are not on a terminal."""
    driver = getattr(app, "_driver", None)
    if driver is None or driver.is_headless or driver.is_web:
        return
    file = getattr(driver, "_file", None)
    if file is not None and file.isatty():
        driver.write(sequences)


def without_colours(app: App[None], wanted: bool) -> None:
    """Write no colour, whatever a style says. Textual decides it once, and makes greys of them."""
    others = (each for each in app._filters if not isinstance(each, NoColor | Monochrome))
    app._filters = [*others, *([NoColor()] if wanted else ())]


def grow(view: ScrollView, size: Size, y: float | None = None) -> None:
    """Set a scroll view's virtual size without laying out the whole screen again.

    `y`: the row that will be the first on screen, where that is another than now.

    The ordinary assignment lays out the screen and paints twice for each new log line.
    """
    if view.virtual_size == size:
        return
    if not view.is_attached or view.size.height == 0:
        view.virtual_size = size
        return
    appears = (size.height > view.size.height) != view.show_vertical_scrollbar
    if appears or (size.width > view.size.width) != view.show_horizontal_scrollbar:
        view.virtual_size = size
        return
    view.set_reactive(Widget.virtual_size, size)
    if view.show_vertical_scrollbar:
        _stretch(view.vertical_scrollbar, size.height, view.scroll_y if y is None else y)
    if view.show_horizontal_scrollbar:
        view.horizontal_scrollbar.window_virtual_size = size.width


def _stretch(bar: ScrollBar, whole: int, position: float) -> None:
    """A bar for so many rows, painted if it looks different then.

    Beside a log that is followed it costs as much as the log, and its thumb stays at the end.
    """
    if _thumb(bar, whole, position) == _thumb(bar, bar.window_virtual_size, bar.position):
        bar.set_reactive(ScrollBar.window_virtual_size, whole)
        bar.set_reactive(ScrollBar.position, position)
    else:
        bar.window_virtual_size = whole


def _thumb(bar: ScrollBar, whole: int, position: float) -> tuple[int, int]:
    """Where it begins and ends, in eighths of a cell, as Textual draws it."""
    length, shown = bar.size.height, bar.window_size
    if not length or not shown or whole <= shown:
        return 0, 0
    thumb = max(1, shown * length / whole)
    start = int((length - thumb) * position / (whole - shown) * 8)
    return start, start + ceil(thumb * 8)


class Undecorated(ScrollView):
    """A view whose rows are painted as they are: it has neither border nor padding.

    Textual keeps the rows of a widget in a form that is quick to show again. Those of a log that is
    followed are all others each time, and it costs more than painting them.
    """

    _filters: RowFilters | None = None

    def ground(self) -> tuple[Style, Color]:
        """The style of a cell without text, and the colour behind all."""
        return self.rich_style, self.background_colors[1]

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.styles.gutter.totals != (0, 0) or self.opacity != 1.0:
            return super().render_lines(crop)
        style, background = self.ground()
        filters = self.get_line_filters()
        if self._filters is None or not self._filters.same(filters, background):
            self._filters = RowFilters(filters, background)
        left, end = crop.column_span
        rows = [self._filters(self.render_line(y)) for y in crop.line_range]
        return [
            row if left == 0 and row.cell_length == end else row.crop_extend(left, end, style)
            for row in rows
        ]


def show_from(view: ScrollView, y: int) -> None:
    """Have that row, which there is, on top at once; the rows are painted, not the scroll bar."""
    view.set_reactive(Widget.scroll_target_y, float(y))
    view.set_reactive(Widget.scroll_y, float(y))
    if view.show_vertical_scrollbar and view.vertical_scrollbar.position != y:
        view.vertical_scrollbar.position = y
    view.refresh(view.scrollable_content_region.reset_offset)


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


class PaintedByRow(Screen[ScreenResultType]):
    """A screen of which only the rows that are painted again are asked for."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._compositor = RowByRow()


class Deafened(PaintedByRow[ScreenResultType]):
    """A screen that hears nothing more of its widgets once it is `deaf`.

    What they have said waits in its queue: a second Enter in a form that the first one has closed.
    """

    deaf: bool = False

    async def _on_message(self, message: Message) -> None:
        said = message.bubble and not isinstance(message, events.Event)
        if not (self.deaf and said):
            await super()._on_message(message)


class Sparing(App[None]):
    """An app that writes to its terminal only what is not there yet.

    A screen that comes to the top, another size and a program that comes back are written whole:
    that also mends what something else has written over the terminal.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = RememberedStyles(variables=self.stylesheet._variables)
        self._frame = Frame()
        self._framed: tuple[object, ...] = ()

    def on_mount(self) -> None:
        """Textual runs this besides the `on_mount` of a subclass."""
        self.app_resume_signal.subscribe(self, lambda _app: self._frame.forget(), immediate=True)

    @property
    def _background_screens(self) -> list[Screen[object]]:
        """None beneath a screen that covers all: it neither ticks nor has this one painted again.

        Textual takes the next one beneath for visible, whatever is on top.
        """
        stack = self._screen_stack
        covered = bool(stack) and stack[-1].styles.background.a == 1
        return [] if covered else super()._background_screens

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        written = self._running and not self._closed and not self._batch_count
        if (
            not written
            or self.is_headless
            or not isinstance(renderable, LayoutUpdate | ChopsUpdate | Painted)
        ):
            super()._display(screen, renderable)
            return
        framed = (screen, self.size)
        if framed != self._framed:
            self._frame.forget()
            self._framed = framed
        changes = self._frame.changes(pieces(renderable))
        at = self.screen.outer_size.clamp_offset(self.cursor_position)
        told = Changes(changes) if changes or at != self._previous_cursor_position else None
        super()._display(screen, told)


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


class CalmCrash(App[None]):
    """An app whose unexpected errors end it with a sentence instead of a traceback.

    Textual prints tracebacks with local variables, which can hold credentials.
    """

    def crashed(self, error: Exception) -> str:
        """The sentence to leave on the terminal; the subclass records the error."""
        raise NotImplementedError

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        from rich.text import Text

        self._exit_renderables[:] = [Text(self.crashed(error))]
        self._close_messages_no_wait()
