"""How a drive gets on, by the lines of its evaluator: its stages and its ticks. Pure.

Such lines come through the team's container: it is the agent's word, shown as one, and decides
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

_NUMBER = r"(\d{1,9}(?:\.\d{1,18})?(?:e-?\d{1,3})?)"
_SECOND = re.compile(rf"System time = {_NUMBER} -- Game time = {_NUMBER} -- Ratio = {_NUMBER}x")
_FIRST = re.compile(rf"time = [^/]{{1,40}} / {_NUMBER} / Sim_time = {_NUMBER} / {_NUMBER}x")
MOST_SECONDS = 1e7
"""Four months: an agent may print any number, and no time is reckoned with what no route takes."""
MARK = "Wallclock"
"""What both versions' lines have, and few others."""
_OVER = ("> Stopping the route", "> Registering the ", "= Results of RouteScenario_")

_WINDOW = 60.0
"""Seconds of the route's clock, once to twice as many, over which its present pace is told."""


class Stage(StrEnum):
    """Where a drive is."""

    LOADING = "loading the world"
    SET_UP = "setting up the agent"
    RUNNING = "running"


_BEGINS = {
    "> Loading the world": Stage.LOADING,
    "> Setting up the agent": Stage.SET_UP,
    "> Running the route": Stage.RUNNING,
}
STAGE_WORDS = (*_BEGINS, *_OVER)
"""One of these has each line that begins or ends a stage, whoever wrote it."""


class StageSeen(msgspec.Struct, frozen=True, gc=False):
    """A stage, and when the line was written that begins it; None where nobody knows."""

    stage: Stage
    at: datetime | None = None


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
    stage: StageSeen | None = None
    """What the newest begins, where it is one that begins a stage."""


NO_TICK = Ticked()


def ticked(newest_first: Iterable[tuple[str, datetime | None]]) -> Ticked:
    """By the first of these lines that tells."""
    for text, at in newest_first:
        if runs_no_more(text):
            return Ticked(stopped=True)
        if (tick := tick_of(text, at)) is not None:
            return Ticked(tick)
        if (stage := begun(text)) is not None:
            return Ticked(stage=StageSeen(stage, at))
    return NO_TICK


def begun(text: str) -> Stage | None:
    """The stage that a drive begins with that line."""
    if "> " not in text:
        return None
    return next((stage for line, stage in _BEGINS.items() if line in text), None)


def paced(anchors: tuple[Tick, ...], tick: Tick) -> tuple[Tick, ...]:
    """Two earlier ticks of a route, the older first, for `lately`; with a newer one of it."""
    if not anchors or tick.system < anchors[-1].system:
        return (tick,)
    return (*anchors, tick)[-2:] if tick.system - anchors[-1].system >= _WINDOW else anchors


def lately(anchors: tuple[Tick, ...], tick: Tick | None) -> float | None:
    """Simulated seconds a second of the last minute or two of its clock; None where nobody has
    watched it for so long."""
    if tick is None or not anchors or tick.system - anchors[0].system < _WINDOW:
        return None
    return max(tick.game - anchors[0].game, 0.0) / (tick.system - anchors[0].system)


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
