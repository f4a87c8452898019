"""A folder of files that are this user's only, each whole or not there, one writer for each name.

Keeps what publishing has to remember. What is in the files it does not know.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from console.operations.ports.publications import PublicationsFailed
from console.results import files
from console.struct_library import decoder_of

log = logging.getLogger(__name__)

LOCK = ".lock"
_MOST_BYTES = 400 * 1024 * 1024
"""EvalAI takes half of it in one request."""

T = TypeVar("T", bound=msgspec.Struct)


class KeptFiles:
    """Raises PublicationsFailed. One thread at a time."""

    def __init__(self, folder: Path, whom: str) -> None:
        """`whom`: to whom it is sent, for people."""
        self._folder, self._whom = folder, whom
        self._locks: dict[str, int] = {}
        """Descriptors of what this process may send; the kernel drops them with it."""
        self._told: set[str] = set()
        """Files that cannot be read, and were told."""

    def all(self, suffix: str, shape: type[T]) -> Iterator[T]:
        """One that cannot be read is left out, and told once."""
        for name in sorted(self.names(suffix)):
            try:
                stored = self.load(name, shape)
            except PublicationsFailed as error:
                if name not in self._told:
                    self._told.add(name)
                    log.warning("%s", error)
                continue
            if stored is not None:
                yield stored

    def save(self, name: str, value: msgspec.Struct) -> None:
        """In the place of what it was."""
        place = self._folder / name
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            files.replace(str(place), [msgspec.json.encode(value)], permissions=files.PRIVATE)
        except OSError as error:
            raise self._failed("written", error) from error

    def remove(self, name: str) -> None:
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise self._failed("removed", error) from error

    def load(self, name: str, shape: type[T]) -> T | None:
        """None where there is none."""
        return load(self._folder / name, shape, self._whom)

    def claim(self, key: str) -> bool:
        """The right to send what has that name; False while another process has it."""
        if key in self._locks:
            return True
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{key}{LOCK}"
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, files.PRIVATE)
        except OSError as error:
            raise self._failed("written", error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        except OSError as error:  # a network file system may have no locks
            os.close(lock)
            raise self._failed("locked", error) from error
        self._locks[key] = lock
        return True

    def release(self, key: str) -> None:
        lock = self._locks.pop(key, None)
        if lock is not None:
            os.close(lock)

    def names(self, suffix: str, below: str = "") -> list[str]:
        """Of the files that there are, in no order; `below`: in that folder of it."""
        try:
            with contextlib.suppress(FileNotFoundError):
                return [n for n in os.listdir(self._folder / below) if n.endswith(suffix)]
        except OSError as error:
            raise self._failed("read", error) from error
        return []

    def _failed(self, verb: str, error: OSError) -> PublicationsFailed:
        return failed(verb, error, self._whom)


def load(path: Path, shape: type[T], whom: str) -> T | None:
    """What that file holds; None where there is none. Raises PublicationsFailed."""
    try:
        with path.open("rb") as stored:
            return decoder_of(shape).decode(stored.read(_MOST_BYTES))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failed("read", error, whom) from error
    except ValueError as error:
        raise PublicationsFailed(
            f"{path} cannot be understood, so nothing is sent for it.",
            why="It is damaged, or of another version of the console.",
            fix=f"Look at what {whom} shows of that submission, then remove the file.",
        ) from error


def failed(verb: str, error: OSError, whom: str) -> PublicationsFailed:
    """What the disk said, in our words."""
    return PublicationsFailed(
        f"What is to be sent to {whom} cannot be {verb}.", why=str(error.strerror)
    )
