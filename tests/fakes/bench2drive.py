"""Bench2Drive's 220 routes as a routes file: real ids, towns and scenario types, made-up points."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FACTS = Path(__file__).resolve().parents[1] / "data" / "bench2drive" / "routes.csv"


@cache
def facts() -> tuple[tuple[str, str, str], ...]:
    """(id, town, scenario type) of each route, in the order of the file."""
    lines = _FACTS.read_text().splitlines()[1:]
    return tuple(tuple(line.split(",")) for line in lines)  # type: ignore[misc]


def routes_xml(count: int | None = None) -> str:
    """The file, or its first so many routes, each a hundred metres long."""
    return "<routes>" + "".join(_route(*each) for each in facts()[:count]) + "</routes>\n"


def _route(number: str, town: str, kind: str) -> str:
    points = "".join(f'<position x="{x}" y="0.0" z="0.0"/>' for x in range(0, 101, 20))
    scenario = (
        f'<scenario name="{kind}_1" type="{kind}"><trigger_point x="40" y="0" z="0"/></scenario>'
    )
    return (
        f'<route id="{number}" town="{town}"><waypoints>{points}</waypoints>'
        f"<scenarios>{scenario}</scenarios></route>\n"
    )
