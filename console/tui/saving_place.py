"""Where a file is to be put, as a user types it: what would happen there, and why it cannot.

Looks at the file system, and may wait for it: asked in a thread. Writes nothing but the file.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from console.errors import ConsoleError
from console.results import files


class SavingPlace(msgspec.Struct, frozen=True):
    """One path, judged."""

    path: Path
    refused: str = ""
    """Why nothing can be saved there, in a sentence."""
    taken: bool = False
    """A file is there, and would go."""
    makes: str = ""
    """The folder that is not there yet."""

    @property
    def asks(self) -> str:
        """What has to be agreed to first; empty where nothing has."""
        if self.taken:
            return "A file is there already: enter again replaces it."
        return f"The folder {self.makes} is not there: enter again makes it." if self.makes else ""


def judged(typed: str) -> SavingPlace:
    """What would happen at that path; `~` is the home folder."""
    if not typed.isprintable():
        return SavingPlace(Path(), "That is no path: it holds control characters.")
    try:
        path = Path(typed.strip()).expanduser().absolute()
        return _judged(path) if typed.strip() else SavingPlace(path, "Give the file a name.")
    except (OSError, RuntimeError, ValueError) as failed:
        return SavingPlace(Path(), f"That is no path: {files.why(failed)}.")


def _judged(path: Path) -> SavingPlace:
    if path.is_dir():
        return SavingPlace(path, "That is a folder: give the file a name in it.")
    if path.exists() and not path.is_file():
        return SavingPlace(path, "That is no regular file.")
    folder = path.parent
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    if not there.is_dir():
        return SavingPlace(path, f"{shortened(there)} is no folder.")
    if not os.access(there, os.W_OK | os.X_OK):
        return SavingPlace(path, f"Nothing may be written into {shortened(there)}.")
    makes = "" if there == folder else shortened(folder)
    return SavingPlace(path, taken=path.exists(), makes=makes)


def shortened(path: Path) -> str:
    """With `~` for the home folder."""
    home = Path.home()
    return (
        f"~/{path.relative_to(home)}" if path != home and path.is_relative_to(home) else str(path)
    )


def write(place: SavingPlace, content: str) -> Path:
    """Whole or not at all; never over a file that the user was not asked about. Raises
    ConsoleError."""
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True)
        blocks = [content.encode()]
        if place.taken:
            files.replace(str(place.path), blocks, permissions=files.PRIVATE)
            return place.path
        return Path(files.write_new(str(place.path), blocks, permissions=files.PRIVATE))
    except OSError as failed:
        raise ConsoleError(
            f"{files.shown(str(place.path))} cannot be written.",
            why=f"{files.why(failed)}.",
            fix="Save it somewhere else: ctrl+s asks again.",
        ) from failed
