"""What of a log came after a line, as a log of its own: what was read is out of the way."""

from __future__ import annotations

from collections.abc import Iterator

from console.operations.ports.recorder import LogLine, LogView


class LaterLog:
    """See `LogView`. The lines before are still on disk; whoever wants them asks for the whole."""

    def __init__(self, view: LogView, first: int) -> None:
        self.view, self.first = view, first

    def line_count(self) -> int:
        return max(self.view.line_count() - self.first, 0)

    def counting(self) -> Iterator[int]:
        for count in self.view.counting():
            yield max(count - self.first, 0)

    def lines(self, start: int, stop: int) -> list[LogLine]:
        return self.view.lines(max(start, 0) + self.first, max(stop, 0) + self.first)

    def newest(self, wanted: int) -> list[LogLine]:
        return self.view.newest(min(wanted, self.line_count()))

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        for found in self.view.search(pattern, ignore_case=ignore_case):
            yield [number - self.first for number in found if number >= self.first]

    def place_of(self, number: int) -> int:
        """Where a line of the whole is here; the first one for those that are left out."""
        return max(number - self.first, 0)
