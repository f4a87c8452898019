"""Judges the checkpoint for the pair supervisor, and makes it ready before an attempt drives.

    checkpoint_resuming judge FILE    what that file is
    checkpoint_resuming prepare       env CHECKPOINT, ATTEMPT: puts the richest copy in place

Prepares from the file itself, its kept copy FILE.good, and what a cut file still proves. Afterwards
both hold the same, on disk. Decides no attempt. Standard-library Python 3.7.

Exit status: 20 there is nothing to resume from; 21 an evaluator can go on from it, 22 nothing is
left to drive; 23 and 24 the same with rejected sensors; 30 the disk takes nothing; 1 a fault.
"""

from __future__ import annotations

import os
import signal
import sys

from console.results import files
from console.workers.checkpoint_copies import (
    Copy,
    richest,
    salvaged,
    whole,
    within_its_records,
)

NOTHING = 20
WHOLE = 21
NO_DISK = 30
LARGEST = 64 * 1024 * 1024
"""Bytes of the largest checkpoint that is read."""
_LONGEST_LOOK = 20


def verdict(copy: Copy | None) -> int:
    """What a copy means, as the exit status."""
    if copy is None:
        return NOTHING
    return WHOLE + copy.complete + 2 * copy.rejected


def read(path: str) -> Copy | None:
    """The whole checkpoint in a file, if there is one."""
    text = files.read_text(path, limit=LARGEST).text
    return None if text is None else whole(text)


def good_of(path: str) -> str:
    """Where the last good copy of a checkpoint is kept."""
    return path + ".good"


def prepare(path: str, attempt: str) -> Copy | None:
    """Put the richest copy in place, twice. Raises OSError; what was there is there still then."""
    sweep(path)
    text = _decoded(path)
    present, kept = whole(text), read(good_of(path))
    best = richest(present, kept)
    if present is None:
        best = salvaged(text, kept) or kept
        if text:
            _keep_aside(path, f"{path}.torn-{attempt}")
    if best is None:
        if text:
            os.unlink(path)
        return None
    if best is not present:
        _tell(present, best, best is kept)
    best = within_its_records(best)
    if best is not present:
        files.write_text(path, best.text)
    if best is not kept and not best.complete:
        files.write_text(good_of(path), best.text)
    return best


def sweep(path: str) -> None:
    """Remove what a kill left of our own unfinished writes."""
    folder, name = os.path.split(path)
    for left in os.listdir(folder or "."):
        if left.startswith(f".{name}.") and left.endswith(".tmp"):
            os.unlink(os.path.join(folder, left))


def main() -> int:
    """The process; bounded in time, for the supervisor waits for it."""
    signal.alarm(_LONGEST_LOOK)
    if sys.argv[1:2] == ["judge"]:
        return verdict(read(sys.argv[2]))
    try:
        return verdict(prepare(os.environ["CHECKPOINT"], os.environ["ATTEMPT"]))
    except OSError as failed:
        print(f"the checkpoint cannot be made ready: {failed.strerror}")
        return NO_DISK


def _decoded(path: str) -> str:
    """The text of a file that may end in the middle of a character."""
    try:
        return files.read_start(path, LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""


def _keep_aside(path: str, name: str) -> None:
    """A second name for a cut file before it is replaced. Curiosity only: it may fail."""
    try:
        os.link(path, name)
    except OSError:
        return
    print(f"the checkpoint is cut: kept aside as {name}")


def _tell(present: Copy | None, best: Copy, kept: bool) -> None:
    source = "the last good copy" if kept else "what is whole"
    why = "" if present is None else f", for the checkpoint holds {len(present.finished)}"
    print(f"restored {source} of the checkpoint: {len(best.finished)} finished drives{why}")


if __name__ == "__main__":
    sys.exit(main())
