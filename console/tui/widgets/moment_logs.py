"""Both logs of a pair around one moment, as they were read. Reads nothing itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from console.diagnosis.scene import SeenLine
from console.presentation.aligned_logs import Place, aligned
from console.tui.widgets.line_pane import LinePane

_BEFORE_HIT = 2
"""Rows above a line that tells the cause."""
_ABOVE = 4 / 5
"""Of the pane, for what was said before the moment."""


class MomentLogs(LinePane):
    """The lines before the moment end near its foot; a line that tells the cause is in sight."""

    _given: tuple[object, ...] = ()
    _shown: tuple[object, ...] = ()

    def show_moment(
        self,
        simulator: Sequence[SeenLine],
        agent: Sequence[SeenLine],
        moment: tuple[datetime, str],
        marked: Collection[Place],
    ) -> None:
        """Another moment is scrolled to; the same one stays where it was scrolled by hand."""
        width, height = self.scrollable_content_region.size
        given = (simulator, agent, moment, width, height, marked)
        if given == self._given:
            return
        self._given = given
        found = aligned(simulator, agent, moment, width, marked)
        self.show(found.rows)
        shown = (moment, width, height, frozenset(marked), bool(simulator or agent))
        if shown == self._shown:
            return
        self._shown = shown
        top = max(found.ruler - int(height * _ABOVE), 0)
        if found.hits:
            top = min(top, max(found.hits[-1] - _BEFORE_HIT, 0))
        self.call_after_refresh(self.scroll_to, 0, top, animate=False, force=True)
