"""The sample merges under tests/data/vectors: what upstream's own programs made of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from console.results import files
from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import named
from console.results.plan import Plan, launched

ROOT = Path(__file__).resolve().parents[2] / "data" / "vectors"
WHOLE_KINDS = ("complete", "infraction", "order", "record", "resumed", "zero", "gap_subset")
VERSIONS = {"lb10": "1.0", "lb20": "2.0", "lb21": "2.1", "b2d": "Bench2Drive"}
VERSIONS["longest6"] = "Longest6"


@dataclass(frozen=True)
class Vector:
    folder: Path
    version: str
    meta: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.folder.parent.name}-{self.folder.name}"

    @property
    def paths(self) -> list[str]:
        return [str(self.folder / name) for name in self.meta["file_paths_order"]]

    @property
    def whole(self) -> bool:
        """Whether every drive that was launched is there once."""
        return str(self.meta["kind"]).startswith(WHOLE_KINDS)

    @property
    def error(self) -> dict[str, str] | None:
        told = self.folder / "error.txt"
        if not told.exists():
            return None
        pairs = [line.split(": ", 1) for line in told.read_text().splitlines()]
        return dict(pairs)

    def expected(self, *, pinned: bool = False) -> str | None:
        names = ["expected_pinned.json"] * pinned + ["expected.json", "endpoint_after_error.json"]
        for name in names:
            if (self.folder / name).exists():
                return (self.folder / name).read_text()
        return None

    def plan(self) -> Plan:
        subsets = ";".join(self.meta["routes_subsets"])
        return launched(Drives.of(named(self.version), subsets, self.meta["repetitions"]))

    def partials(self) -> list[Partial]:
        found = [files.read_text(path) for path in self.paths]
        return [Partial(0, one.text, one.problem, one.reason) for one in found]


@cache
def vectors() -> tuple[Vector, ...]:
    return tuple(
        Vector(meta.parent, version, json.loads(meta.read_text()))
        for name, version in VERSIONS.items()
        for meta in sorted((ROOT / name).glob("*/meta.json"))
    )


def vector(name: str) -> Vector:
    return next(one for one in vectors() if str(one) == name)
