"""The end of a log whose lines are not counted yet: what is shown of it, and where one is in it.

Lines have numbers from the end, -1 for the last. Knows no widget.
"""

from __future__ import annotations

from console.operations.ports.recorder import LogLine, LogView

FARTHEST = 20_000
"""Lines from the end that can be gone back to before the count; they are read at each step."""


class LogEnd:
    """Where one is until the lines are counted."""

    def __init__(self) -> None:
        self.counted = 0
        """Lines so far."""
        self._below = 0
        """Lines below the last one on screen."""
        self._top = False

    def visible(self, view: LogView, height: int) -> tuple[int, list[LogLine]]:
        """The number of the first line on screen, and the lines."""
        newest = view.newest(height + self._below)
        return -len(newest), newest[:height]

    def move(self, to: int, height: int) -> bool:
        """Have that line first on a screen of so many; True if that is the end."""
        self._below = min(max(-to - height, 0), FARTHEST)
        self._top = False
        return self._below == 0

    def ask_for_top(self) -> None:
        """To the first line, as soon as it is known which one that is."""
        self._top = True

    def place(self, first: int, count: int) -> int:
        """The number of the first line on screen, `first` from the end, when there are `count`."""
        return 0 if self._top else max(count + first, 0)
