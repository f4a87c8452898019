"""Removing directories that containers wrote into."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def remove_tree(folder: Path) -> None:
    """Everything below and the folder itself, also what was made unwritable; absent is fine."""

    def open_up(remove: Callable[[str], object], path: str, _error: object) -> None:
        with suppress(OSError):
            os.chmod(os.path.dirname(path), 0o700)
            if os.path.isdir(path) and not os.path.islink(path):
                os.chmod(path, 0o700)
                shutil.rmtree(path, ignore_errors=True)
            elif os.path.lexists(path):
                remove(path)

    shutil.rmtree(folder, onerror=open_up)
