"""Pauses between attempts: doubling with jitter, from half a second to half a minute."""

from __future__ import annotations

import random

FIRST = 0.5
LONGEST = 30.0


class Backoff:
    """The next pause in seconds; `reset` after a success."""

    def __init__(self, first: float = FIRST, longest: float = LONGEST) -> None:
        self._first, self._longest = first, longest
        self._step = 0

    def reset(self) -> None:
        self._step = 0

    def next(self) -> float:
        pause = min(self._first * float(2**self._step), self._longest)
        self._step = min(self._step + 1, 20)
        return pause * random.uniform(0.75, 1.25)
