"""How fast simulated time passes, by the line that an evaluator prints at each tick. Pure.

Such a line comes through the team's container: it is the agent's word, shown as one, and decides
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

_NUMBER = r"(\d{1,9}(?:\.\d{1,18})?(?:e-?\d{1,3})?)"
_SECOND = re.compile(rf"System time = {_NUMBER} -- Game time = {_NUMBER} -- Ratio = {_NUMBER}x")
_FIRST = re.compile(rf"time = [^/]{{1,40}} / {_NUMBER} / Sim_time = {_NUMBER} / {_NUMBER}x")
MOST_SECONDS = 1e7
"""Four months: an agent may print any number, and no time is reckoned with what no route takes."""
MARK = "Wallclock"
"""What both versions' lines have, and few others."""
_OVER = ("> Stopping the route", "> Registering the ", "= Results of RouteScenario_")


class Tick(msgspec.Struct, frozen=True, gc=False):
    """The newest tick of the route that is driven."""

    at: datetime
    """When the line was written, by its node's clock."""
    system: float
    """Seconds since the route began to run: of the clock, and of the simulation."""
    game: float
    ratio: float
    """Simulated seconds a second, over the whole route so far."""


class Ticked(msgspec.Struct, frozen=True, gc=False):
    """What some lines say of the time of a route."""

    tick: Tick | None = None
    """The newest; None without one, or where no route runs any more."""
    stopped: bool = False
    """No route runs, by the newest of them that says something about it."""


NO_TICK = Ticked()


def ticked(newest_first: Iterable[tuple[str, datetime | None]]) -> Ticked:
    """By the first of these lines that tells."""
    for text, at in newest_first:
        if runs_no_more(text):
            return Ticked(stopped=True)
        if (tick := tick_of(text, at)) is not None:
            return Ticked(tick)
    return NO_TICK


def runs_no_more(text: str) -> bool:
    """Whether an evaluator says by that line that no route runs: no tick comes, and none has to."""
    return any(each in text for each in _OVER)


def tick_of(text: str, at: datetime | None) -> Tick | None:
    """None for a line that is none, or that nobody knows the time of."""
    if at is None or MARK not in text:
        return None
    found = _SECOND.search(text) or _FIRST.search(text)
    told = tuple(map(float, found.groups())) if found else ()
    return Tick(at, *told) if told and max(told) <= MOST_SECONDS else None
