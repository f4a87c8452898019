"""How often recordings that another process writes are looked at: the more, the less often.

What is new on disk is a look at each of its logs, so that a hundred submissions that are followed
cost as much as twenty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

LOOK_EVERY = 0.5
LOOKS_A_SECOND = 40


class SharedLooks:
    """Shared by all that read beside each other."""

    def __init__(self) -> None:
        self._reading = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One more, as long as it reads."""
        self._reading += 1
        try:
            yield
        finally:
            self._reading -= 1

    @property
    def pause(self) -> float:
        """Seconds between two looks of each."""
        return max(LOOK_EVERY, self._reading / LOOKS_A_SECOND)
