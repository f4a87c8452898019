"""What a user chose on the screens and finds again the next time: one small file of JSON.

Holds no list, no credential and nothing that a cluster said but names. A file that cannot be read
is no choice at all. Two consoles keep what each of them changed; the later word for a thing counts.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from console import paths
from console.results import files
from console.struct_library import decoder_of

MOST_PLACES = 50
"""Contexts whose last place is kept; the oldest goes first."""
MOST_BYTES = 200_000
_TRIES, _PAUSE_SECONDS = 5, 0.01
"""For the lock: another console holds it for a moment, and one that is stopped for ever."""


class LastPlace(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a user was when the console was left: a place by its word, and about what."""

    place: str
    namespace: str = ""
    name: str = ""


class ListLook(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How a list was looked at: by which column it is sorted, none where by none, and how wide."""

    title: str = ""
    falling: bool = False
    wide: bool = False


class Choices(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Each thing as it was chosen last; what was never chosen is empty."""

    theme: str = ""
    places: dict[str, LastPlace] = {}
    """By context and namespace, the one of now last."""
    lists: dict[str, ListLook] = {}
    """By the list's own word."""

    def listed(self, name: str, look: ListLook) -> Choices:
        """The same with another look of that list."""
        return msgspec.structs.replace(self, lists={**self.lists, name: look})

    def at(self, where: str, place: LastPlace) -> Choices:
        """The same with another last place there."""
        others = {key: each for key, each in self.places.items() if key != where}
        newest = [*others.items()][1 - MOST_PLACES :] if others else []
        return msgspec.structs.replace(self, places={**dict(newest), where: place})


def file() -> Path:
    """Where they are kept."""
    return paths.state() / "choices.json"


def recall() -> Choices:
    """What was chosen; nothing where the file is missing or is none of ours."""
    try:
        with file().open("rb") as stored:
            return decoder_of(Choices).decode(stored.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return Choices()


def keep(change: Callable[[Choices], Choices]) -> None:
    """Make that change to what is on disk now, whole or not at all.

    A disk that takes nothing costs the memory, and nothing else; so does a lock that is not free
    within a moment, for who leaves the console must not wait for another one.
    """
    place = file()
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (place.parent / "choices.lock").open("w") as lock:
            _take(lock.fileno())
            before = recall()
            after = change(before)
            if after != before:
                files.replace(str(place), [msgspec.json.encode(after)], permissions=files.PRIVATE)


def _take(lock: int) -> None:
    """Raises BlockingIOError, an OSError, where another one keeps it."""
    for _ in range(_TRIES):
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(_PAUSE_SECONDS)
    return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
