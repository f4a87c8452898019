"""Many submissions as tables and as JSON: rows as they were judged, and what came of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from console.domain.turns import ordinal
from console.operations.submitting.launch_many import LaunchedRow
from console.specs.many.columns import IMAGE
from console.specs.many.judging import JudgedRow
from console.specs.plan import team_in_lists
from console.specs.step_input import TEAM_NAME

Table = tuple[tuple[str, ...], list[list[str]]]
Document = dict[str, Any]
VALID = "valid"


def row_table(rows: Iterable[JudgedRow]) -> Table:
    """A line for each row; one for each error where a row has several."""
    lines: list[list[str]] = []
    for each in rows:
        told = each.errors or (VALID,)
        lines.append([*_who(each), told[0]])
        lines += [["", "", "", "", more] for more in told[1:]]
    return ("ROW", "NAME", "TEAM", "IMAGE", "ERROR"), lines


def _who(each: JudgedRow) -> list[str]:
    """Team and image as lists show them; of a row with errors what its file says."""
    cells = each.row.cells
    team, image = cells.get(TEAM_NAME, ""), cells.get(IMAGE, "")
    if each.valid is not None:
        job = each.valid.composed
        team = team_in_lists(job.manifest["metadata"].get("annotations"), job.plan.team_id)
        image = job.plan.images.agent
    return [str(each.row.place), each.name, team or "-", image or "-"]


def row_documents(rows: Iterable[JudgedRow]) -> list[Document]:
    """The same for programs."""
    return [
        {"row": each.row.place, "at": each.row.at, "name": each.name, "errors": list(each.errors)}
        for each in rows
    ]


def outcome_table(rows: Iterable[LaunchedRow], done: str) -> Table:
    """A line for each row that was sent; `done`: what came of those that went well."""
    lines = [
        [*_who(each.judged), _outcome(each, done) if each.error is None else _in_a_line(each.error)]
        for each in rows
    ]
    return ("ROW", "NAME", "TEAM", "IMAGE", "OUTCOME"), lines


def _outcome(each: LaunchedRow, done: str) -> str:
    if not each.queued:
        return done
    turn = each.turn
    place = f"{ordinal(turn.place)} of {turn.size}" if turn else ""
    where = f"in {each.queue}" if each.queue else place
    return f"{done}, queued ({where})"


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())


def outcome_documents(rows: Iterable[LaunchedRow]) -> list[Document]:
    """The same for programs: each with the Job as the cluster took it."""
    return [
        {
            "row": each.judged.row.place,
            "name": each.name,
            "job": each.launched.manifest if each.launched else None,
            "error": None if each.error is None else _in_a_line(each.error),
        }
        for each in rows
    ]
