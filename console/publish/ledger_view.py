"""The ledger of publications for who only looks, again and again: of its files only what changed.

Each change of a file is a change of its folder: as long as that is the same, one question to the
disk is enough. Claims nothing, writes nothing.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from console.operations.ports.publications import Publication, PublicationsFailed
from console.publish.ledger import SUFFIX, failed, load

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]
"""Of a file or a folder: its number, its size, and when it was changed."""


class LedgerView:
    """See `operations.ports.publications`. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: Stamp | None = None
        self._settled = False
        """Nothing has changed between the last two looks: two changes may have one time."""
        self._stamps: dict[str, Stamp] = {}
        self._known: Mapping[str, Publication] = {}

    def look(self) -> Mapping[str, Publication]:
        try:
            stamp = _stamp(os.stat(self._folder))
        except FileNotFoundError:
            self._stamps, self._known = {}, self._known and {}
            return self._known
        except OSError as error:
            raise failed("read", error) from error
        if stamp == self._seen and self._settled:
            return self._known
        self._settled, self._seen = stamp == self._seen, stamp
        self._known = self._renewed()
        return self._known

    def _renewed(self) -> Mapping[str, Publication]:
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

    def _read(self, name: str) -> Publication | None:
        """None for one that nobody can read: its submission's state is not known."""
        try:
            return load(self._folder / name, Publication)
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
            raise failed("read", error) from error


def _stamp(told: os.stat_result) -> Stamp:
    return told.st_ino, told.st_size, told.st_mtime_ns
