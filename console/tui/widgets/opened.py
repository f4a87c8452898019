"""What a click tells its screen: that what lies under it is meant, as Enter means it."""

from __future__ import annotations

from textual.message import Message


class Opened(Message):
    """A click on what was chosen already, or the second of two."""
