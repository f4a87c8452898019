"""What fails here again and again, by submission: said once, and left alone for a while.

Knows no disk and no EvalAI; what EvalAI answers is waited out by the publication itself.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable
from datetime import datetime, timedelta

from console.operations.ports.clock import Clock

log = logging.getLogger(__name__)

LEFT_ALONE = timedelta(minutes=1)


class Failing:
    """Of one publisher. None stands for what is no single submission's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[Hashable, str] = {}
        self._until: dict[Hashable, datetime] = {}

    def rests(self, place: Hashable) -> bool:
        """It has just failed: it is tried again after a while."""
        until = self._until.get(place)
        return until is not None and self._clock() < until

    def failed(self, place: Hashable, words: str, cause: BaseException | None = None) -> None:
        """One disk may fail for all of them: the same words are said once, with their cause."""
        if words not in self._told.values():
            log.log(logging.ERROR if cause else logging.WARNING, "%s", words, exc_info=cause)
        self._told[place] = words
        if place is not None:
            self._until[place] = self._clock() + LEFT_ALONE

    def went_well(self, place: Hashable) -> None:
        """A later failure is news."""
        self._told.pop(place, None)
        if place is not None:
            self._until.pop(place, None)
