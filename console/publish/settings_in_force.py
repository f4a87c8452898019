"""A user's settings as they are now; while they cannot be read, as they were. Knows none itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from console.errors import ConsoleError

T = TypeVar("T")
log = logging.getLogger(__name__)


class SettingsInForce(Generic[T]):
    """Read anew each time that they are asked for, from any thread; a mistake is logged once."""

    def __init__(self, read: Callable[[], T], unread: T, of: str) -> None:
        """`unread`: what holds before they could be read; `of`: what they set, for the log."""
        self._read, self._known, self._of = read, unread, of
        self.mistake = ""
        """Why they cannot be read, at the last look; empty where they can."""

    def now(self) -> T:
        try:
            self._known, self.mistake = self._read(), ""
        except ConsoleError as error:
            if self.mistake != str(error):
                self.mistake = str(error)
                log.warning("The settings of %s: %s", self._of, error)
        return self._known
