"""What Textual keeps private and we touch, but for `textual_*` beside it. Checked with 8.2.

Each use has a fallback, so that a newer Textual costs speed or comfort, never the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.filter import Monochrome, NoColor
from textual.message import Message
from textual.screen import Screen, ScreenResultType

from console.tui.frame import Frame
from console.tui.textual_rows import Changes, Painted, PaintedByRow, pieces
from console.tui.textual_strips import make_caches_late
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
        make_caches_late()
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
