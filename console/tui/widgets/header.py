"""The first row of every screen: where we are, on which cluster, and whether it is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from console.presentation.submissions import board_liveness, liveness
from console.presentation.tones import Line, Tone, cut, joined, spread, text, width_of
from console.tui.backend import Connection, Link
from console.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from console.tui.screens.screen import ConsoleScreen


class Header(Canvas):
    """Title, context, server, namespace; live or stale since when."""

    DEFAULT_CSS = """
    Header { dock: top; height: 1; background: $panel; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def draw(self, width: int, height: int) -> list[Line]:
        screen = cast("ConsoleScreen", self.screen)
        connection = screen.backend.connection()
        subject = screen.subject()
        title = text(
            (" ▌", Tone.ACCENT),
            (self._title, Tone.STRONG),
            (f"  {subject[1]}" if subject else "", Tone.ACCENT),
        )
        state = cut(self._state(screen, connection), max(width - width_of(title) - 4, 0))
        right = (*state, (" ", Tone.TEXT))
        return [spread(joined([title, place(connection, width)], "   "), right, width)]

    def _state(self, screen: ConsoleScreen, connection: Connection) -> Line:
        if connection.link is Link.CONNECTING:
            fleet = screen.backend.fleet()
            old = (
                f"list of {fleet.updated_at.astimezone():%H:%M}, stale; "
                if fleet.updated_at
                else ""
            )
            return text((old, Tone.WARN), ("◌ connecting", Tone.MUTED))
        if connection.link is Link.UNREACHABLE:
            return text(("✗ no cluster", Tone.FAIL))
        if screen.subject():
            return board_liveness(screen.board())
        fleet = screen.backend.fleet()
        return liveness(fleet.live, fleet.updated_at, fleet.why)


def place(connection: Connection, width: int) -> Line:
    """Context, whom we act as, namespace and, where there is room, the server."""
    where = connection.description
    if where is None:
        return ()
    parts = [
        text(("context ", Tone.MUTED), where.context),
        text(("ns ", Tone.MUTED), where.namespace),
    ]
    if width >= 100:
        parts.insert(1, text(("server ", Tone.MUTED), where.server))
    if where.acts_as:
        parts.insert(1, text(("as ", Tone.WARN), where.acts_as))
    return joined(parts, "  ")
