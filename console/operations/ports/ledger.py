"""What was and is to be sent, kept so that nothing is forgotten: the part that all ledgers share.

Each method reads or writes files, whole or not at all, and raises PublicationsFailed.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol, TypeVar

from console.operations.ports.recorder import Recording

Key = TypeVar("Key", bound=Hashable, contravariant=True)
AnyKey = TypeVar("AnyKey", bound=Hashable, covariant=True)


class LedgerEntry(Protocol[AnyKey]):
    """One recorded submission for one that is told of it, as it stands now."""

    @property
    def key(self) -> AnyKey:
        """By which it is told from others."""
        ...

    @property
    def recording(self) -> Recording: ...

    @property
    def closed(self) -> bool:
        """Nothing is sent any more."""
        ...

    @property
    def busy(self) -> bool:
        """It goes on by itself."""
        ...


class Wished(Protocol[AnyKey]):
    """Somebody wants it to be tried anew, while another process has the right to send."""

    @property
    def key(self) -> AnyKey: ...


Entry = TypeVar("Entry")
Wish = TypeVar("Wish")


class Ledger(Protocol[Key, Entry, Wish]):
    """All of this user, on disk."""

    def all(self) -> tuple[Entry, ...]:
        """As they are now. One that cannot be read is left out, and told in the console's log."""
        ...

    def read(self, key: Key, /) -> Entry | None:
        """Raises for one that is there and cannot be read: it is not to be begun anew."""
        ...

    def put(self, entry: Entry, /) -> None:
        """In the place of what it was."""
        ...

    def claim(self, key: Key, /) -> bool:
        """The right to send it, for as long as this process lives, or until `release`; False while
        another process of this user has it."""
        ...

    def release(self, key: Key, /) -> None:
        """Give the right back; nothing where it is not ours."""
        ...

    def ask(self, wish: Wish, /) -> None:
        """Leave word for the process that has the right to send: only that one writes."""
        ...

    def wishes(self) -> tuple[tuple[str, Wish], ...]:
        """What was asked for and not answered yet, by the name of its file."""
        ...

    def answered(self, name: str, /) -> None:
        """That wish is known to who sends; nothing where there is none."""
        ...
