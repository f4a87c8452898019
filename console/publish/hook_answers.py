"""What an answer of a webhook means for the call that it was told. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from console.operations.ports.call_settings import Webhook

SECONDS = 15.0
"""How long one is waited for."""


class Arrival(StrEnum):
    """Whether a call has arrived."""

    YES = "yes"
    LATER = "later"
    """Certainly not, and it may be tried again."""
    NO = "no"
    """Nor will it."""
    UNKNOWN = "unknown"


class HookAnswer(msgspec.Struct, frozen=True):
    """In our words only: what a server says may repeat what it was asked."""

    taken: Arrival
    words: str
    pause: timedelta | None = None
    """What the server asks for before the next try."""


class Poster(Protocol):
    """Sends one request; never raises for what a server or a network does."""

    async def send(self, webhook: Webhook, body: bytes, key: str) -> HookAnswer: ...
