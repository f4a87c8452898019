"""What of a recording cannot be read, in words. All else is read as if it were whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from console.recorder import identity, journal
from console.recorder.spooling import failed
from console.recorder.writing import JOURNAL, MANIFEST, MERGED


def damage(folder: Path, *, manifest: bool, merged: bool) -> Iterator[str]:
    """One clause each. `manifest`, `merged`: those can be read. Raises RecorderFailed."""
    if identity.identified(folder / identity.IDENTITY) is None:
        yield "whose it is tells its folder alone"
    if (told := identity.format_of(folder)) > journal.VERSION:
        yield f"it was written by a newer console (format {told}, known is {journal.VERSION})"
    torn, newer = _left_out(folder / JOURNAL)
    if newer:
        yield f"entries of its journal that a newer console wrote: {newer}"
    if torn:
        yield f"damaged lines of its journal: {torn}"
    if not manifest and (folder / MANIFEST).exists():
        yield "the Job in it is damaged"
    if not merged and (folder / MERGED).exists():
        yield "the merged document in it is damaged"


def _left_out(path: Path) -> tuple[int, int]:
    """Lines that are none, and entries that only a later version knows."""
    torn = newer = 0
    try:
        with path.open("rb") as lines:
            for line in lines:
                if journal.decode(line) is not None:
                    continue
                if journal.is_newer(line):
                    newer += 1
                elif line.strip():
                    torn += 1
    except FileNotFoundError:
        return 0, 0
    except OSError as error:
        raise failed(path, error) from error
    return torn, newer
