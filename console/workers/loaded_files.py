"""What the evaluator says at its start: which files it was loaded from, with their hashes.

One file of the status directory, `pair-N.agent.evaluator-ATTEMPT`: a first line `state=loaded` or
`state=failed lasting=yes|no error=...`, then a line `SHA256 MODULE PLACE` for each. PLACE is a path
below one of the Job's folders (`LEADERBOARD_ROOT/leaderboard/...`), or an absolute path of anything
else.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from typing import Any, Mapping

from console.results import files
from console.results.quoting import printable
from console.workers.load_failures import is_lasting
from console.workers.official_sources import PACKAGES, Sources

EVALUATOR = "__main__"
_ERROR_LIMIT = 300
_PAUSE = 1.0


class Report:
    """Collects and writes it. A disk that takes nothing is waited for: no report, no driving."""

    def __init__(self, sources: Sources, env: Mapping[str, str]) -> None:
        self._roots = sources.roots
        self._lines: list[str] = []
        name = f"pair-{env.get('PAIR', '1')}.agent.evaluator-{env.get('ATTEMPT', '1')}"
        self._path = os.path.join(env.get("STATUS_DIR", ""), name)

    def take(self, evaluator: str) -> bytes:
        """The evaluator's own source; these very bytes are told."""
        with open(evaluator, "rb") as opened:
            source = opened.read()
        self._lines.append(
            f"{hashlib.sha256(source).hexdigest()} {EVALUATOR} {self._place(evaluator)}"
        )
        return source

    def loaded(self) -> None:
        """Everything is loaded from the places that it should be."""
        self._write("state=loaded")

    def failed(self, failure: BaseException) -> None:
        """The evaluator cannot be loaded; its error in a few words."""
        words = printable(f"{type(failure).__name__}: {failure}", _ERROR_LIMIT)
        lasting = "yes" if is_lasting(failure, list(self._roots.values())) else "no"
        self._write(f"state=failed lasting={lasting} error={words}")

    def _write(self, first: str) -> None:
        told = [first, *self._lines, *self._modules()]
        text = "".join(line + "\n" for line in told).encode("ascii", "backslashreplace")
        waiting = False
        while not self._written(text):
            if not waiting:
                print(f"cannot write {self._path}: waiting until the disk takes it")
            waiting = True
            time.sleep(_PAUSE)

    def _written(self, text: bytes) -> bool:
        try:
            files.replace(self._path, [text])
        except OSError:
            return False
        return True

    def _modules(self) -> list[str]:
        """A line for each module of the official packages that is loaded."""
        found = []
        for name, module in sorted(sys.modules.items()):
            if name.partition(".")[0] in PACKAGES:
                found.append(f"{_hash(_file(module))} {name} {self._place(_file(module))}")
        return found

    def _place(self, path: str) -> str:
        """A path in the words of the Job's folders where it lies in one of them."""
        real = os.path.realpath(path) if path else "-"
        for name, folder in self._roots.items():
            root = os.path.realpath(folder) + os.sep
            if real.startswith(root):
                return f"{name}/{real[len(root) :]}".replace("\n", "?")
        return real.replace("\n", "?")


def _file(module: Any) -> str:
    """Where a module was loaded from: a file, or the egg that it lies in; else empty."""
    path = getattr(getattr(module, "__spec__", None), "origin", None)
    path = path or getattr(module, "__file__", None) or ""
    while path and path != os.sep and not os.path.exists(path):
        path = os.path.dirname(path)
    return path if os.path.isfile(path) else ""


def _hash(path: str) -> str:
    """Of the file's content; `-` where there is no file to read."""
    try:
        with open(path, "rb") as opened:
            return hashlib.sha256(opened.read()).hexdigest()
    except OSError:
        return "-"
