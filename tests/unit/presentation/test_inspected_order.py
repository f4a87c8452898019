"""In which order an inspection is told: what says why first, what only says that it is over last."""

from __future__ import annotations

from typing import Any

from console.cli.inspections import inspection_markdown, inspection_text
from console.operations.inspecting.inspection import Inspection, inspect
from console.operations.ports.recorder import LogLine
from console.operations.watching.logs_at_hand import LinesInMemory
from console.presentation.verdicts import answers
from tests.fakes.scenes import LONG, at, board_of, lines_of, written

BUDGET = {"type": "Failed", "reason": "BackoffLimitExceeded", "message": "Job has reached it"}
SEGFAULT = {"half": "simulator", "attempt": 1, "reason": "crashed", "exit": 139, "signal": 11}
TWO_DIED = [{**SEGFAULT, "pair": 2, "at": 300}, {**SEGFAULT, "pair": 3, "at": 400}]


def inspected(**scene: Any) -> Inspection:
    return inspect(board_of(written(scene)), lambda name: None, at(LONG))


def test_why_the_pairs_died_stands_before_that_the_budget_is_used_up() -> None:
    found = inspected(ended=TWO_DIED, job={"conditions": [BUDGET]})
    assert [each.partition(" (")[0] for each in answers(found)] == [
        "pair 2: the simulator crashed",
        "pair 3: the simulator crashed",
        "The restart budget is used up",
    ]
    told = inspection_markdown(found, None)
    assert told.index("## Pair 3") < told.index("## The submission")


def test_what_concerns_all_of_it_stands_before_the_pairs() -> None:
    found = inspected(ended=TWO_DIED, job={"cancelled": True}, actions=[{"verb": "cancelled"}])
    assert answers(found)[0].startswith("It was cancelled")
    told = inspection_markdown(found, None)
    assert told.index("## The submission") < told.index("## Pair 2")


def test_the_first_lines_answer_for_everything_that_failed() -> None:
    found = inspected(ended=TWO_DIED, job={"conditions": [BUDGET]})
    assert tuple(inspection_text(found, None).splitlines()[2:5]) == answers(found)


def test_one_failure_is_told_once() -> None:
    lines = inspection_text(inspected(ended=TWO_DIED[:1]), None).splitlines()
    assert lines[2].startswith("pair 2  attempt 1")
    assert sum("The simulator crashed" in line for line in lines) == 1


def test_what_to_do_stands_before_the_proofs() -> None:
    told = inspection_text(inspected(ended=TWO_DIED[:1]), None)
    assert told.index("next ") < told.index("proof ")
    told = inspection_markdown(inspected(ended=TWO_DIED[:1]), None)
    assert told.index("- next:") < told.index("- seen:")


def test_a_title_goes_on_in_small_letters_after_the_pair() -> None:
    words = "The scenario could not be loaded:\nRuntimeError: no blueprint of that name"
    scene = {"ended": [{**SEGFAULT, "half": "agent", "exit": 1, "signal": None, "pair": 3}]}
    lines = lines_of(written(scene | {"logs": {"agent-3": words}}))
    view = LinesInMemory(tuple(LogLine("", each.text) for each in lines))
    found = inspect(
        board_of(written(scene)), lambda name: view if name == "agent-3" else None, at(LONG)
    )
    assert answers(found)[0].startswith("pair 3: a scenario could not be built (possible")
