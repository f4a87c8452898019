"""At which route an evaluator was when it said something, and by which line it says so. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from console.diagnosis.scene import SeenLine

_ROUTE = "RouteScenario_"
_PREPARES = re.compile(rf"Preparing ({_ROUTE}[\w.-]{{1,60}}) \(repetition (\d{{1,6}})\)")


def prepared_before(lines: Iterable[SeenLine], said: SeenLine) -> str:
    """`RouteScenario_6_rep0`: the last one that the same log prepared before; empty without one."""
    route = ""
    for line in lines:
        if line.container != said.container:
            continue
        if line is said:
            return route
        if found := _PREPARES.search(line.text):
            route = f"{found[1]}_rep{found[2]}"
    return ""


def prepares(route: str, repetition: int | None = None) -> str:
    """The pattern of the line before a drive of that route, `RouteScenario_7` or `7`; None:
    whichever repetition it is."""
    name = re.escape(_ROUTE + route.removeprefix(_ROUTE))
    behind = r"\b" if repetition is None else rf" \(repetition {repetition}\)"
    return f"Preparing {name}{behind}"
