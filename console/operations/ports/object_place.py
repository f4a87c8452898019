"""What the use cases need of a place that keeps files by their keys: a bucket, or a folder.

Knows no client and no disk. Every method raises only errors of `console.errors`, and waits for an
answer: who asks does so beside a loop.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from console.errors import ConsoleError

Blocks = Callable[[], Iterator[bytes]]
"""A content, as often as it is asked for."""


class PlaceFailed(ConsoleError):
    """The place gave no answer, or not the one that it has to give: later it may."""


class Measure(msgspec.Struct, frozen=True):
    """By what one content is told from another."""

    size: int
    md5: str
    sha256: str


class StoredObject(msgspec.Struct, frozen=True):
    """One file that is there."""

    key: str
    size: int
    tag: str = ""
    """What the place calls this content; empty where it has no word for it."""


class PlaceWriter(msgspec.Struct, frozen=True, gc=False):
    """One state directory, and all consoles and recorders that share it."""

    id: str
    """Random, and kept there."""
    who: str
    """For people: `alice@laptop`."""


class ObjectPlace(Protocol):
    """Files by their keys, `7/agent/agent_results.json`, each whole or not there at all."""

    @property
    def where(self) -> str:
        """What a user calls it."""
        ...

    def listed(self, folder: str) -> Mapping[str, StoredObject]:
        """All below that folder by their keys; nothing where there is none."""
        ...

    def same(self, stored: StoredObject, measure: Measure) -> bool:
        """Whether that very content is there; False where it cannot be told."""
        ...

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        """Put it there; a reader sees what was there before, or all of it."""
        ...

    def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
        """As `put`, where nothing has that key yet; False where something has. Of two that put at
        once one is told True, at a place that can tell."""
        ...

    def put_over(self, key: str, blocks: Blocks, measure: Measure, before: bytes) -> bool:
        """As `put`, where that content is there still; False where another is, or none. Of two that
        put at once one is told True, at a place that can tell."""
        ...

    def remove(self, key: str) -> None: ...

    def read(self, key: str, limit: int) -> bytes | None:
        """The content; None where there is none. Refuses one of more than `limit` bytes."""
        ...

    def alone(self, folder: str) -> AbstractContextManager[None]:
        """The right to write below that folder, where the place can give it; Conflict where
        another console has it. What an earlier one left behind half-written goes."""
        ...


def measured(blocks: Blocks) -> Measure:
    """Reads all of it, once."""
    size, md5, sha256 = 0, hashlib.md5(usedforsecurity=False), hashlib.sha256()
    for block in blocks():
        size += len(block)
        md5.update(block)
        sha256.update(block)
    return Measure(size, md5.hexdigest(), sha256.hexdigest())
