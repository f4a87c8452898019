"""Why a submission failed, from its board and from the logs that were recorded of it."""

from __future__ import annotations

from pathlib import Path

from console.diagnosis.verdict import Confidence
from console.operations.inspecting.attempt_lines import LINES, as_shown, lines_before
from console.operations.inspecting.inspection import inspect
from console.operations.ports.recorder import LogView, Recording
from console.recorder.recorder import Recorder
from tests.fakes.scenes import LONG, at, board_of, written

WHERE = Recording("lab", "races", "demo", "uid-1")
KILLED = {"pair": 3, "half": "simulator", "reason": "crashed", "exit": 137, "signal": 9}
ECHO = {"pair": 3, "half": "agent", "reason": "lost-partner"}


def logs(folder: Path, **texts: list[tuple[float, str]]) -> Recorder:
    """Recorded lines of containers, whose names are written with `_` for `-`."""
    recorder = Recorder(folder)
    writer = recorder.claim(WHERE)
    assert writer is not None
    for name, lines in texts.items():
        spool = writer.open_spool(name.replace("_", "-"), 0)
        for second, text in lines:
            spool.write(f"{at(second):%Y-%m-%dT%H:%M:%S}.000000000Z {text}\n".encode())
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
