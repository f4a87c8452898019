"""A plain directory as the place of published files. Writes below it, and nowhere else.

A file appears whole or not at all; what a killed console left half-written is called so that
nobody takes it for one, and goes when the next one begins.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from console.errors import Conflict
from console.operations.ports.object_place import (
    Blocks,
    Measure,
    PlaceFailed,
    StoredObject,
    measured,
)
from console.results import files

_HALF_WRITTEN = re.compile(r"\..*\.[0-9a-f]{12}\.tmp")
"""As `console.results.files` calls it."""
_BLOCK = 1 << 20


class FolderPlace:
    """Keys are paths below the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def where(self) -> str:
        return files.shown(str(self._root))

    def listed(self, folder: str) -> Mapping[str, StoredObject]:
        with self._answering("read"):
            return {
                key: StoredObject(key, (self._root / key).stat().st_size)
                for key in self._keys(folder)
                if not _HALF_WRITTEN.fullmatch(os.path.basename(key))
            }

    def same(self, stored: StoredObject, measure: Measure) -> bool:
        with self._answering("read"):
            return measured(lambda: self._blocks(stored.key)) == measure

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        with self._answering("written"):
            path = self._root / key
            path.parent.mkdir(parents=True, exist_ok=True)
            files.replace(str(path), blocks())

    def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
        """Whoever puts here is alone in the folder."""
        if os.path.lexists(self._root / key):
            return False
        self.put(key, blocks, measure)
        return True

    def put_over(self, key: str, blocks: Blocks, measure: Measure, before: bytes) -> bool:
        """As for a new one."""
        if files.read_content(str(self._root / key), limit=len(before)).content != before:
            return False
        self.put(key, blocks, measure)
        return True

    def remove(self, key: str) -> None:
        with self._answering("written"):
            (self._root / key).unlink(missing_ok=True)

    def read(self, key: str, limit: int) -> bytes | None:
        found = files.read_content(str(self._root / key), limit=limit)
        if found.content is None and found.problem != "missing":
            raise PlaceFailed(f"{self.where}/{key} cannot be read.", why=f"It {found.reason}.")
        return found.content

    @contextmanager
    def alone(self, folder: str) -> Iterator[None]:
        with self._answering("written"):
            path = self._root / folder
            path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._lock(descriptor, path)
            for key in self._keys(folder):
                if _HALF_WRITTEN.fullmatch(os.path.basename(key)):
                    self.remove(key)
            yield
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int, path: Path) -> None:
        """It ends with this process, however that ends."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Conflict(
                f"Another console publishes into {files.shown(str(path))} just now.",
                fix="Try again when it has ended.",
            ) from taken
        except OSError:
            return  # a file system without locks

    def _keys(self, folder: str) -> Iterator[str]:
        """Of regular files; no link is followed."""
        for path, _, names in os.walk(self._root / folder):
            for name in names:
                found = Path(path, name)
                if found.is_file() and not found.is_symlink():
                    yield found.relative_to(self._root).as_posix()

    def _blocks(self, key: str) -> Iterator[bytes]:
        with open(self._root / key, "rb") as opened:
            while block := opened.read(_BLOCK):
                yield block

    @contextmanager
    def _answering(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as failed:
            raise PlaceFailed(
                f"{self.where} cannot be {what}.",
                why=f"{files.shown(str(failed.filename or ''))}: {files.why(failed)}",
                fix="What is there already stays; publish again to go on.",
            ) from failed
