"""Many submissions as tables and JSON: each row as it was judged, and what came of it."""

from __future__ import annotations

import pytest

from console.cli.many_tables import outcome_documents, outcome_table, row_documents, row_table
from console.domain.facts import Turn
from console.errors import Conflict
from console.operations.submitting.launch import Launched
from console.operations.submitting.launch_many import LaunchedRow
from console.specs.many.judging import JudgedRow
from console.specs.many.reading import FileRow
from console.specs.turns import QUEUE_LABEL

CELLS = {"submission.name": "alpha", "submission.team_name": "Ravens"}
GOOD = JudgedRow(FileRow(1, "teams.csv, line 2", CELLS))
WRONG = JudgedRow(FileRow(2, "teams.csv, line 3", {}), errors=("name: it is missing", "team: too"))


def test_each_row_has_a_line_and_each_further_mistake_one_beneath_it() -> None:
    titles, lines = row_table([GOOD, WRONG])
    assert titles == ("ROW", "NAME", "TEAM", "IMAGE", "ERROR")
    assert lines == [
        ["1", "alpha", "Ravens", "-", "valid"],
        ["2", "", "-", "-", "name: it is missing"],
        ["", "", "", "", "team: too"],
    ]


def test_a_program_gets_where_a_row_stands_and_all_its_mistakes() -> None:
    _, told = row_documents([GOOD, WRONG])
    assert told == {"row": 2, "at": "teams.csv, line 3", "name": "", "errors": [*WRONG.errors]}


@pytest.mark.parametrize(
    ("turn", "queue", "told"),
    [
        (None, "", "launched"),
        (Turn("b", 2, 5, 2), "", "launched"),
        (Turn("b", 3, 5, 2), "", "launched, queued (3rd of 5)"),
        (None, "teams", "launched, queued (in teams)"),
    ],
)
def test_what_came_of_a_row_says_for_what_it_waits(
    turn: Turn | None, queue: str, told: str
) -> None:
    labels = {"labels": {QUEUE_LABEL: queue}} if queue else {}
    job = {"metadata": {"name": "alpha", **labels}}
    sent = LaunchedRow(GOOD, Launched(None, job), turn=turn)
    assert outcome_table([sent], "launched")[1] == [["1", "alpha", "Ravens", "-", told]]
    assert outcome_documents([sent]) == [{"row": 1, "name": "alpha", "job": job, "error": None}]


def test_what_was_refused_says_why_in_one_line() -> None:
    lost = LaunchedRow(GOOD, error=Conflict("It is there.", why="somebody\nlaunched it"))
    [cells] = outcome_table([lost], "launched")[1]
    assert "It is there." in cells[-1]
    assert "\n" not in cells[-1]
    [told] = outcome_documents([lost])
    assert (told["job"], told["error"]) == (None, cells[-1])
