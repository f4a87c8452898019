"""The digits of k9s' log view: the end, the begin, and what was said in the last minutes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from console.domain.spans import shifted
from console.operations.recording.merged_log import from_time
from console.tui.commands import Command

if TYPE_CHECKING:
    from console.operations.ports.recorder import LogLine

Screen = Any
SPANS = {"2": (1, "minute"), "3": (5, "5 minutes"), "4": (15, "15 minutes")}
SPANS |= {"5": (30, "30 minutes"), "6": (60, "hour")}
"""Key -> minutes, and how they are called."""


_LAST = 100
"""Lines in which a time is looked for: what this console says between them has none."""


def no_line(screen: Screen) -> str:
    if screen.pane.line_count:
        return ""
    if not screen.pane.counted:
        return "Its lines are being counted."
    return screen.status.missing or "There is no line yet."


def _to_span(minutes: int, called: str, screen: Screen) -> None:
    """The first line of that time in the first row; nothing is hidden, one may scroll up."""
    pane, since = screen.pane, shifted(screen.source().now(), -60 * minutes)
    stamp = f"{since:%Y-%m-%dT%H:%M:%S.%f}Z"
    line = from_time(screen.shown.view, pane.line_count, stamp)
    last = screen.shown.view.lines(max(pane.line_count - _LAST, 0), pane.line_count)
    if why := why_nothing(last, stamp, called):
        screen.notify(why, severity="warning")
    elif line >= pane.first_line and pane.following:
        screen.notify(f"All of the last {called} is on the screen.")
    pane.move(line)


def why_nothing(last: Sequence[LogLine], since: str, called: str) -> str:
    """Why no line is of that time; empty where one is. `last`: those at the end of the log."""
    newest = next((each.at for each in reversed(last) if each.at), "")
    if not newest:
        return "When these lines were written is not known."
    return f"No line is of the last {called}." if newest < since else ""


def _span(key: str, minutes: int, called: str) -> Command:
    return Command(
        f"last_{minutes}_minutes",
        key,
        f"Last {called}",
        f"From the last {called} on",
        partial(_to_span, minutes, called),
        no_line,
        show=False,
    )


def _to_tail(screen: Screen) -> None:
    screen.pane.action_follow()


def _to_head(screen: Screen) -> None:
    screen.pane.action_top()


LOG_SPANS = (
    Command("tail", "0", "Tail", "The end, and follow it", _to_tail, show=False),
    Command("head", "1", "Head", "The begin", _to_head, show=False),
    *(_span(key, minutes, called) for key, (minutes, called) in SPANS.items()),
)
