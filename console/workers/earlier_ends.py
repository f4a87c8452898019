"""How attempts ended in pods that a pair had before this one, as lines of a file.

Whoever records a submission keeps them beside the pair's finished drives; the init container of
the next pod lays them down, and a route that crashes pod after pod is given up like any other. Read
with suspicion, for the agent can write there too. Standard-library Python 3.7.
"""

from __future__ import annotations

import os
from typing import Iterable

from console.results import files
from console.workers import pair_words, status_files
from console.workers.status_files import HalfEnd

_LIMIT = 64 * 1024
_MOST = 200


def name_of(pair: int) -> str:
    """The file, where it is kept and where it is laid down."""
    return f"ended_{pair}"


def written(ends: Iterable[HalfEnd]) -> str:
    """These ends, a line each."""
    lines = (
        f"{end.half} {end.attempt} reason={end.reason} exit={end.exit} signal={end.signal}"
        f" route={end.route or '-'} t={end.t}\n"
        for end in ends
    )
    return "".join(lines)


def read(folder: str, pair: int) -> tuple[HalfEnd, ...]:
    """What is there of that pair; lines that say nothing understandable are left out."""
    path = os.path.join(folder, name_of(pair))
    try:
        text = files.read_start(path, _LIMIT).decode("ascii", "replace")
    except OSError:
        return ()
    found = (_end(line.split(" ", 2)) for line in text.splitlines()[-_MOST:])
    return tuple(end for end in found if end is not None)


def _end(words: list[str]) -> HalfEnd | None:
    if len(words) != len(("half", "attempt", "rest")):
        return None
    half, attempt, rest = words
    if half not in pair_words.ROLES or not attempt.isdigit() or len(attempt) > len("999999"):
        return None
    return status_files.end_of(half, int(attempt), rest)
