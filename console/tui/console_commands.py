"""The keys of the console itself, which are there on every screen."""

from __future__ import annotations

from typing import Any

from console.tui.commands import Command

Console = Any
"""The app, which knows this module."""


def _does(action: str) -> Any:
    """Its own action of that name."""
    return lambda console: getattr(console, f"action_{action}")()


def _nothing_before(console: Console) -> str:
    return "" if console.visits.before else "There is no view before this one."


def _nothing_after(console: Console) -> str:
    return "" if console.visits.after else "There is no view after this one."


def _no_last(console: Console) -> str:
    return "" if console.visits.last else "There was no other view yet."


CONSOLE_COMMANDS = (
    Command("help", "question_mark", "Help", "This page; in a text field, F1", _does("help"),
            key_display="?"),
    Command("help_in_a_text", "f1", "Help", "This page, in a text field too", _does("help"),
            key_display="F1"),
    Command("line", "colon", "Go to", "Go somewhere by name; tab completes it", _does("line"),
            key_display=":", show=False),
    Command("palette", "ctrl+p", "Palette", "Every command, by typing a part of it",
            _does("command_palette"), show=False, priority=True),
    # Not where a text is typed: it leads to its begin there.
    Command("aliases", "ctrl+a", "Words", "The same: what can be typed behind the colon, too",
            _does("command_palette"), show=False),
    Command("last_view", "minus", "Last view", "The view before this one; again comes back",
            _does("last_view"), _no_last, show=False, key_display="-"),
    Command("view_before", "left_square_bracket", "Back", "Back through the views",
            _does("view_before"), _nothing_before, show=False, key_display="["),
    Command("view_after", "right_square_bracket", "Forward", "Forward through the views",
            _does("view_after"), _nothing_after, show=False, key_display="]"),
    Command("quit", "ctrl+c,ctrl+q", "Quit", "Close the console; submissions go on",
            _does("leave"), show=False, priority=True, key_display="^c"),
)  # fmt: skip
