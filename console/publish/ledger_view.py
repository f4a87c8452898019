"""The ledgers of what is published for who only looks, again and again: only what has changed.

Each change of a file is a change of its folder: as long as that is the same, one question to the
disk is enough. Claims nothing, writes nothing.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from console.operations.ports.deliveries import Delivery
from console.operations.ports.publications import Publication, PublicationsFailed
from console.publish.kept_files import failed, load
from console.publish.kept_ledger import SUFFIX

log = logging.getLogger(__name__)

Kept = TypeVar("Kept", Publication, Delivery)
Stamp = tuple[int, int, int]
"""Of a file or a folder: its number, its size, and when it was changed."""


class PublishedView:
    """Both ledgers as one; see `operations.ports.publications`. From any thread: a list looks again
    and again, a question before something is ended in between."""

    def __init__(self, evalai: Path, deliveries: Path) -> None:
        self._evalai = LedgerView(evalai, Publication, "EvalAI")
        self._others = LedgerView(deliveries, Delivery, "the place")
        self._last: tuple[object, object] = (None, None)
        self._both: Mapping[str, Publication | Delivery] = {}
        self._one = Lock()

    def look(self) -> Mapping[str, Publication | Delivery]:
        with self._one:
            return self._look()

    def _look(self) -> Mapping[str, Publication | Delivery]:
        evalai, others = self._evalai.look(), self._others.look()
        if self._last[0] is not evalai or self._last[1] is not others:
            self._last = (evalai, others)
            self._both = {**evalai, **{f"to {name}": each for name, each in others.items()}}
        return self._both


class LedgerView(Generic[Kept]):
    """The files of one folder, each of that shape. One thread at a time."""

    def __init__(self, folder: Path, shape: type[Kept], whom: str) -> None:
        self._folder, self._whom = folder, whom
        self._shape: type[Kept] = shape
        self._seen: Stamp | None = None
        self._settled = False
        """Nothing has changed between the last two looks: two changes may have one time."""
        self._stamps: dict[str, Stamp] = {}
        self._known: Mapping[str, Kept] = {}

    def look(self) -> Mapping[str, Kept]:
        """The same values for what has not changed, and the same mapping where nothing has."""
        try:
            stamp = _stamp(os.stat(self._folder))
        except FileNotFoundError:
            self._stamps, self._known = {}, self._known and {}
            return self._known
        except OSError as error:
            raise failed("read", error, self._whom) from error
        if stamp == self._seen and self._settled:
            return self._known
        self._settled, self._seen = stamp == self._seen, stamp
        self._known = self._renewed()
        return self._known

    def _renewed(self) -> Mapping[str, Kept]:
        stamps = self._now()
        changed = [name for name, stamp in stamps.items() if self._stamps.get(name) != stamp]
        if not changed and len(stamps) == len(self._stamps):
            return self._known
        known = {name: each for name, each in self._known.items() if name in stamps}
        for name in changed:
            known.pop(name, None)
            if (found := self._read(name)) is not None:
                known[name] = found
        self._stamps = stamps
        return known

    def _read(self, name: str) -> Kept | None:
        """None for one that nobody can read: its submission's state is not known."""
        try:
            return load(self._folder / name, self._shape, self._whom)
        except PublicationsFailed as error:
            log.warning("%s", error)
            return None

    def _now(self) -> dict[str, Stamp]:
        try:
            with os.scandir(self._folder) as entries:
                named = [each for each in entries if each.name.endswith(SUFFIX)]
                return {each.name: _stamp(each.stat()) for each in named}
        except FileNotFoundError:
            return {}  # one of them has just gone: the next look tells
        except OSError as error:
            raise failed("read", error, self._whom) from error


def _stamp(told: os.stat_result) -> Stamp:
    return told.st_ino, told.st_size, told.st_mtime_ns
