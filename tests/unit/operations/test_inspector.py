"""A followed submission is inspected again only where something new of it failed."""

from __future__ import annotations

from console.operations.inspecting.inspector import Inspector, failures_of
from console.operations.ports.recorder import LogView
from console.presentation.verdicts import answers
from tests.fakes.scenes import LONG, at, board_of, written

CRASH = {"pair": 3, "attempt": 1, "half": "agent", "reason": "invalid-setup", "exit": 0, "at": 60}


def test_what_is_well_is_not_inspected_and_no_log_of_it_is_read() -> None:
    asked: list[str] = []

    def log(container: str) -> LogView | None:
        asked.append(container)
        return None

    assert Inspector(log, lambda: at(LONG)).of(board_of(written({}))) is None
    assert asked == []


def test_the_same_failures_are_looked_at_once_and_a_new_one_again() -> None:
    asked: list[str] = []

    def log(container: str) -> LogView | None:
        asked.append(container)
        return None

    inspector = Inspector(log, lambda: at(LONG))
    first = inspector.of(board_of(written({"ended": [CRASH]})))
    read = len(asked)
    assert inspector.of(board_of(written({"ended": [CRASH]}))) is first
    assert len(asked) == read > 0
    again = inspector.of(board_of(written({"ended": [CRASH, {**CRASH, "attempt": 2, "at": 300}]})))
    assert again is not first


def test_an_end_that_comes_again_for_certain_is_told_at_its_first_time() -> None:
    found = Inspector(lambda name: None, lambda: at(LONG)).of(board_of(written({"ended": [CRASH]})))
    assert answers(found) == (
        "pair 3: the agent's sensors are not allowed (certain; the team's agent); "
        "it comes again until that is mended",
    )


def test_an_end_by_chance_is_told_as_a_rule_at_its_second_time() -> None:
    died = {"pair": 2, "half": "simulator", "reason": "crashed", "exit": 139, "signal": 11}
    once = board_of(written({"ended": [{**died, "attempt": 1, "at": 60}]}))
    twice = board_of(written({"ended": [{**died, "attempt": n, "at": 60 * n} for n in (1, 2)]}))
    inspector = Inspector(lambda name: None, lambda: at(LONG))
    assert "the same cause" not in answers(inspector.of(once))[0]
    assert answers(inspector.of(twice))[0].endswith(
        "the same cause ended 2 of its 2 failed attempts"
    )


def test_a_complete_submission_has_no_failure_to_inspect() -> None:
    assert failures_of(board_of(written({}))) == ()
