"""Of the threads of one process one at a time writes into a folder. Keeps none that is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class FolderTurns:
    """A lock for each folder, for as long as somebody has it or waits for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: dict[str, tuple[Lock, int]] = {}
        """With how many have it or wait for it."""

    @contextmanager
    def turn(self, folder: str) -> Iterator[None]:
        """Within, nobody else has it."""
        with self._counted(folder) as lock, lock:
            yield

    @contextmanager
    def _counted(self, folder: str) -> Iterator[Lock]:
        with self._lock:
            lock, count = self._turns.get(folder, (Lock(), 0))
            self._turns[folder] = lock, count + 1
        try:
            yield lock
        finally:
            with self._lock:
                lock, count = self._turns.pop(folder)
                if count > 1:
                    self._turns[folder] = lock, count - 1

    def __len__(self) -> int:
        """How many folders somebody has or waits for."""
        return len(self._turns)
