"""Whose recording a folder is, and which version of the console wrote it.

The file is written once, by whoever begins the recording. Where it is lost, the folder's own place
still tells it, with as much of the uid as a folder's name has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from console.operations.ports.recorder import RecorderFailed, Recording
from console.recorder import journal
from console.recorder.recording_files import folder_of
from console.recorder.writing import JOURNAL, MANIFEST, replace

IDENTITY = "recording.json"
_FORMAT = "format"
_NAMES = ("cluster", "namespace", "name", "uid")


def write(folder: Path, recording: Recording) -> None:
    """Unless it says that already. Raises RecorderFailed, also for what a newer console wrote."""
    told = format_of(folder)
    if told > journal.VERSION:
        raise RecorderFailed(
            f"The recording {folder} was written by a newer console.",
            why=f"It has format {told}; this console writes {journal.VERSION}.",
            fix="It can be read here as far as it is known; to record it, use the newer one.",
        )
    if told < journal.VERSION or identified(folder / IDENTITY) is None:
        names = {key: getattr(recording, key) for key in _NAMES}
        replace(folder / IDENTITY, json.dumps(names | {_FORMAT: journal.VERSION}).encode())


def identified(path: Path) -> Recording | None:
    """Whose recording a folder is, by its identity file; None where that cannot be read."""
    told = _read(path)
    names = [each for key in _NAMES if isinstance(each := told.get(key), str)]
    return Recording(*names) if len(names) == len(_NAMES) else None


def found_in(root: Path, folder: Path) -> Recording | None:
    """The same; where that file is lost, by the place. None for what is no recording."""
    recording = identified(folder / IDENTITY)
    return recording if recording is not None else _by_place(root, folder)


def format_of(folder: Path) -> int:
    """Which format it has; 0 where it does not say, as the first ones do not."""
    told = _read(folder / IDENTITY).get(_FORMAT)
    return told if isinstance(told, int) else 0


def _by_place(root: Path, folder: Path) -> Recording | None:
    parts = folder.relative_to(root).parts
    if len(parts) != len(_NAMES) - 1 or parts[0].startswith("."):
        return None
    if not any((folder / each).is_file() for each in (JOURNAL, MANIFEST)):
        return None
    name, _, uid = parts[2].rpartition("-")
    recording = Recording(parts[0], parts[1], name, uid)
    return recording if name and folder_of(root, recording) == folder else None


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except (ValueError, OSError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
