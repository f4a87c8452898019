"""The ledger of what goes to EvalAI, on disk: a file for each submission there, and its final one.

A file's name is the server and the number, so that of all processes of a user one writes to a
submission. All files are this user's only, and no token is in any.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import EvalAiUpdate
from console.operations.ports.publications import (
    AskedAgain,
    Publication,
    PublicationsFailed,
    PublicationStage,
)
from console.results import files
from console.struct_library import decoder_of

log = logging.getLogger(__name__)

SUFFIX, FINAL, LOCK = ".json", ".final", ".lock"
ASKED = "asked"
"""The folder of what is wished by hand of another process."""
_MOST_BYTES = 400 * 1024 * 1024
"""EvalAI takes half of it in one request."""

Stored = TypeVar("Stored", Publication, EvalAiUpdate, AskedAgain)


class LedgerOnDisk:
    """See `operations.ports.publications`. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, int] = {}
        """Descriptors of what this process may send to; the kernel drops them with it."""
        self._told: set[str] = set()
        """Files that cannot be read, and were told."""

    def all(self) -> tuple[Publication, ...]:
        found = []
        for name in sorted(self._names()):
            try:
                stored = self._load(name, Publication)
            except PublicationsFailed as error:
                if name not in self._told:
                    self._told.add(name)
                    log.warning("%s", error)
                continue
            if stored is not None:
                found.append(stored)
        return tuple(found)

    def read(self, place: EvalAiPlace) -> Publication | None:
        return self._load(key_of(place) + SUFFIX, Publication)

    def put(self, publication: Publication) -> None:
        key = key_of(publication.place)
        self._save(key + SUFFIX, publication)
        if publication.stage is PublicationStage.PUBLISHED or publication.final is None:
            self._remove(key + FINAL)

    def keep_final(self, place: EvalAiPlace, update: EvalAiUpdate) -> None:
        self._save(key_of(place) + FINAL, update)

    def final(self, place: EvalAiPlace) -> EvalAiUpdate | None:
        return self._load(key_of(place) + FINAL, EvalAiUpdate)

    def ask(self, place: EvalAiPlace, wish: AskedAgain) -> None:
        self._save(f"{ASKED}/{key_of(place)}{SUFFIX}", wish)

    def wishes(self) -> tuple[tuple[str, AskedAgain], ...]:
        found = []
        for name in sorted(self._names(ASKED)):
            wish = self._load(f"{ASKED}/{name}", AskedAgain)
            if wish is not None:
                found.append((name, wish))
        return tuple(found)

    def answered(self, name: str) -> None:
        self._remove(f"{ASKED}/{name}")

    def claim(self, place: EvalAiPlace) -> bool:
        key = key_of(place)
        if key in self._locks:
            return True
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{key}{LOCK}"
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, files.PRIVATE)
        except OSError as error:
            raise failed("written", error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        except OSError as error:  # a network file system may have no locks
            os.close(lock)
            raise failed("locked", error) from error
        self._locks[key] = lock
        return True

    def release(self, place: EvalAiPlace) -> None:
        lock = self._locks.pop(key_of(place), None)
        if lock is not None:
            os.close(lock)

    def _names(self, below: str = "") -> list[str]:
        try:
            with contextlib.suppress(FileNotFoundError):
                return [n for n in os.listdir(self._folder / below) if n.endswith(SUFFIX)]
        except OSError as error:
            raise failed("read", error) from error
        return []

    def _save(self, name: str, value: Publication | EvalAiUpdate | AskedAgain) -> None:
        place = self._folder / name
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            files.replace(str(place), [msgspec.json.encode(value)], permissions=files.PRIVATE)
        except OSError as error:
            raise failed("written", error) from error

    def _remove(self, name: str) -> None:
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise failed("removed", error) from error

    def _load(self, name: str, shape: type[Stored]) -> Stored | None:
        return load(self._folder / name, shape)


def load(path: Path, shape: type[Stored]) -> Stored | None:
    """What that file of a ledger holds; None where there is none. Raises PublicationsFailed."""
    try:
        with path.open("rb") as stored:
            return decoder_of(shape).decode(stored.read(_MOST_BYTES))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failed("read", error) from error
    except ValueError as error:
        raise PublicationsFailed(
            f"{path} cannot be understood, so nothing is sent for it.",
            why="It is damaged, or of another version of the console.",
            fix="Look at what EvalAI shows of that submission, then remove the file.",
        ) from error


def key_of(place: EvalAiPlace) -> str:
    """Of a submission at a server, where only plain characters may stand."""
    return f"{sha256(place.server.encode()).hexdigest()[:12]}-{place.submission}"


def failed(verb: str, error: OSError) -> PublicationsFailed:
    """What the disk said, in our words."""
    return PublicationsFailed(
        f"What is to be sent to EvalAI cannot be {verb}.", why=str(error.strerror)
    )
