"""A row's caches are made once something is kept in them. Checked with textual 8.2.

Textual gives each strip seven of them as it is made, which takes longer than all else about it: a
paint makes some strips for each row of each widget, and most are shown once. Reaches for what
Textual keeps private; where that is another, strips stay as Textual makes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from rich.segment import Segment
from textual.cache import FIFOCache
from textual.strip import Strip

SIZES: Final = {
    "_divide_cache": 4,
    "_crop_cache": 16,
    "_style_cache": 16,
    "_filter_cache": 4,
    "_line_length_cache": 4,
    "_crop_extend_cache": 4,
    "_offsets_cache": 4,
}
"""How many results each of them keeps."""
_PLAIN: Final = {"_segments", "_cell_length", "_render_cache", "_link_ids", "_cell_count"}


def _made(self: Strip, segments: Iterable[Segment], cell_length: int | None = None) -> None:
    self._segments = list(segments)
    self._cell_length = cell_length
    self._render_cache = self._link_ids = self._cell_count = None


def _first_use(self: Strip, name: str) -> Any:
    """What Python asks for an attribute that is not there yet."""
    size = SIZES.get(name)
    if size is None:
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
    cache: FIFOCache[Any, Any] = FIFOCache(size)
    setattr(self, name, cache)
    return cache


def make_caches_late() -> None:
    """For all strips of this process."""
    if set(Strip.__slots__) == _PLAIN | SIZES.keys():
        Strip.__init__ = _made  # type: ignore[method-assign]
        Strip.__getattr__ = _first_use  # type: ignore[attr-defined]
