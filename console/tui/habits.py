"""Keys that other programs have for what is done otherwise here, and the word that says how. Pure.

Only a key that means nothing on a screen is answered so: what a user or a plugin gives one goes
before. Where k9s' own key does here what it does there, nothing has to be said.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

_LIST, _MONITOR, _LOGS = "submissions", "monitor", "logs"
_NO_CANCEL = (_LOGS, "inspect", "history", "results", "describe", "manifest", "events")
_LIVE = (_LIST, "history", _MONITOR, _LOGS, "events", "results")


class Habit(msgspec.Struct, frozen=True, gc=False):
    """What is said to somebody who presses that key."""

    key: str
    words: str
    """With `{}` for the key of our command."""
    command: str = ""
    """Ours that does it; it is on the screen, or nothing is said."""
    screens: tuple[str, ...] = ()
    """The first words of their headers; on all that have the command where there are none."""
    changes: bool = False
    """It is about a change: nothing is said where the console is read-only."""


HABITS = (
    Habit("a", "{} attaches: it asks to which container.", "shell"),
    Habit("F", "{} forwards a port: it asks of which container.", "shell"),
    Habit("f", "A forward has the terminal while it lasts; {} begins one.", "shell"),
    Habit("o", "{} tells its node.", "describe"),
    Habit("J", "{} tells its owner, the Job.", "describe"),
    Habit("ctrl+r", "What is shown here is live; there is nothing to read again.", screens=_LIVE),
    Habit("ctrl+e", "The header is one row, and stays.", screens=_LIVE),
    Habit("ctrl+s", "carla-console list -o csv saves the list.", screens=(_LIST,)),
    Habit("ctrl+s", "{} saves the log that it opens.", "logs", (_MONITOR,)),
    Habit("ctrl+z", "{} and status=failed leaves what failed.", "filter", (_LIST, "history")),
    Habit(
        "ctrl+z", "{} goes to the pair that needs a look, where one does.", "in_need", (_MONITOR,)
    ),
    Habit("t", ":theme chooses another theme.", screens=(_LIST, _MONITOR, "history")),
    Habit("m", "ctrl+p has all commands.", screens=(_LIST, _MONITOR, "history")),
    Habit("slash", "{} opens the log, and / searches there.", "logs", (_MONITOR,)),
    Habit("space", "Submissions are marked in their list.", screens=(_MONITOR, "history")),
    Habit("L", "{} wraps long lines; the arrows go along them.", "wrap", (_LOGS,)),
    Habit("enter", "{} leaves only what comes from now on.", "clear", (_LOGS,)),
    Habit("y", "The Job's YAML is y in the monitor.", screens=(_LOGS,)),
    Habit("y", "The Job's YAML is y in the list and in the monitor.", screens=("results",)),
    Habit("d", "Describe is d in the list and in the monitor.", screens=("results",)),
    Habit(
        "ctrl+k",
        "Cancel is ctrl+k in the list and in the monitor.",
        screens=_NO_CANCEL,
        changes=True,
    ),
    *(
        Habit(key, "The pairs stand by their numbers.", screens=(_MONITOR,))
        for key in ("N", "A", "S", "O")
    ),
)


def answer(key: str, screen: str, ours: Callable[[str], str], *, read_only: bool = False) -> str:
    """What is said to that key on that screen, empty where nothing is. `ours`: the key that a
    command of ours has there, empty where it has none."""
    for habit in HABITS:
        if habit.key != key or (habit.screens and screen not in habit.screens):
            continue
        if habit.changes and read_only:
            continue
        here = ours(habit.command) if habit.command else "-"
        if here:
            return habit.words.format(here)
    return ""
