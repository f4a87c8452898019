"""A ledger on disk: a file for each entry, and one for each wish. Knows no field of an entry.

All files are this user's only, and nothing of a login is in any.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from console.publish.kept_files import KeptFiles

SUFFIX = ".json"
ASKED = "asked"
"""The folder of what is wished by hand of another process."""

Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry", bound=Any)
Wish = TypeVar("Wish", bound=Any)


class KeptLedger(Generic[Key, Entry, Wish]):
    """See `operations.ports.ledger`. One thread at a time for each entry."""

    def __init__(
        self,
        kept: KeptFiles,
        entry: type[Entry],
        wish: type[Wish],
        name_of: Callable[[Key], str],
    ) -> None:
        """`name_of`: where only plain characters may stand."""
        self._kept, self._entry, self._wish, self._name_of = kept, entry, wish, name_of

    def all(self) -> tuple[Entry, ...]:
        return tuple(self._kept.all(SUFFIX, self._entry))

    def read(self, key: Key, /) -> Entry | None:
        return self._kept.load(self._name_of(key) + SUFFIX, self._entry)

    def put(self, entry: Entry, /) -> None:
        self._kept.save(self._name_of(entry.key) + SUFFIX, entry)

    def claim(self, key: Key, /) -> bool:
        return self._kept.claim(self._name_of(key))

    def release(self, key: Key, /) -> None:
        self._kept.release(self._name_of(key))

    def ask(self, wish: Wish, /) -> None:
        self._kept.save(f"{ASKED}/{self._name_of(wish.key)}{SUFFIX}", wish)

    def wishes(self) -> tuple[tuple[str, Wish], ...]:
        # Sorted, so that two processes see them in one order.
        named = sorted(self._kept.names(SUFFIX, ASKED))
        found = ((name, self._kept.load(f"{ASKED}/{name}", self._wish)) for name in named)
        return tuple((name, wish) for name, wish in found if wish is not None)

    def answered(self, name: str, /) -> None:
        self._kept.remove(f"{ASKED}/{name}")
