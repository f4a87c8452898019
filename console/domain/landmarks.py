"""Times worth going to: when an attempt or a route began or ended, as the board tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

from console.domain.board import FINISHED, PairBoard, RouteCell
from console.domain.pairing import drive_of


class LandmarkKind(StrEnum):
    """What a landmark is about."""

    ATTEMPT = "attempt"
    ROUTE = "route"


class Landmark(msgspec.Struct, frozen=True, gc=False):
    """What the board began to show at that time."""

    at: datetime
    kind: LandmarkKind
    pair: int
    text: str
    """`pair 2 begins attempt 2`."""
    attempt: int = 0
    """Of an attempt, from 1."""
    route: str = ""
    """Of a route: `RouteScenario_7`, with its repetition where that is not the first."""
    begins: bool = False


def landmarks(
    at: datetime, before: tuple[PairBoard, ...], after: tuple[PairBoard, ...]
) -> Iterator[Landmark]:
    """What is new in those pairs."""
    if before is after:
        return
    known = {pair.number: pair for pair in before}
    for pair in after:
        earlier = known.get(pair.number)
        if earlier is not pair:
            yield from _attempts(at, earlier, pair)
            yield from _routes(at, earlier, pair)


def _attempts(at: datetime, before: PairBoard | None, pair: PairBoard) -> Iterator[Landmark]:
    name = f"pair {pair.number}"
    # Of one that is known already the kubelet may tell more.
    known = {(each.attempt, each.half) for each in before.ended} if before else set()
    for each in pair.ended:
        if (each.attempt, each.half) not in known:
            text = f"{name}: {each.half} ends attempt {each.attempt} ({each.reason})"
            yield Landmark(at, LandmarkKind.ATTEMPT, pair.number, text, each.attempt)
    attempt = pair.attempt or 0
    if attempt > ((before.attempt if before else 0) or 0):
        text = f"{name} begins attempt {attempt}"
        yield Landmark(at, LandmarkKind.ATTEMPT, pair.number, text, attempt, begins=True)


def _routes(at: datetime, before: PairBoard | None, pair: PairBoard) -> Iterator[Landmark]:
    done = _finished(before.cells if before else ())
    for name, cell in _finished(pair.cells).items():
        if name not in done:
            text = f"pair {pair.number} finishes {name} ({cell.state.value})"
            yield Landmark(at, LandmarkKind.ROUTE, pair.number, text, route=name)
    if pair.route and pair.route != (before.route if before else ""):
        name = drive_name(pair.route)
        text = f"pair {pair.number} begins {name}"
        yield Landmark(at, LandmarkKind.ROUTE, pair.number, text, route=name, begins=True)


def drive_name(route: str) -> str:
    """`RouteScenario_7`, with its repetition where that is not the first."""
    return _drive(*drive_of(route))


def _finished(cells: Iterable[RouteCell]) -> dict[str, RouteCell]:
    done = (each for each in cells if each.state in FINISHED)
    return {_drive(each.route_id, each.repetition): each for each in done}


def _drive(route_id: str, repetition: int) -> str:
    return f"{route_id} (repetition {repetition})" if repetition else route_id
