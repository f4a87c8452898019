"""A small disk of its own for a logs volume: can be filled to the last byte and made to stall.

Needs root, loop devices and fsfreeze. Where they are missing, `why_not` says so and the faults
`full` and `slow` are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

_MEGABYTES = 24


def why_not(folder: Path) -> str:
    """Why no disk can be made here; empty when one can."""
    if os.geteuid() != 0:
        return "not root, so no disk of its own can be mounted"
    missing = [name for name in ("mkfs.ext4", "mount", "umount", "fsfreeze") if not _find(name)]
    if missing:
        return f"{', '.join(missing)} missing"
    trial = Path(tempfile.mkdtemp(dir=folder))
    try:
        Disk(trial).remove()
    except subprocess.CalledProcessError as refused:
        return f"{' '.join(refused.cmd[:2])} failed: {refused.stderr.decode().strip()[:100]}"
    finally:
        shutil.rmtree(trial, ignore_errors=True)
    return ""


class Disk:
    """An ext4 file system in a file, mounted at `place`. Raises CalledProcessError."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._image, self.place = folder / "disk.img", folder / "disk"
        self._ballast = folder / "disk" / ".ballast"
        with self._image.open("wb") as file:
            file.truncate(_MEGABYTES << 20)
        _run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", str(self._image))
        self.place.mkdir()
        _run("mount", "-o", "loop", str(self._image), str(self.place))
        self.place.chmod(0o777)

    def fill(self) -> None:
        """From now on every write that needs a block fails with ENOSPC."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1 << 9, 1):
                with suppress(OSError):
                    while file.write(b"\0" * size):
                        pass

    def empty(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)

    def freeze(self) -> bool:
        """From now on every write waits; False when it is so already."""
        command = [_find("fsfreeze"), "-f", str(self.place)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def thaw(self) -> None:
        """Writes go on. A disk that is not frozen stays as it is."""
        subprocess.run([_find("fsfreeze"), "-u", str(self.place)], capture_output=True, check=False)

    def remove(self) -> None:
        """Unmounted, also when something still has a file open, and gone."""
        self.thaw()
        _run("umount", "-l", str(self.place))
        self._image.unlink()


def _run(command: str, *arguments: str) -> None:
    subprocess.run([_find(command), *arguments], capture_output=True, check=True)


def _find(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or ""
