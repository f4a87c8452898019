"""Keeps the last good copy of a checkpoint current while the evaluator rewrites the file in place.

Runs beside the evaluator: started by the agent's supervisor, it dies with it. Each whole version
is on disk as FILE.good before the evaluator can cut the file again, where the kernel grants
leases; elsewhere within milliseconds. A poorer version of the same run replaces no richer one.
Never writes the checkpoint itself. Standard-library Python 3.7.

Environment: CHECKPOINT, KEEPER_SIGN (a file that gets our pid once nothing can be missed).
Argument: the supervisor's process id.
"""

from __future__ import annotations

import os
import signal
import sys

from console.results import files, jsontext
from console.workers.checkpoint_copies import Copy, richest, whole
from console.workers.checkpoint_resuming import good_of, read
from console.workers.kernel_notices import Lease, Notices, die_with_parent, wake_eagerly

_GLANCE = 0.02
_REST = 1.0


class Keeper:
    """Copies one file's whole versions."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._kept: Copy | None = read(good_of(path))
        self._seen: tuple[int, int, int] | None = None

    def look(self) -> None:
        """Copy what is there now if it is whole and new; a disk that takes nothing, again later."""
        seen = _signature(self._path)
        found = files.read_text(self._path, limit=jsontext.SIZE_LIMIT)
        self._seen = seen
        if found.text is None or (self._kept and found.text == self._kept.text):
            return
        present = whole(found.text)
        if present is None or richest(present, self._kept) is not present:
            return
        try:
            files.write_text(good_of(self._path), present.text)
        except OSError:
            self._seen = None
            return
        self._kept = present

    def glance(self) -> None:
        """Look if the file is another one than at the last look."""
        if self._seen is None or _signature(self._path) != self._seen:
            self.look()


def keep(path: str, sign: str, parent: int) -> None:
    """Until the parent is gone."""
    keeper, lease, notices = Keeper(path), Lease(path), Notices(path)
    written = True
    told = False
    while os.getppid() == parent:
        lease.take()
        if written:
            keeper.look()
        else:
            keeper.glance()
        told = told or _tell(sign)
        watched = notices.possible and (
            lease.held or not lease.possible or not os.path.exists(path)
        )
        written = notices.wait(_REST if watched else _GLANCE)
        lease.release()


def main() -> int:
    """The process. Ends only with its supervisor, which gets every signal of the container."""
    parent = int(sys.argv[1])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    wake_eagerly()
    if die_with_parent(parent):
        keep(os.environ["CHECKPOINT"], os.environ["KEEPER_SIGN"], parent)
    return 0


def _tell(sign: str) -> bool:
    """Say that from here on nothing is missed; not being able to is no failure."""
    try:
        with open(sign, "w", encoding="ascii") as opened:
            opened.write(f"{os.getpid()}\n")
    except OSError:
        return False
    return True


def _signature(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


if __name__ == "__main__":
    sys.exit(main())
