"""In which order an inspection is told: what says why first, what only says that it is over last."""

from __future__ import annotations

from typing import Any

from console.cli.inspections import (
    inspection_document,
    inspection_markdown,
    inspection_text,
)
from console.operations.inspecting.inspection import Inspection, inspect
from console.operations.ports.recorder import LogLine
from console.operations.watching.logs_at_hand import LinesInMemory
from console.presentation.verdicts import answer_in_short, answers
from tests.fakes.scenes import LONG, at, board_of, lines_of, written

BUDGET = {"type": "Failed", "reason": "BackoffLimitExceeded", "message": "Job has reached it"}
SEGFAULT = {"half": "simulator", "attempt": 1, "reason": "crashed", "exit": 139, "signal": 11}
TWO_DIED = [{**SEGFAULT, "pair": 2, "at": 300}, {**SEGFAULT, "pair": 3, "at": 400}]


DEATH = {"pair": 3, "attempt": 1, "half": "agent", "reason": "vanished", "at": 400}


def inspected(**scene: Any) -> Inspection:
    return inspect(board_of(written(scene)), lambda name: None, at(LONG))


def test_why_the_pairs_died_stands_before_that_the_budget_is_used_up() -> None:
    found = inspected(ended=TWO_DIED, job={"conditions": [BUDGET]})
    assert [each.partition(" (")[0] for each in answers(found)] == [
        "pairs 2 and 3: the simulator crashed",
        "The restart budget is used up",
    ]
    told = inspection_markdown(found, None)
    assert told.index("## Pair 3") < told.index("## The submission")


def test_what_need_not_come_again_but_did_is_not_said_to_stay_away() -> None:
    thrice = [{**SEGFAULT, "pair": 3, "attempt": n, "at": 300 * n} for n in (1, 2, 3)]
    told = inspection_text(inspected(ended=thrice), None)
    assert "again   it need not come again, but it did\n" in told
    once = inspection_text(inspected(ended=TWO_DIED), None)
    assert "again   it need not come again\n" in once


def test_what_concerns_all_of_it_stands_before_the_pairs() -> None:
    found = inspected(ended=TWO_DIED, job={"cancelled": True}, actions=[{"verb": "cancelled"}])
    assert answers(found)[0].startswith("It was cancelled")
    told = inspection_markdown(found, None)
    assert told.index("## The submission") < told.index("## Pair 2")


def test_what_a_pair_knows_for_certain_stands_before_a_hint_about_the_whole() -> None:
    found = inspected(
        events=[{"reason": "NodeNotSchedulable", "about": "node", "message": "cordoned"}],
        ended=[DEATH],
        containers={"agent-3": {"exit": 137, "reason": "OOMKilled"}},
    )
    assert found.is_told_by_pairs
    assert found.answer is not None
    assert found.answer.cause is not None
    assert found.answer.cause.name == "agent-out-of-memory"


def test_where_there_is_room_for_one_the_surest_pair_answers_for_all() -> None:
    asked = {"half": "agent", "attempt": 1, "reason": "terminated", "exit": 143, "signal": 15}
    died = [{**SEGFAULT, "pair": 3, "at": 400}, {**asked, "pair": 1, "at": 401}]
    found = inspected(ended=died, job={"conditions": [BUDGET]})
    assert answer_in_short(found).startswith("pair 3: the simulator crashed")
    over = inspected(ended=died, job={"cancelled": True}, actions=[{"verb": "cancelled"}])
    assert answer_in_short(over).startswith("It was cancelled")
    assert answer_in_short(inspected()) == ""


def test_the_document_names_what_an_event_is_about_and_its_reason() -> None:
    rebooted = {"reason": "Rebooted", "about": "node", "message": "Node gpu-1 has been rebooted"}
    document = inspection_document(inspected(events=[rebooted]), None)
    (told, *_) = document["answer"]["evidence"]
    assert (told["about"], told["reason"], told["container"]) == ("node", "Rebooted", None)


def test_the_first_lines_answer_for_everything_that_failed() -> None:
    found = inspected(ended=TWO_DIED, job={"conditions": [BUDGET]})
    assert tuple(inspection_text(found, None).splitlines()[2:4]) == answers(found)


def test_pairs_that_ended_alike_are_told_once_with_the_place_of_each() -> None:
    lines = inspection_text(inspected(ended=TWO_DIED), None).splitlines()
    assert sum(line.startswith("next ") for line in lines) == 1
    assert lines[2] == "pairs 2 and 3: the simulator crashed (signal 11) (certain; the simulator)"
    assert "pair 3  attempt 1  the simulator died first  the same" in lines


def test_what_a_pair_tells_with_more_is_not_said_of_the_whole_again() -> None:
    shared = {
        "kind": "shared-failure",
        "pair": 0,
        "text": "pairs 2 and 3: the agent's sensors are not allowed on this track",
    }
    ends = [
        {"pair": n, "attempt": 1, "half": "agent", "reason": "invalid-setup", "at": 60}
        for n in (2, 3)
    ]
    told = answers(inspected(ended=ends, problems=[shared]))
    assert told == (
        "pairs 2 and 3: the agent's sensors are not allowed (certain; the team's agent); "
        "it comes again until that is mended",
    )


def test_a_fact_is_told_in_words_and_not_in_fields() -> None:
    found = inspected(ended=TWO_DIED[:1], job={"conditions": [BUDGET]})
    told = inspection_text(found, None)
    assert "proof   simulator-2 crashed (signal 11), by its supervisor's word" in told
    assert "proof   Job Failed BackoffLimitExceeded: " in told


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


def test_who_spent_the_budget_is_named() -> None:
    spent = {
        "simulator-2": {"state": "running", "restarts": 6},
        "agent-3": {"state": "running", "restarts": 2},
    }
    found = inspected(containers=spent, job={"conditions": [BUDGET]})
    assert found.verdict is not None
    assert found.verdict.what.endswith("as often as it allows (pair 2 ×6, pair 3 ×2).")
