"""The present time as something to be given, so that a test can give another."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The present, aware UTC."""

    def __call__(self) -> datetime: ...
