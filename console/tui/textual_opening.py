"""A screen that opens is styled, laid out and painted no more often than it has to be.

Textual styles it without the classes of its breakpoints, lays it out and paints it, tells it of the
size of this layout, and so does all of it again. Touches what Textual keeps private; checked with
textual 8.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textual.geometry import Size
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget


def stand_for(screen: Screen[Any], size: Size) -> None:
    """Have the classes of that size before anything is mounted; a change of it changes them."""
    classes: dict[str, bool] = {}
    for dimension, breakpoints in (
        (size.width, screen.HORIZONTAL_BREAKPOINTS),
        (size.height, screen.VERTICAL_BREAKPOINTS),
    ):
        reached = screen._get_breakpoint_classes(dimension, breakpoints or [])
        classes |= {name: name in reached for _, name in breakpoints or ()}
    screen.update_classes(classes, update=False)


@contextmanager
def settled() -> Iterator[None]:
    """How far its content reaches is told each widget by a layout: for that alone no other one
    follows. It does where a scroll bar comes or goes.
    """
    reach: Any = Widget.__dict__.get("virtual_size")
    before = getattr(reach, "_layout", None)
    if before is not None:
        reach._layout = False
    try:
        yield
    finally:
        if before is not None:
            reach._layout = before


class OpensOnce(Screen[ScreenResultType]):
    """Is painted when it has heard of its size, not when it is given one."""

    _hears_of_its_size = False
    """Textual is about to tell it, which lays it out and paints it once more."""

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self._hears_of_its_size = size is not None and size != self._size
        with settled():
            super()._refresh_layout(size, scroll)
        self._hears_of_its_size = False

    def _compositor_refresh(self) -> None:
        if self._hears_of_its_size:
            return
        if self.is_current and self.size.region in self._compositor._dirty_regions:
            self._repaint_required = False
        super()._compositor_refresh()
