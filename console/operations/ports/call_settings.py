"""What a user sets of the calls for a person, and where those for webhooks are left. No HTTP here.

A webhook's address is a secret: whoever has it may write as we do. No value here shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from console.domain.calls import Call, Occasion
from console.domain.waits import PATIENCE

EVERY = frozenset(Occasion)


class Desktop(StrEnum):
    """How a terminal is asked for a notice on the desktop."""

    AUTO = "auto"
    OSC9 = "osc9"
    OSC777 = "osc777"
    OFF = "off"


class WebhookForm(StrEnum):
    """How a webhook wants to be told."""

    SLACK = "slack"
    JSON = "json"


class Webhook(msgspec.Struct, frozen=True):
    """One address that is told, on some occasions."""

    url: str
    form: WebhookForm
    occasions: frozenset[Occasion] = EVERY

    @property
    def host(self) -> str:
        """All of the address that may be shown."""
        from urllib.parse import urlsplit

        return urlsplit(self.url).hostname or "?"

    @property
    def key(self) -> str:
        """What stands for the address on disk."""
        from hashlib import sha256  # brings OpenSSL: few have a webhook

        return sha256(self.url.encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"Webhook({self.host}, {self.form})"


class CallSettings(msgspec.Struct, frozen=True):
    """What is on. The occasions hold for every way."""

    occasions: frozenset[Occasion] = EVERY
    toast: bool = True
    bell: bool = True
    title: bool = True
    desktop: Desktop = Desktop.AUTO
    webhooks: tuple[Webhook, ...] = ()
    patience: timedelta = PATIENCE
    """How long one may wait for room before it calls."""


class Sent(StrEnum):
    """What became of a call on its way to a webhook."""

    WAITING = "waiting"
    SENDING = "sending"
    """It was begun; where nobody is at it any more, nobody knows whether it arrived."""
    SENT = "sent"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    """The answer was lost. It is not sent again: none is sent twice."""
    GIVEN_UP = "given up"
    DROPPED = "dropped"
    """Its webhook is not set any more, or it waited until it was no news."""


FAILED = (Sent.REFUSED, Sent.IN_DOUBT, Sent.GIVEN_UP)


class WebhookAnswer(msgspec.Struct, frozen=True):
    """What a webhook said last, without its address."""

    at: datetime
    host: str
    sent: Sent
    words: str
    subject: str
    """Which submission it was about, and what."""


class OutboxState(msgspec.Struct, frozen=True):
    """What was sent and what waits."""

    counts: dict[Sent, int]
    last: WebhookAnswer | None = None
    trouble: WebhookAnswer | None = None
    """The last call that did not arrive, or may not have."""


class CallOutbox(Protocol):
    """Calls on their way to webhooks, on disk: who has offered one may end."""

    def patience(self) -> timedelta:
        """As it is set now. Reads a file."""
        ...

    def offer(self, calls: Sequence[Call]) -> None:
        """Keep what nobody has offered before. Writes files; raises ConsoleError."""
        ...

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        ...

    @property
    def busy(self) -> bool:
        """Something is to be sent within moments."""
        ...


class CallReport(Protocol):
    """What is set, and what became of calls: for front ends."""

    @property
    def file(self) -> Path:
        """What the user sets."""
        ...

    @property
    def open_to_others(self) -> bool:
        """Whether other users of this machine may read that file."""
        ...

    def settings(self) -> CallSettings:
        """As they are now. Reads a file; raises InvalidInput with the mistake's place."""
        ...

    def state(self) -> OutboxState:
        """Reads files; raises ConsoleError."""
        ...

    def as_left(self, calls: Sequence[Call]) -> dict[str, Call]:
        """Those that a recorder has left for a webhook, by identity, in its words. Reads files."""
        ...

    async def test(self) -> tuple[tuple[str, str, bool], ...]:
        """One message to each webhook, now; its host, what was answered, whether it was taken."""
        ...
