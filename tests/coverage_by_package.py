"""Branch coverage of each package of the console, from what `make coverage` has measured.

    python -m tests.coverage_by_package COVERAGE.json LEAST

Ends with 1 where a package is below LEAST percent. Measures nothing itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Measured:
    """Lines and branches of a package, all of them and those that ran."""

    there: int = 0
    ran: int = 0

    @property
    def percent(self) -> float:
        return 100.0 * self.ran / self.there if self.there else 100.0


def by_package(report: dict[str, Any]) -> dict[str, Measured]:
    """The folders of `console/` with a docstring of their own, and what stands beside them."""
    packages: dict[str, Measured] = {}
    for name, told in report["files"].items():
        summary = told["summary"]
        each = packages.setdefault(str(Path(name).parent), Measured())
        each.there += summary["num_statements"] + summary["num_branches"]
        each.ran += summary["covered_lines"] + summary["covered_branches"]
    return packages


def table(packages: dict[str, Measured], least: float) -> Iterator[str]:
    """The least covered first."""
    for name, each in sorted(packages.items(), key=lambda item: item[1].percent):
        mark = " " if each.percent >= least else "✗"
        yield f"{mark} {each.percent:5.1f} %  {each.ran:6}/{each.there:<6}  {name}"


def main(path: str, least: float) -> int:
    packages = by_package(json.loads(Path(path).read_text()))
    print(*table(packages, least), sep="\n")
    below = [name for name, each in packages.items() if each.percent < least]
    if below:
        print(f"{len(below)} of {len(packages)} packages are below {least:.0f} %.")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
