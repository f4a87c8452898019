"""Routes XML, subset expression and repetitions -> the routes to drive, in execution order.

Coordinates in metres. Knows the differences between the versions; knows no outcome.
"""

import math
import xml.etree.ElementTree as ElementTree
from typing import List, NamedTuple, Tuple

from console.results.leaderboard import V1_0, V2_0_PINNED
from console.results.version_rules import Leaderboard

ENDS_BEFORE_ITS_START = (V1_0, V2_0_PINNED)
"""These look for the end of a range before its start, so `3-3` is none; they sort ids as text."""
Point = Tuple[float, float, float]


class DrivenRoute(NamedTuple):
    """One route in one repetition; `place` is its index in the partial result."""

    identity: str
    town: str
    points: Tuple[Point, ...]
    repetition: int
    place: int
    scenario: str = ""
    """The name of what happens first on it."""

    @property
    def name(self) -> str:
        return "RouteScenario_" + self.identity

    @property
    def length(self) -> float:
        """Sum of the straight distances between consecutive points, in metres."""
        metres = 0.0
        for (x0, y0, z0), (x1, y1, z1) in zip(self.points, self.points[1:]):
            metres += math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2 + (z1 - z0) ** 2)
        return metres


def load(path: str, subset: str, repetitions: int, version: Leaderboard) -> List[DrivenRoute]:
    """The selected routes, all repetitions of one before the next.

    Raises OSError, ElementTree.ParseError, or ValueError for a wrong subset.
    """
    elements = ElementTree.parse(path).getroot().findall("route")
    chosen = select([element.attrib["id"] for element in elements], subset, version)
    routes: List[DrivenRoute] = []
    for place in chosen:
        element = elements[place]
        points = tuple(_points(element, version))
        happening = element.find("scenarios/scenario")
        scenario = "" if happening is None else happening.attrib.get("name", "")
        for repetition in range(repetitions):
            identity, town = element.attrib["id"], element.attrib.get("town", "")
            routes.append(DrivenRoute(identity, town, points, repetition, len(routes), scenario))
    return routes


def _points(element: "ElementTree.Element", version: Leaderboard) -> List[Point]:
    tag = "waypoint" if version.generation == 1 else "waypoints/position"
    return [
        (float(node.attrib["x"]), float(node.attrib["y"]), float(node.attrib["z"]))
        for node in element.findall(tag)
    ]


def select(identities: List[str], subset: str, version: Leaderboard) -> List[int]:
    """Places in the file of the routes that a subset expression names, in file order."""
    expression = subset.replace(" ", "")
    if not expression:
        return list(range(len(identities)))
    wanted: List[str] = []
    for part in expression.split(","):
        for identity in _expand(part, identities, version):
            if identity in wanted:
                raise ValueError(f"Found a duplicated route with id '{identity}'")
            wanted.append(identity)
    return [place for place, identity in enumerate(identities) if identity in wanted]


def _expand(part: str, identities: List[str], version: Leaderboard) -> List[str]:
    if "-" not in part:
        _check_known(part, identities, version)
        return [part]
    ends = part.split("-")
    if len(ends) != 2:
        raise ValueError(f"The route subset '{part}' has more than one '-'")
    for end in ends:
        _check_known(end, identities, version)
    first, last = identities.index(ends[0]), identities.index(ends[1])
    if last < first or (last == first and version in ENDS_BEFORE_ITS_START):
        message = "Malformed route subset '{}', found the end of the range before its start"
        raise ValueError(message.format(part))
    return identities[first : last + 1]


def _check_known(identity: str, identities: List[str], version: Leaderboard) -> None:
    if version not in ENDS_BEFORE_ITS_START:
        int(identity)
    if identity not in identities:
        raise ValueError(f"Couldn't find the route with id '{identity}' inside the file")
