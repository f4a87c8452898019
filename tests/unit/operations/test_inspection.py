"""Why a submission failed, from its board and from the logs that were recorded of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from console.diagnosis.catalogue import catalogue
from console.diagnosis.verdict import Confidence
from console.domain.board import PairStatus, SubmissionStatus
from console.domain.budget import RestartBudget
from console.operations.inspecting.advice_by_state import OUTLIVED
from console.operations.inspecting.attempt_lines import LINES, as_shown, lines_before
from console.operations.inspecting.inspection import PairInspection, inspect
from console.operations.ports.recorder import LogView, Recording
from console.recorder.recorder import Recorder
from tests.fakes.scenes import LONG, at, board_of, written

DRIVING = PairStatus.DRIVING
WHERE = Recording("lab", "races", "demo", "uid-1")
KILLED = {"pair": 3, "half": "simulator", "reason": "crashed", "exit": 137, "signal": 9}
ECHO = {"pair": 3, "half": "agent", "reason": "lost-partner"}


def logs(folder: Path, **texts: list[tuple[float, str]]) -> Recorder:
    """Recorded lines of containers, whose names are written with `_` for `-`."""
    return runs(folder, **{name: [lines] for name, lines in texts.items()})


def runs(folder: Path, **texts: list[list[tuple[float, str]]]) -> Recorder:
    """The same, run after run."""
    recorder = Recorder(folder)
    writer = recorder.claim(WHERE)
    assert writer is not None
    for name, told in texts.items():
        for number, lines in enumerate(told):
            spool = writer.open_spool(name.replace("_", "-"), number)
            for second, text in lines:
                spool.write(f"{at(second):%Y-%m-%dT%H:%M:%S.%f}000Z {text}\n".encode())
            spool.close()
    writer.release()
    return recorder


def test_each_failed_attempt_has_a_verdict_and_the_last_one_is_the_pairs() -> None:
    ended = [
        {**KILLED, "attempt": 1, "at": 400},
        {**ECHO, "attempt": 1, "at": 402},
        {**KILLED, "attempt": 2, "at": 900, "kubelet": "OOMKilled"},
    ]
    board = board_of(written({"ended": ended}))
    found = inspect(board, lambda name: None, at(LONG)).pair(3)
    assert [each.cause.name for each in found.attempts if each.cause] == [
        "simulator-killed",
        "simulator-out-of-memory",
    ]
    assert found.verdict is not None
    assert found.verdict.confidence is Confidence.CERTAIN
    assert found.repeated == 1


def test_of_a_complete_submission_nobody_is_told_to_resume_it() -> None:
    ended = [{**KILLED, "attempt": 1, "at": 400}, {**ECHO, "attempt": 1, "at": 402}]
    board = board_of(written({"ended": ended}))
    failed = replace(board, status=SubmissionStatus.FAILED)
    before = inspect(failed, lambda name: None, at(LONG)).pair(3).verdict
    complete = replace(board, status=SubmissionStatus.COMPLETE)
    after = inspect(complete, lambda name: None, at(LONG)).pair(3).verdict
    assert before is not None
    assert after is not None
    assert after.advice == f"{OUTLIVED} Should it come again: {before.advice}"
    assert (after.what, after.cause) == (before.what, before.cause)


@pytest.mark.parametrize(
    ("spent", "left"),
    [
        ({"agent-3": 1, "simulator-3": 1}, "after a failure it can 2 times more."),
        ({"agent-3": 2, "simulator-3": 2}, "after a failure it can once more."),
        (
            {"agent-3": 3, "simulator-3": 3},
            "no resume is left: the next failure ends the Job.",
        ),
    ],
)
def test_of_a_pair_that_goes_on_is_said_how_often_it_still_can(
    spent: dict[str, int], left: str
) -> None:
    ended = [{**KILLED, "attempt": 1, "at": 400}, {**ECHO, "attempt": 1, "at": 402}]
    board = replace(board_of(written({"ended": ended})), budget=RestartBudget.of(8, spent))
    driving = replace(board, pairs=tuple(replace(p, status=DRIVING) for p in board.pairs))
    told = inspect(driving, lambda name: None, at(LONG)).pair(3).verdict
    assert told is not None
    assert told.advice.startswith(f"It goes on by itself, and {left} Should it end by this: Look")


def test_no_advice_of_the_catalogue_supposes_what_is_left_of_a_submission() -> None:
    supposed = re.compile("resumes? (is|are|left)|budget has|by itself while|whole budget$")
    assert not [each.name for each in catalogue().causes if supposed.search(each.advice)]


def test_the_pair_that_failed_most_often_answers_for_a_submission_that_has_no_cause_of_its_own() -> (
    None
):
    ended = [{**KILLED, "attempt": n, "at": 400 * n} for n in (1, 2)]
    ended.append({**KILLED, "pair": 1, "attempt": 1, "at": 700})
    found = inspect(board_of(written({"ended": ended})), lambda name: None, at(LONG))
    assert found.culprit is not None
    assert found.culprit.number == 3
    assert found.answer is found.culprit.verdict


def test_nothing_is_said_of_pairs_that_did_not_fail() -> None:
    found = inspect(board_of(written({})), lambda name: None, at(LONG))
    assert found.answer is None
    assert [each.verdict for each in found.pairs] == [None] * 4


def test_the_lines_that_are_looked_at_end_just_after_the_death(tmp_path: Path) -> None:
    recorder = logs(tmp_path, agent_3=[(second, f"line {second}") for second in range(1000)])

    def view(name: str) -> LogView:
        return recorder.log(WHERE, name)

    seen = lines_before("agent-3", view, at(500))
    assert (seen[0].text, seen[-1].text) == ("line 0", "line 509")
    assert seen[-1].number is not None
    assert view("agent-3").lines(seen[-1].number, seen[-1].number + 1)[0].text == "line 509"


def test_of_a_long_log_only_its_end_is_looked_at(tmp_path: Path) -> None:
    recorder = logs(tmp_path, agent_3=[(1, f"line {n}") for n in range(3 * LINES)])
    seen = lines_before("agent-3", lambda name: recorder.log(WHERE, name), None)
    assert len(seen) == LINES
    assert seen[-1].text == f"line {3 * LINES - 1}"


def test_a_line_that_was_rewritten_counts_as_it_was_left() -> None:
    assert as_shown("10%|#   |\r 90%|#########|\r") == " 90%|#########|"
    assert as_shown("\x1b[31mred\x1b[0m") == "red"


def causes(found: PairInspection) -> list[str]:
    return [each.cause.name if each.cause else "?" for each in found.attempts]


def test_attempts_that_follow_each_other_within_seconds_have_each_its_own_lines(
    tmp_path: Path,
) -> None:
    """A supervisor tells whole seconds: what was said in the last one is of what ended then."""
    recorder = runs(
        tmp_path,
        simulator_3=[
            [(100, "it boots"), (104.8, "Signal 11 caught.")],
            [(106, "it boots")],
            [(113, "it boots")],
        ],
        agent_3=[
            [(101, "it waits")],
            [(106, "it waits"), (109.9, "RuntimeError: map not found")],
            [(112, "it waits"), (114, "ModuleNotFoundError: No module named 'timm'")],
        ],
    )
    died = {"pair": 3, "half": "agent", "reason": "crashed", "exit": 1}
    ended = [
        {**KILLED, "attempt": 1, "signal": 11, "exit": 139, "at": 104},
        {**ECHO, "attempt": 1, "at": 105},
        {**died, "attempt": 2, "at": 109},
        {**ECHO, "half": "simulator", "attempt": 2, "at": 111},
        {**died, "attempt": 3, "at": 114},
    ]
    board = board_of(written({"ended": ended}))
    found = inspect(board, lambda name: recorder.log(WHERE, name), at(LONG)).pair(3)
    assert causes(found) == ["simulator-segfault", "simulator-map-missing", "agent-module-missing"]


def test_who_sees_the_last_two_runs_alone_does_not_take_them_for_all(tmp_path: Path) -> None:
    """As one who looks late: what is recorded of the first attempt is of it all the same."""
    recorder = runs(tmp_path, agent_3=[[(90, "it waits"), (99, "RuntimeError: map not found")]])
    late = {"restarts": 5, "previous": {"exit": 1, "began": 2900, "at": 3000}}
    ended = [{"pair": 3, "attempt": 1, "half": "agent", "reason": "crashed", "exit": 1, "at": 100}]
    board = board_of(
        written({"ended": ended, "containers": dict.fromkeys(("simulator-3", "agent-3"), late)})
    )
    board = replace(board, pairs=tuple(replace(each, began=None) for each in board.pairs))
    found = inspect(board, lambda name: recorder.log(WHERE, name), at(LONG)).pair(3)
    assert causes(found) == ["simulator-map-missing"]


def test_what_the_kubelet_says_of_one_attempt_is_no_word_on_the_next() -> None:
    killed = {"restarts": 1, "previous": {"exit": 137, "reason": "OOMKilled", "at": 105}}
    ended = [
        {**KILLED, "half": "agent", "attempt": 1, "reason": "vanished", "at": 104},
        {**KILLED, "half": "agent", "attempt": 2, "at": 120},
    ]
    board = board_of(written({"ended": ended, "containers": {"agent-3": killed}}))
    found = inspect(board, lambda name: None, at(LONG)).pair(3)
    assert causes(found) == ["agent-out-of-memory", "agent-killed"]


OVER = [{"type": "Failed", "reason": "DeadlineExceeded", "message": "too long"}]
ENDED_BY_KUBELET = {"exit": 137, "reason": "Error", "at": 3000}


def test_what_is_ended_with_the_whole_is_no_failure_of_a_pair() -> None:
    halves = dict.fromkeys(("simulator-3", "agent-3"), ENDED_BY_KUBELET)
    board = board_of(written({"containers": halves, "job": {"conditions": OVER}}))
    found = inspect(board, lambda name: None, at(LONG))
    assert found.answer is not None
    assert found.answer.cause is not None
    assert found.answer.cause.name == "deadline-exceeded"
    assert [each.verdict for each in found.pairs] == [None] * 4


def scheduling(*told: tuple[float, str]) -> list[dict[str, object]]:
    words = "0/1 nodes are available: 1 "
    return [{"reason": "FailedScheduling", "message": words + why, "at": at} for at, why in told]


STOPPED = {"attempt": 1, "reason": "terminated", "at": 905}
SPENT = {"type": "Failed", "reason": "BackoffLimitExceeded", "message": "Reached the limit."}


def ends_of_a_spent_budget() -> list[dict[str, Any]]:
    """Pair 3's server crashes until the Job fails; both halves of pair 1 are stopped with it."""
    ended: list[dict[str, Any]] = [{**KILLED, "attempt": n, "at": 200 * n} for n in range(1, 5)]
    ended += [{**ECHO, "attempt": n, "at": 200 * n + 2} for n in range(1, 5)]
    return ended + [{**STOPPED, "pair": 1, "half": half} for half in ("agent", "simulator")]


def test_who_was_stopped_because_the_budget_was_spent_has_no_cause_of_its_own() -> None:
    scene = {"ended": ends_of_a_spent_budget(), "job": {"conditions": [SPENT]}}
    found = inspect(board_of(written(scene)), lambda name: None, at(LONG))
    assert found.verdict is not None
    assert found.verdict.cause is not None
    assert found.verdict.cause.name == "budget-used-up"
    assert found.verdict.confidence is Confidence.CERTAIN
    assert found.pair(1).verdict is None
    assert causes(found.pair(3)) == ["simulator-killed"] * 4
    assert found.answer is found.pair(3).verdict


def test_who_was_stopped_while_the_budget_was_not_spent_was_asked_by_somebody() -> None:
    scene = {"ended": ends_of_a_spent_budget(), "job": {}}
    found = inspect(board_of(written(scene)), lambda name: None, at(LONG)).pair(1)
    assert found.verdict is not None
    assert found.verdict.cause is not None
    assert found.verdict.cause.name == "asked-to-stop"


@pytest.mark.parametrize(
    "pod",
    [
        {"containers": {"simulator-3": ENDED_BY_KUBELET}},
        {"containers": dict.fromkeys(("simulator-3", "agent-3"), ENDED_BY_KUBELET)},
        {"ended": [{"pair": 3, "half": "agent", **STOPPED}], "pod": {"deleting": True}},
    ],
)
def test_who_was_stopped_with_a_suspended_job_has_no_cause_of_its_own(pod) -> None:
    scene = {**pod, "job": {"suspended": True}}
    found = inspect(board_of(written(scene)), lambda name: None, at(LONG))
    assert found.answer is not None
    assert found.answer.cause is not None
    assert found.answer.cause.name == "suspended"
    assert [each.verdict for each in found.pairs] == [None] * 4


def test_the_newest_word_of_the_scheduler_is_the_one_that_holds() -> None:
    events = scheduling((30, "node(s) were unschedulable."), (40, "Insufficient nvidia.com/gpu."))
    pod = {"phase": "Pending", "node": "", "reason": "Unschedulable"}
    board = board_of(written({"events": events, "pod": pod, "containers": WAITING}))
    found = inspect(board, lambda name: None, at(LONG)).answer
    assert found is not None
    assert found.cause is not None
    assert (found.cause.name, found.contradictions) == ("gpus-unschedulable", ())


WAITING = {
    f"{half}-{n}": {"state": "waiting"} for half in ("simulator", "agent") for n in range(1, 5)
}


def test_what_ran_in_the_second_in_which_it_had_no_node_has_found_one() -> None:
    board = board_of(written({"events": scheduling((2, "node(s) were unschedulable."))}))
    assert inspect(board, lambda name: None, at(LONG)).answer is None
