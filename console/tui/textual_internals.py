"""The only module that touches what Textual keeps private. Checked with textual 8.2.

Each use has a fallback, so that a newer Textual costs speed or comfort, never the screen.
"""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen, ScreenResultType
from textual.scroll_view import ScrollView
from textual.widget import Widget

QUEUED_FRAMES = 1
"""More frames than this waiting for the terminal: it is behind, do not add another."""


def backlogged(app: App[None]) -> bool:
    """Whether the terminal has not yet taken what was already drawn.

    A full writer queue blocks the UI loop; skipping ticks keeps keys fast on slow links.
    """
    thread = getattr(getattr(app, "_driver", None), "_writer_thread", None)
    queue = getattr(thread, "_queue", None)
    return queue is not None and queue.qsize() > QUEUED_FRAMES


def grow(view: ScrollView, size: Size) -> None:
    """Set a scroll view's virtual size without laying out the whole screen again.

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
        view.vertical_scrollbar.window_virtual_size = size.height
    if view.show_horizontal_scrollbar:
        view.horizontal_scrollbar.window_virtual_size = size.width


class Deafened(Screen[ScreenResultType]):
    """A screen that hears nothing more of its widgets once it is `deaf`.

    What they have said waits in its queue: a second Enter in a form that the first one has closed.
    """

    deaf: bool = False

    async def _on_message(self, message: Message) -> None:
        said = message.bubble and not isinstance(message, events.Event)
        if not (self.deaf and said):
            await super()._on_message(message)


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
