"""What becomes of a recording once it is there: measured, pinned, removed as a whole.

Knows folders, and nothing of what is written in them. All raise OSError.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

PIN = "pinned"
REMOVED = ".removed"
"""Below the root: what is on its way out. What a crash left there goes with the next one."""
_NUMBERS = itertools.count()


def pinned(folder: Path) -> bool:
    """Whether it is to stay, whatever its age."""
    return os.access(folder / PIN, os.F_OK)


def pin(folder: Path, *, on: bool) -> None:
    """A file that is there or not: it outlives this program, and moves with the folder."""
    if on:
        os.close(os.open(folder / PIN, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    else:
        (folder / PIN).unlink(missing_ok=True)


def size(folder: Path) -> int:
    """Bytes of all its files; 0 where there is none. What goes meanwhile is not counted."""
    total, left = 0, [str(folder)]
    while left:
        try:
            with os.scandir(left.pop()) as found:
                for each in found:
                    if each.is_dir(follow_symlinks=False):
                        left.append(each.path)
                    else:
                        total += each.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            continue
    return total


def remove(root: Path, folder: Path) -> None:
    """Gone at once under its name, then file by file: nobody finds a half of it.

    The caller holds its lock.
    """
    import shutil  # brings every kind of archive: for this alone

    out = root / REMOVED
    out.mkdir(mode=0o700, exist_ok=True)
    # Before our own is among them.
    leftovers = list(out.iterdir())
    ours = out / f"{folder.name}.{os.getpid()}.{next(_NUMBERS)}"
    # A rename is one step of the file system; a crash in the middle of what follows is cleaned up
    # later.
    folder.rename(ours)
    shutil.rmtree(ours)
    for each in leftovers:
        shutil.rmtree(each, ignore_errors=True)  # another process may be at it
