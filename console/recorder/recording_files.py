"""Where a recording's files are. Names from a cluster cannot lead out of the recordings' root."""

from __future__ import annotations

import os
import re
from pathlib import Path

from console.domain.facts import UID_SHOWN, pod_key
from console.operations.ports.recorder import Recording

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def safe(name: str) -> str:
    """A file name for text from outside: neither empty, hidden, a parent nor a path."""
    plain = _UNSAFE.sub("_", name)[:120]
    return plain if plain and not plain.startswith(".") else f"_{plain}"


def folder_of(root: Path, recording: Recording) -> Path:
    """`<root>/<cluster>/<namespace>/<name>-<uid8>`."""
    names = (safe(recording.cluster), safe(recording.namespace), leaf_of(recording))
    return root.joinpath(*names)


def leaf_of(recording: Recording) -> str:
    """The last part of that."""
    return safe(f"{recording.name}-{recording.uid[:UID_SHOWN]}")


def names_in(folder: Path) -> list[str]:
    """Of all that is in a folder; of none where there is no such folder."""
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def run_file(folder: Path, container: str, run: int, pod: str) -> Path:
    """`<container>/<run>.log`, of a known pod `<container>/<run>.<uid8>.log`."""
    middle = f".{safe(pod_key(pod))}" if pod else ""
    return folder / safe(container) / f"{run}{middle}.log"


def private_folder(path: Path) -> Path:
    """The directory, created with its parents for this user only."""
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        path = each
    return path


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that is this user's only."""
    private_folder(path.parent)
    return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
