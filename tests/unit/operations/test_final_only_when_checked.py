"""Whatever happens, the word final stands only beside the score of this very submission."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.documents import AT, document, merged_lines, plan_for
from msgspec.structs import replace

from console.cli.scores import results_text
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import JobSeen, PodSeen, PodVanished, ProgressReported
from console.domain.facts import (
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.folding import fold
from console.domain.progress import MergeStatus, ProgressReport
from console.operations.outcome.verify import launched_plan
from console.operations.outcome.view import results
from console.operations.ports.recorder import Recording
from console.operations.recording.progress import ProgressReader
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.presentation.result_documents import results_document
from console.recorder.recorder import Recorder
from console.specs.validation import Judged
from console.workers import protocol, snapshots

PLAN = plan_for("2.0")
JOB = JobFacts("demo", "x", "uid-1", AT, 8, plan=PLAN, leaderboard="2.0")
TEXT = json.dumps(document("2.0"))


def pod(name: str, minute: int, owner: str = "uid-1") -> PodFacts:
    logcopy = ContainerFacts("logcopy", ContainerState.RUNNING)
    created = AT + timedelta(minutes=minute)
    return PodFacts(
        name, "x", f"{name}-uid", "demo", "Running", (logcopy,), created_at=created, owner=owner
    )


FIRST, SECOND = pod("first", 0), pod("second", 5)


def with_condition(kind: str, reason: str = "") -> JobSeen:
    return JobSeen(AT, replace(JOB, conditions=(JobCondition(kind, True, reason),)))


def told(
    board: BoardSnapshot, *lines: str, of: PodFacts | None = None, reader: Any = None
) -> BoardSnapshot:
    reader = reader or ProgressReader(PLAN)
    for line in lines:
        for event in reader.line(line, AT, of.key if of else ""):
            board = fold(board, event)
    return board


def begun(*events: Any) -> BoardSnapshot:
    board = fold(BoardSnapshot("x", "demo"), JobSeen(AT, JOB))
    for event in events:
        board = fold(board, event)
    return board


def test_the_checked_document_of_the_pod_that_is_there_is_final() -> None:
    board = told(begun(PodSeen(AT, FIRST)), *merged_lines(TEXT), of=FIRST)
    assert results(board).final
    assert results(board).document == TEXT


def spoilt(how: str) -> list[str]:
    """The published parts of a long text, one of them not as it was."""
    long = json.dumps({**document("2.0"), "padding": "x" * 20_000})
    lines, other = merged_lines(long), merged_lines(long.replace("xx", "yx"))
    part = json.loads(lines[1].split(" ", 4)[4])
    if how == "missing":
        del lines[1]
    elif how == "of another text":
        lines[1] = other[1]
    elif how == "altered":
        altered = {**part, "text": part["text"].replace("x", "y", 1)}
        lines[1] = protocol.format_line("n0nce", 9, "merged", altered)
    elif how == "another digest":
        digested = {**part, "sha256": "0" * 64}
        lines[1] = protocol.format_line("n0nce", 9, "merged", digested)
    elif how == "beyond its end":
        lines[1] = protocol.format_line("n0nce", 9, "merged", {**part, "part": part["parts"]})
    elif how == "another nonce":
        lines = [line.replace("n0nce", "forged") for line in lines]
    return lines


@pytest.mark.parametrize(
    "how",
    ["missing", "of another text", "altered", "another digest", "beyond its end", "another nonce"],
)
def test_parts_that_do_not_make_the_announced_text_are_no_result(how: str) -> None:
    board = told(begun(PodSeen(AT, FIRST)), *spoilt(how), of=FIRST)
    view = results(board)
    assert (view.final, view.document, board.merged) == (False, None, None)
    assert view.why_not_final == "No drive has finished yet."


async def test_what_an_agent_prints_is_never_a_result(services, cluster, composed, pod_of) -> None:
    """Even with the right nonce, and although its log is read and recorded like the others."""
    job = (await launch(services, Judged(composed).valid)).job
    forged = [
        f"2026-11-22T10:00:0{n}.000000000Z {line}\n" for n, line in enumerate(merged_lines(TEXT))
    ]
    cluster.logs["pod-1", "agent-1", 0].lines += [line.encode() for line in forged]
    cluster.put(pod_of(agent_1=("running", 0), logcopy=("running", 0)))
    follower = Follower(services, "races", "demo")
    task = asyncio.create_task(follower.run())
    view = services.recorder.log(services.recording_of(job), "agent-1")
    async with asyncio.timeout(8):
        while not (view.line_count() and follower.board.pairs[0].agent_line):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert follower.board.merged is None
    assert not results(follower.board).final


def test_the_result_of_a_pod_that_was_replaced_is_not_final_any_more() -> None:
    """The new pod drives everything again; only what it publishes counts."""
    reader = ProgressReader(PLAN)
    board = told(begun(PodSeen(AT, FIRST)), *merged_lines(TEXT), of=FIRST, reader=reader)
    board = fold(fold(board, PodVanished(AT, FIRST.uid)), PodSeen(AT, SECOND))
    view = results(board)
    assert (view.final, view.document) == (False, None)
    assert view.why_not_final.startswith("An earlier pod published the merged result")
    completed = fold(board, with_condition("Complete"))
    assert completed.status is SubmissionStatus.INCOMPLETE
    better = json.dumps(document("2.0", 90.0))
    board = told(board, *merged_lines(better, 100), of=SECOND, reader=reader)
    assert results(board).final
    assert results(board).mean.composed == pytest.approx(91.5)


def test_a_recorded_result_of_an_earlier_pod_is_not_final_either() -> None:
    """A console that comes back reads both pods' lines after it has seen the present pod."""
    board = told(begun(PodSeen(AT, SECOND)), *merged_lines(TEXT), of=FIRST)
    assert not results(board).final
    alone = told(begun(), *merged_lines(TEXT), of=FIRST)
    assert results(alone).final
    assert not results(fold(alone, PodSeen(AT, SECOND))).final


def test_an_old_text_that_is_read_again_does_not_replace_the_newer_one() -> None:
    """logcopy's log is read from its beginning after its recording was."""
    older, newer = merged_lines(TEXT, 1), merged_lines(json.dumps(document("2.0", 80.0)), 50)
    reader = ProgressReader(PLAN)
    board = told(begun(PodSeen(AT, FIRST)), *older, *newer, of=FIRST, reader=reader)
    board = told(board, *older, of=FIRST, reader=reader)
    assert results(board).mean.composed == pytest.approx(81.5)


def test_an_unfinished_text_never_replaces_the_final_one() -> None:
    """A cancel after the end publishes nothing better."""
    unfinished = json.dumps({**document("2.0"), "entry_status": "Started"})
    lines = [*merged_lines(TEXT, 1), *merged_lines(unfinished, 50)]
    board = told(begun(PodSeen(AT, FIRST)), *lines, of=FIRST)
    assert results(board).final


def test_a_namesake_begins_without_the_result_of_the_one_before() -> None:
    """Deleted and launched again: another uid, another submission."""
    board = told(begun(PodSeen(AT, FIRST)), *merged_lines(TEXT), of=FIRST)
    namesake = JobSeen(AT, replace(JOB, uid="uid-2", plan=replace(PLAN, nonce="other")))
    board = fold(board, namesake)
    assert (board.merged, board.records, board.pod) == (None, (), None)
    board = fold(board, PodSeen(AT, SECOND))
    assert board.pod is None
    late = ProgressReader(replace(PLAN, nonce="other"))
    board = told(board, *merged_lines(TEXT), of=FIRST, reader=late)
    assert not results(board).final
    assert results(board).why_not_final == "No drive has finished yet."


def test_a_pod_seen_before_its_job_is_dropped_if_it_is_of_an_earlier_one() -> None:
    board = fold(BoardSnapshot("x", "demo"), PodSeen(AT, pod("old", 0, owner="uid-0")))
    board = fold(board, JobSeen(AT, JOB))
    assert (board.pod, board.budget.used) == (None, 0)
    assert board.status is SubmissionStatus.PENDING


def test_a_completed_job_whose_result_nobody_saw_is_unverified() -> None:
    board = begun(PodSeen(AT, FIRST), with_condition("Complete"))
    assert board.status is SubmissionStatus.UNVERIFIED
    assert not results(board).final


def test_a_failed_job_that_had_published_everything_is_failed_and_its_score_is_right() -> None:
    """The budget ran out behind the last drive: every launched drive is there exactly once."""
    board = told(begun(PodSeen(AT, FIRST)), *merged_lines(TEXT), of=FIRST)
    board = fold(board, with_condition("Failed", "BackoffLimitExceeded"))
    assert board.status is SubmissionStatus.FAILED
    assert board.reason.startswith("The restart budget of 8 is used up")
    view = results(board)
    assert (view.final, view.done, view.total) == (True, 4, 4)


def test_a_plan_that_was_learnt_later_takes_the_word_final_back() -> None:
    """The routes file has another route between two of the document's."""
    board = told(begun(PodSeen(AT, FIRST)), *merged_lines(TEXT), of=FIRST)
    pairs = [
        {"pair": 1, "routes": ["RouteScenario_0", "RouteScenario_1"]},
        {"pair": 2, "routes": ["RouteScenario_2", "RouteScenario_9", "RouteScenario_3"]},
    ]
    plan = {"v": 1, "leaderboard": "2.0", "repetitions": 1, "pairs": pairs}
    board = told(board, protocol.format_line("n0nce", 90, "plan", plan), of=FIRST)
    view = results(board)
    assert not view.final
    assert "4 of 5" in view.why_not_final


def report(sequence: int, second: int, done: int) -> ProgressReport:
    at = AT + timedelta(seconds=second)
    return ProgressReport(sequence, at, MergeStatus.RUNNING, done, 4, ())


def test_reports_are_ordered_by_their_pod_and_its_own_count_not_by_clocks() -> None:
    """The second node's clock is ten minutes behind, and the first one's was set back."""
    board = begun(PodSeen(AT, FIRST), ProgressReported(AT, report(900, 600, 2), FIRST.key))
    board = fold(board, ProgressReported(AT, report(901, 0, 3), FIRST.key))
    assert board.done == 3
    board = fold(board, ProgressReported(AT, report(900, 600, 2), FIRST.key))
    assert board.done == 3
    board = fold(board, PodSeen(AT, SECOND))
    assert board.report is None
    board = fold(board, ProgressReported(AT, report(5, 1, 1), SECOND.key))
    assert (board.report.sequence, board.done) == (5, 1)
    board = fold(board, ProgressReported(AT, report(902, 700, 4), FIRST.key))
    assert (board.report.sequence, board.done) == (5, 1)


def test_what_another_cluster_recorded_under_the_same_names_stays_there(tmp_path: Path) -> None:
    """Context, namespace, name and uid tell a recording; two of them alike are not enough."""
    recorder = Recorder(tmp_path)
    here = Recording("prod", "x", "demo", "11111111-uid")
    writer = recorder.claim(here)
    assert writer is not None
    for event in ProgressReader(PLAN).line(merged_lines(TEXT)[0], AT):
        writer.note(event)
    assert recorder.merged_text(here) == TEXT
    for other in (replace(here, cluster="test"), replace(here, uid="22222222-uid")):
        assert recorder.merged_text(other) is None
        assert list(recorder.history(other)) == []


@pytest.mark.parametrize(
    ("more", "said"), [(6, " of what was launched: 4 of the file's 10 routes"), (0, ""), (None, "")]
)
def test_a_final_result_says_how_much_of_the_routes_file_it_is(more: int | None, said: str) -> None:
    """In words and in JSON; where logcopy could not read the file, nothing is claimed."""
    plan = launched_plan(PLAN, None)
    assert plan is not None
    in_file = None if more is None else plan.routes + more
    payload = snapshots.plan_payload(plan._replace(file_routes=in_file))
    line = protocol.format_line(PLAN.nonce, 1, "plan", payload)
    board = told(begun(PodSeen(AT, FIRST)), line, *merged_lines(TEXT), of=FIRST)
    view = results(board)
    assert (view.final, view.launched_routes, view.file_routes) == (True, plan.routes, in_file)
    first = results_text(view).splitlines()[0]
    assert first.endswith(f"FINAL{said}")
    routes = results_document(view)["routes"]
    assert (routes["launched"], routes["inFile"]) == (plan.routes, in_file)


def test_what_an_older_logcopy_does_not_tell_of_the_file_is_unknown() -> None:
    plan = launched_plan(PLAN, None)
    assert plan is not None
    payload = snapshots.plan_payload(plan)
    del payload["file_routes"]
    line = protocol.format_line(PLAN.nonce, 1, "plan", payload)
    board = told(begun(PodSeen(AT, FIRST)), line, of=FIRST)
    assert board.routes is not None
    assert board.routes.file_routes is None
