"""What a submission was launched to drive: routes per pair, in the order of the evaluator.

Reads subset expressions and the ids of a routes file; knows no checkpoint and opens no file.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9]{1,9}")
_ROUTES_LIMIT = 10_000
STANDARD_SUBSETS = "0-4;5-9;10-14;15-19"


class PlanError(ValueError):
    """Routes, subsets or repetitions that no evaluator would drive as they stand."""


@dataclass(frozen=True)
class PairPlan:
    """The routes of one pair (`RouteScenario_<id>`), in the order in which they are driven."""

    pair: int
    routes: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All pairs of one submission. Each route is driven `repetitions` times in a row.

    `positions_known` is false when the order was taken from the numbers because no routes file
    could be read; then a record's index says nothing about its route.
    """

    version: str
    repetitions: int
    pairs: tuple[PairPlan, ...]
    positions_known: bool = False

    @property
    def total(self) -> int:
        """Number of (route, repetition) pairs that a complete result holds."""
        return self.repetitions * sum(len(pair.routes) for pair in self.pairs)

    def keys(self, pair: PairPlan) -> list[tuple[str, int]]:
        """(route, repetition) of one pair in driving order."""
        return [(route, number) for route in pair.routes for number in range(self.repetitions)]

    def route_id(self, route: str, repetition: int) -> str:
        """How a record of this version names that drive."""
        return route if self.version == "1.0" else f"{route}_rep{repetition}"


def launched(version: str, subsets: str, repetitions: int, routes_xml: str | None = None) -> Plan:
    """The plan of a launch. `subsets`: one expression a pair, separated by `;`.

    With the text of a routes file ranges go by position in it, else by number.
    Raises PlanError.
    """
    if not 1 <= repetitions <= _ROUTES_LIMIT:
        raise PlanError(f"repetitions is {repetitions}, expected 1 to {_ROUTES_LIMIT}")
    ids = None if routes_xml is None else route_ids(routes_xml)
    pairs = []
    for number, expression in enumerate(subsets.split(";"), 1):
        chosen = by_number(expression) if ids is None else by_position(expression, ids)
        names = tuple(f"RouteScenario_{route_id}" for route_id in chosen)
        pairs.append(PairPlan(number, names))
    plan = Plan(version, repetitions, tuple(pairs), positions_known=ids is not None)
    routes = [route for pair in plan.pairs for route in pair.routes]
    twice = sorted({route for route in routes if routes.count(route) > 1})
    if twice:
        raise PlanError(f"{twice[0]} is in the subsets of two pairs")
    return plan


def route_ids(routes_xml: str) -> list[str]:
    """Ids of all routes of a routes file, in file order. Raises PlanError."""
    if "<!DOCTYPE" in routes_xml or "<!ENTITY" in routes_xml:
        raise PlanError("the routes file declares entities, which no routes file needs")
    found = []
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(routes_xml.encode("utf-8"))):
            if element.tag == "route":
                found.append(element.get("id") or "")
            element.clear()
    except ElementTree.ParseError as broken:
        raise PlanError(f"the routes file is not XML: {broken}") from broken
    if not found or not all(_NUMBER.fullmatch(route_id) for route_id in found):
        raise PlanError("the routes file has no routes, or one without a number as its id")
    return found


def by_position(expression: str, ids: list[str]) -> list[str]:
    """Ids that a subset expression selects from a file's ids, in file order. Raises PlanError."""
    if not expression.replace(" ", ""):
        return list(ids)
    chosen: set[int] = set()
    for first, last in _parts(expression):
        start, end = _place(first, ids), _place(last, ids)
        if end < start:
            raise PlanError(f"route {last} comes before route {first} in the routes file")
        _choose(chosen, range(start, end + 1), expression)
    return [ids[place] for place in sorted(chosen)]


def by_number(expression: str) -> list[str]:
    """Ids that a subset expression names when read as numbers, in ascending order."""
    chosen: set[int] = set()
    for first, last in _parts(expression):
        if int(last) < int(first):
            raise PlanError(f"the range {first}-{last} runs backwards")
        if int(last) - int(first) >= _ROUTES_LIMIT:
            raise PlanError(f"the range {first}-{last} has more than {_ROUTES_LIMIT} routes")
        _choose(chosen, range(int(first), int(last) + 1), expression)
    return [str(number) for number in sorted(chosen)]


def _parts(expression: str) -> list[tuple[str, str]]:
    parts = []
    for part in expression.replace(" ", "").split(","):
        bounds = part.split("-")
        if len(bounds) > 2 or not all(_NUMBER.fullmatch(bound) for bound in bounds):
            raise PlanError(f"{part!r} in the subset {expression!r} is no id and no range")
        parts.append((bounds[0], bounds[-1]))
    return parts


def _place(route_id: str, ids: list[str]) -> int:
    if route_id not in ids:
        raise PlanError(f"route {route_id} is not in the routes file")
    return ids.index(route_id)


def _choose(chosen: set[int], places: range, expression: str) -> None:
    if not chosen.isdisjoint(places):
        raise PlanError(f"the subset {expression!r} selects a route twice")
    chosen.update(places)
