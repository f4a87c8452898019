"""What the evaluators said of themselves (loaded_files.py), read with suspicion.

The agents' containers can write into the status directory: everything is bounded, and a report that
is not understood is no report. Compares nothing.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from console.results import files
from console.results.quoting import printable

_SIZE_LIMIT = 1 << 20
_LINES_LIMIT = 5_000
_STATE = re.compile(r"state=(starting|loaded|failed)(?: lasting=(?:yes|no))?(?: error=(.*))?")
_FILE = re.compile(r"([0-9a-f]{64}|-) ([A-Za-z0-9_.]{1,300}) (.{1,1000})")


@dataclass(frozen=True)
class LoadedFile:
    """One module of the official packages and where it came from."""

    sha256: str
    module: str
    place: str


@dataclass(frozen=True)
class EvaluatorReport:
    """`state`: starting (it has said nothing yet), loaded, failed, or "" for what is no report."""

    state: str
    error: str = ""
    files: tuple[LoadedFile, ...] = ()


def signature(folder: str, pair: int, attempt: int) -> tuple[int, ...]:
    """Another one whenever the report is another; empty where there is none."""
    try:
        seen = os.lstat(_path(folder, pair, attempt))
    except OSError:
        return ()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def read(folder: str, pair: int, attempt: int) -> EvaluatorReport | None:
    """The report of that attempt's evaluator; None where none was started."""
    path = _path(folder, pair, attempt)
    if not os.path.lexists(path):
        return None
    try:
        text = files.read_start(path, _SIZE_LIMIT).decode("ascii", "replace")
    except OSError:
        return EvaluatorReport("")
    first, *rest = text.split("\n")[:_LINES_LIMIT]
    told = _STATE.fullmatch(first)
    matches = [_FILE.fullmatch(line) for line in rest if line]
    if not told or None in matches:
        return EvaluatorReport("")
    found = tuple(LoadedFile(*match.groups()) for match in matches if match)
    return EvaluatorReport(told.group(1), printable(told.group(2) or "", 300), found)


def _path(folder: str, pair: int, attempt: int) -> str:
    return os.path.join(folder, f"pair-{pair}.agent.evaluator-{attempt}")
