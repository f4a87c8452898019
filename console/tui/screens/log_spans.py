"""The digits of k9s' log view: the end, the begin, and what was said in the last minutes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from console.operations.recording.merged_log import from_time
from console.tui.commands import Command

Screen = Any
SPANS = {"2": (1, "minute"), "3": (5, "5 minutes"), "4": (15, "15 minutes")}
SPANS |= {"5": (30, "30 minutes"), "6": (60, "hour")}
"""Key -> minutes, and how they are called."""


def no_line(screen: Screen) -> str:
    if screen.pane.line_count:
        return ""
    return "There is no line yet." if screen.pane.counted else "Its lines are being counted."


def _to_span(minutes: int, called: str, screen: Screen) -> None:
    """The first line of that time in the first row; nothing is hidden, one may scroll up."""
    pane, since = screen.pane, screen.source().now() - timedelta(minutes=minutes)
    stamp = f"{since:%Y-%m-%dT%H:%M:%S.%f}Z"
    line = from_time(screen.shown.view, pane.line_count, stamp)
    newest = screen.shown.view.lines(pane.line_count - 1, pane.line_count)
    if line >= pane.line_count - 1 and newest and newest[0].at and newest[0].at < stamp:
        screen.notify(f"No line is of the last {called}.", severity="warning")
    pane.move(line)


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
