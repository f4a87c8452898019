"""Calls on disk, a file for each webhook that is to have one: what waits, and what became of it.

A file's name is the call's identity and the webhook, and its place is taken once: whoever else sees
the same occasion, another recorder or the same one after a restart, finds it taken. All files are
this user's only, and no address is in any.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import msgspec

from console.domain.calls import Call
from console.operations.ports.call_settings import Sent, WebhookAnswer
from console.presentation.call_words import headline
from console.results import files
from console.struct_library import decoder_of

SUFFIX = ".json"
_LONGEST = 64 * 1024
_TICK = 2_000_000_000
"""Nanoseconds: the coarsest clock of a file system."""


class OutboxEntry(msgspec.Struct, frozen=True):
    """One call for one webhook."""

    call: Call
    webhook: str
    host: str
    """For people."""
    sent: Sent
    changed: datetime
    due: datetime
    tries: int = 0
    words: str = ""
    """What was answered last."""

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{key_of(self.call)}-{self.webhook}{SUFFIX}"

    @property
    def open(self) -> bool:
        """Something is still to be done with it."""
        return self.sent in (Sent.WAITING, Sent.SENDING)

    @property
    def answer(self) -> WebhookAnswer:
        """As a front end shows it."""
        return WebhookAnswer(self.changed, self.host, self.sent, self.words, headline(self.call))


def key_of(call: Call) -> str:
    """Its identity where only plain characters may stand."""
    return sha256(call.identity.encode(errors="surrogatepass")).hexdigest()[:32]


class Entries:
    """The folder of them. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Those there are, in no order."""
        with contextlib.suppress(FileNotFoundError):
            return [name for name in os.listdir(self._folder) if name.endswith(SUFFIX)]
        return []

    def changed(self) -> int | None:
        """When a file came, went or became another one, in nanoseconds; None where that is so
        short ago that one more would have the same time."""
        try:
            at = os.stat(self._folder).st_mtime_ns
        except FileNotFoundError:
            return None
        return at if time.time_ns() - at > _TICK else None

    def take(self, entry: OutboxEntry) -> bool:
        """Put it there; False where its place is taken. Whole or not at all, also after a crash."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (self._folder / entry.name).exists():
            return False
        made = self._folder / f".{token_hex(8)}"
        files.replace(str(made), [msgspec.json.encode(entry)], permissions=files.PRIVATE)
        try:
            os.link(made, self._folder / entry.name)
        except FileExistsError:
            return False
        finally:
            made.unlink()
        return True

    def put(self, entry: OutboxEntry) -> None:
        """In the place of what it was before."""
        place = str(self._folder / entry.name)
        files.replace(place, [msgspec.json.encode(entry)], permissions=files.PRIVATE)

    def read(self, name: str) -> OutboxEntry | None:
        """None for what is none, or not any more."""
        try:
            with (self._folder / name).open("rb") as stored:
                return decoder_of(OutboxEntry).decode(stored.read(_LONGEST))
        except (OSError, ValueError):
            return None

    def all(self) -> Iterator[OutboxEntry]:
        """Each as it is now."""
        return (each for name in self.names() if (each := self.read(name)) is not None)

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self._folder / name).unlink()
