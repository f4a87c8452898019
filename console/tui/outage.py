"""When a list that was live has been old for a while: said once, with the ways on. Pure.

The console goes on trying by itself, and takes up a login that is renewed meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.domain.fleet import FleetSnapshot

PATIENCE = 10.0
"""Seconds: a watch that is opened anew is no outage."""


class Outage:
    """Asked again and again; `news` is empty but for once an outage."""

    def __init__(self) -> None:
        self._was_live = self._told = False
        self._since: float | None = None

    def news(self, fleet: FleetSnapshot, now: float) -> str:
        """`now`: seconds of a clock that only goes on."""
        if fleet.live:
            self._was_live, self._told, self._since = True, False, None
        if fleet.live or self._told or not self._was_live:
            return ""
        self._since = now if self._since is None else self._since
        if now - self._since < PATIENCE:
            return ""
        self._told = True
        why = f"{fleet.why} " if fleet.why else ""
        return f"{why}The console goes on trying. :ctx goes elsewhere, :history is on this machine."
