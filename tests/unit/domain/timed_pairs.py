"""Pairs that have driven some of their routes, what is usual of them, and what is told of both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fakes.boards import NOW, board, cells, pair
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairBoard
from console.domain.estimates import BoardTime, PairTime, board_time
from console.domain.usual_times import UsualTimes, usual

ROUTES = 5


def names(number: int) -> list[str]:
    return [f"RouteScenario_{ROUTES * number - ROUTES + place}" for place in range(ROUTES)]


def driving(number: int = 1, done: int = 2, seconds: float = 0, **more: Any) -> PairBoard:
    """A pair that has driven so many of its routes, and the next one for so long."""
    own = tuple(
        replace(cell, route_id=name)
        for cell, name in zip(cells(number, done), names(number), strict=True)
    )
    facts = {
        "cells": own,
        "route": f"{names(number)[done]}_rep0" if done < ROUTES else "",
        "since": NOW - timedelta(seconds=seconds),
        "since_exact": True,
        "last_sign": NOW,
        **more,
    }
    return pair(number, done, **facts)


def shown(*pairs: PairBoard, **more: Any) -> BoardSnapshot:
    return board(**{"pairs": pairs or (driving(),), "records": (), **more})


def known(*seconds: float, boot: float | None = 30.0, submissions: int = 1) -> UsualTimes:
    """The same of every route."""
    found = usual(seconds or [100.0])
    assert found is not None
    every = {f"RouteScenario_{number}": found for number in range(20)}
    return UsualTimes(every, usual([boot]) if boot else None, submissions)


def told(
    *pairs: PairBoard, usually: UsualTimes | None = None, now: datetime = NOW, **more: Any
) -> BoardTime:
    return board_time(shown(*pairs, **more), known() if usually is None else usually, now)


def first(*pairs: PairBoard, **more: Any) -> PairTime:
    return told(*pairs, **more).pairs[0]
