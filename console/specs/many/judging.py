"""Rows as Jobs to launch, or everything that is wrong with each: all before anything is sent. Pure.

How a row becomes a Job is told by whoever launches single ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from console.domain.submission import UNCUT_JOB_NAME, free_name
from console.errors import ConsoleError, InvalidInput
from console.specs.compose import Composed
from console.specs.many.columns import IMAGE, NAME
from console.specs.many.reading import FileRow
from console.specs.mistakes import SpecRejected
from console.specs.step_input import TEAM_NAME
from console.specs.validation import Judged, Severity, Validated

ComposeRow = Callable[[FileRow], Composed]
UNNAMED = "submission"


@dataclass(frozen=True, slots=True, eq=False)
class JudgedRow:
    """A row, with the Job that may be launched or with its errors."""

    row: FileRow
    valid: Validated | None = None
    errors: tuple[str, ...] = ()
    """`column: what is wrong. The way out.`"""
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the Job."""
        if self.valid is not None:
            return str(self.valid.composed.manifest["metadata"]["name"])
        return self.row.cells.get(NAME, "")


def judge_rows(
    rows: Sequence[FileRow], compose_row: ComposeRow, taken: Collection[str]
) -> tuple[JudgedRow, ...]:
    """Every row in its order. `taken`: the names that Jobs of the namespace have."""
    named = with_names(rows, taken)
    first: dict[str, int] = {}
    for each in named:
        first.setdefault(each.cells[NAME], each.place)
    return tuple(_judged(each, compose_row, _name_errors(each, first, taken)) for each in named)


def with_names(rows: Sequence[FileRow], taken: Collection[str]) -> tuple[FileRow, ...]:
    """A row without a name gets one of its image or its team: `agent-v2`, `agent-v2-2`."""
    used = {*taken, *(each.cells[NAME] for each in rows if NAME in each.cells)}
    found = []
    for row in rows:
        if NAME not in row.cells:
            name = free_name(_stem(row.cells), used)
            used.add(name)
            row = replace(row, cells={NAME: name, **row.cells})
        found.append(row)
    return tuple(found)


def _stem(cells: Mapping[str, str]) -> str:
    image = cells.get(IMAGE, "").partition("@")[0].rpartition("/")[2].removesuffix(":latest")
    plain = re.sub(r"[^a-z0-9]+", "-", (image or cells.get(TEAM_NAME, "")).lower()).strip("-")
    # Room for a number after it.
    return plain[: UNCUT_JOB_NAME - 5].strip("-") or UNNAMED


def _name_errors(row: FileRow, first: Mapping[str, int], taken: Collection[str]) -> tuple[str, ...]:
    name = row.cells[NAME]
    if first[name] != row.place:
        return (f"name: row {first[name]} is called {name} too. Choose another name.",)
    if name in taken:
        way = "Choose another name, or delete that submission first."
        return (f"name: there is a Job named {name} already. {way}",)
    return ()


def _judged(row: FileRow, compose_row: ComposeRow, wrong: tuple[str, ...]) -> JudgedRow:
    try:
        judged = Judged(compose_row(row))
    except SpecRejected as error:
        return JudgedRow(row, errors=(*wrong, *(each.text for each in error.mistakes)))
    except ConsoleError as error:
        return JudgedRow(row, errors=(*wrong, " ".join(str(error).split("\n"))))
    found = tuple(str(each) for each in judged.findings if each.severity is Severity.ERROR)
    rest = tuple(str(each) for each in judged.findings if each.severity is not Severity.ERROR)
    if wrong or found:
        return JudgedRow(row, errors=(*wrong, *found), warnings=rest)
    return JudgedRow(row, judged.valid, warnings=rest)


def demand_whole(rows: Sequence[JudgedRow], *, skip_faulty: bool) -> tuple[JudgedRow, ...]:
    """Those to launch. Raises InvalidInput where one is faulty, or with `skip_faulty` where all."""
    good = tuple(each for each in rows if each.valid is not None)
    faulty = len(rows) - len(good)
    if not faulty or (skip_faulty and good):
        return good
    have = "has errors" if faulty == 1 else "have errors"
    fix = "" if skip_faulty or not good else ", or leave them out with --skip-faulty"
    raise InvalidInput(
        f"{faulty} of {len(rows)} submissions {have}: nothing was launched.",
        fix=f"Correct what the table names{fix}.",
    )
