"""When a pair drove a route, by what logcopy told of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from console.domain.landmarks import Landmark, LandmarkKind
from console.domain.last_lines import TOLD_LATE
from console.domain.spans import shifted

LATE = TOLD_LATE
"""So much more is shown at both ends."""


class Drive(msgspec.Struct, frozen=True, gc=False):
    """One time that a pair drove a route."""

    pair: int
    since: datetime
    until: datetime | None
    """None where nothing is told of its end."""

    def has(self, at: datetime) -> bool:
        """Whether something of that time belongs to it."""
        return self.since <= at and (self.until is None or at <= self.until)


def drives_of(landmarks: Iterable[Landmark], route: str) -> tuple[Drive, ...]:
    """Each time that route was driven, the oldest first. `7` means `RouteScenario_7`, too."""
    own = sorted(landmarks, key=lambda each: each.at)
    return tuple(
        Drive(each.pair, shifted(each.at, -LATE), _end(own, each))
        for each in own
        if each.kind is LandmarkKind.ROUTE and each.begins and means(route, each.route)
    )


def means(typed: str, route: str) -> bool:
    """Whether somebody who types that means the route; of a repetition its number is typed too."""
    name, _, repetition = route.partition(" (repetition ")
    number = name.rpartition("_")[2]
    suffix = f"_rep{repetition.rstrip(')')}" if repetition else ""
    return typed in (route, *(f"{each}{suffix}" for each in (name, number)))


def routes_of(landmarks: Iterable[Landmark]) -> tuple[str, ...]:
    """All that were begun."""
    begun = (each.route for each in landmarks if each.kind is LandmarkKind.ROUTE and each.begins)
    return tuple(dict.fromkeys(begun))


def _end(own: Iterable[Landmark], begin: Landmark) -> datetime | None:
    return next((shifted(each.at, LATE) for each in _after(own, begin)), None)


def _after(own: Iterable[Landmark], begin: Landmark) -> Iterator[Landmark]:
    """What the same pair did next."""
    return (each for each in own if each.pair == begin.pair and each.at > begin.at)
