"""Container paths in text -> real directories, for processes that share the host's root. Pure.

Refuses to know what is inside files: only commands, arguments and environment values pass here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_NOT_BEFORE = r"(?<![\w.\-/~}])"
_NOT_AFTER = r"(?![\w\-]|\.[\w.])"


class PathTranslation:
    """Replaces every known container path at a path boundary, the longest known path first."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        self._places = {path.rstrip("/"): str(real) for path, real in places.items() if path != "/"}
        longest_first = sorted(self._places, key=len, reverse=True)
        choices = "|".join(re.escape(path) for path in longest_first if path)
        self._pattern = re.compile(f"{_NOT_BEFORE}(?:{choices}){_NOT_AFTER}") if choices else None

    def __call__(self, text: str) -> str:
        """The text with real paths."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._places[found.group(0)], text)

    def real(self, path: str) -> Path | None:
        """Where a container path is, or None when it lies outside every known path."""
        translated = self(path)
        return Path(translated) if translated != path else None
