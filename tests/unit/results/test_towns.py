"""The towns of the launched routes, by their places in the file."""

from __future__ import annotations

import pytest

from console.results.subsets import PlanError
from console.results.towns import launched_towns

FILE = """<routes>
  <route id="7" town="Town12"/><route id="3" town="Town13"><waypoints/></route>
  <route id="9" town="Town12"/><route id="1"/>
</routes>"""


@pytest.mark.parametrize(
    ("subsets", "towns"),
    [
        ("7-3;9-1", {"Town12": 2, "Town13": 1, "": 1}),
        ("7;9", {"Town12": 2}),
        ("3;1", {"Town13": 1, "": 1}),
    ],
)
def test_only_what_is_launched_counts(subsets: str, towns: dict[str, int]) -> None:
    assert launched_towns(FILE, subsets.split(";")) == towns


@pytest.mark.parametrize("content", ["<routes/>", "no xml", FILE.replace("7", "77")])
def test_a_file_that_does_not_hold_what_is_launched_is_refused(content: str) -> None:
    with pytest.raises(PlanError):
        launched_towns(content, ["7-3"])
