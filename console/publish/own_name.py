"""By which name this state directory is known to others that write to the same place.

A random word is made once and kept; of two processes that make it at once one has it. It is no
secret.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from secrets import token_hex

from console.operations.ports.object_place import PlaceWriter
from console.operations.ports.publications import PublicationsFailed
from console.results import files

_WORD = re.compile(r"[0-9a-f]{32}")


class OwnName:
    """Kept in that folder. `who`: this user on this machine, for people."""

    def __init__(self, folder: Path, who: str) -> None:
        self._file, self._who = folder / "writer", who
        self._known: PlaceWriter | None = None

    @property
    def writer(self) -> PlaceWriter:
        """Raises PublicationsFailed."""
        if self._known is None:
            try:
                self._known = PlaceWriter(self._read() or self._made(), self._who)
            except OSError as error:
                raise PublicationsFailed(
                    f"{self._file} can be neither read nor written: nothing is brought to a place.",
                    why=str(error.strerror),
                ) from error
        return self._known

    def _read(self) -> str:
        """Empty where there is none, or what nobody has written here."""
        try:
            with self._file.open(encoding="ascii", errors="replace") as kept:
                said = kept.read(100).strip()
        except FileNotFoundError:
            return ""
        return said if _WORD.fullmatch(said) else ""

    def _made(self) -> str:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        word, new = token_hex(16), self._file.with_name(f".writer-{token_hex(6)}")
        files.replace(str(new), [word.encode()], permissions=files.PRIVATE)
        try:
            os.link(new, self._file)
        except FileExistsError:
            if found := self._read():
                return found
            files.replace(str(self._file), [word.encode()], permissions=files.PRIVATE)
        finally:
            new.unlink(missing_ok=True)
        return word
