"""A column, a printer, and how spans of time are written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.localcluster.api.schemas import description
from console.localcluster.changes import JsonObject, parse_time

Cell = str | int
Cells = Callable[[JsonObject, datetime], Sequence[Cell]]

NONE = "<none>"
UNKNOWN = "<unknown>"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `wide` ones are shown by `-o wide` only.

    `about` is a text, or `schema#field` for what the schema says of that field.
    """

    name: str
    about: str
    wide: bool = False
    format: str = ""

    def definition(self) -> JsonObject:
        """The TableColumnDefinition."""
        text = self.about
        if "#" in text:
            schema, _, field = text.partition("#")
            text = description(schema, field)
        return {
            "name": self.name,
            "type": "string",
            "format": self.format,
            "description": text,
            "priority": 1 if self.wide else 0,
        }


@dataclass(frozen=True, slots=True)
class Printer:
    """The columns of a resource and the cells of one object."""

    columns: tuple[Column, ...]
    cells: Cells


NAME = Column("Name", f"{_META}#name", format="name")
AGE = Column("Age", f"{_META}#creationTimestamp")


def age(obj: JsonObject, now: datetime) -> str:
    """How long ago the object was created."""
    return since(obj["metadata"].get("creationTimestamp"), now)


def since(moment: str | None, now: datetime) -> str:
    """How long ago that was."""
    return human_span((now - parse_time(moment)).total_seconds()) if moment else UNKNOWN


def human_span(seconds: float) -> str:
    """A span in at most two units, coarser the longer it is: `6s`, `3m2s`, `5h`, `2d4h`."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 120:
        return f"{max(whole, 0)}s"
    minutes, hours = whole // 60, whole // 3600
    if minutes < 10:
        return _two(minutes, "m", whole % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    return _human_days(hours)


def _human_days(hours: int) -> str:
    days = hours // 24
    if hours < 24 * 8:
        return _two(days, "d", hours % 24, "h")
    if days < 365 * 2:
        return f"{days}d"
    if days < 365 * 8:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}" + (f"{small}{small_unit}" if small else "")
