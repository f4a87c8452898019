"""Logs in memory, as the use cases read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from console.operations.ports.recorder import LogLine


class GrowingLog:
    """A log view over a list that grows; counts the lines that were read of it."""

    def __init__(self, lines: list[LogLine]) -> None:
        self.held, self.read, self.searched = lines, 0, 0

    def line_count(self) -> int:
        return len(self.held)

    def counting(self) -> Iterator[int]:
        yield len(self.held)

    def lines(self, start: int, stop: int) -> list[LogLine]:
        found = self.held[start:stop]
        self.read += len(found)
        return found

    def newest(self, wanted: int) -> list[LogLine]:
        return self.held[max(len(self.held) - wanted, 0) :]

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        self.searched += 1
        for number, line in enumerate(self.held):
            flags = re.IGNORECASE if ignore_case else 0
            yield [number] if re.search(pattern, line.text, flags) else []


def at(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"2026-11-22T{hours:02}:{minutes:02}:{seconds:02}.{rest:03}Z"


def log(name: str, times: list[int | None]) -> GrowingLog:
    """One line for each time, None for a line without one."""
    return GrowingLog(
        [
            LogLine("" if each is None else at(each), f"{name} {number}")
            for number, each in enumerate(times)
        ]
    )


def said(lines: list[LogLine]) -> list[str]:
    return [line.text for line in lines]
