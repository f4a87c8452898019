"""At which route an evaluator's log was when it said something. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from console.diagnosis.scene import SeenLine

_PREPARES = re.compile(r"Preparing (RouteScenario_[\w.-]{1,60}) \(repetition (\d{1,6})\)")


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
