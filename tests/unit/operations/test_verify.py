"""The console's own check of a merged document: nobody's word is taken for it."""

from __future__ import annotations

import json

import pytest
from fakes.documents import AT, document, plan_for

from console.cli.boards import board_text, plain
from console.cli.documents import board_document, row_document
from console.cli.scores import results_text
from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, MergedReported, ProgressReported, RouteFinished
from console.domain.facts import JobFacts
from console.domain.folding import fold
from console.domain.progress import MergedResult, MergeProblem, MergeStatus, ProgressReport
from console.operations.outcome.row import row_of
from console.operations.outcome.verify import launched_plan, verify
from console.operations.outcome.view import results
from console.operations.recording.progress import ProgressReader, finished_route
from console.presentation import result_lines as shown_results
from console.presentation import submission_words as shown_list
from console.presentation.result_documents import results_document
from console.results import statuses
from console.results.leaderboard import named
from console.results.partial_document import left_behind
from console.workers import protocol


def checked(version: str, doc: dict):
    return verify(launched_plan(plan_for(version), None), json.dumps(doc))


@pytest.fixture(params=["1.0", "2.0"])
def version(request) -> str:
    return request.param


def test_a_complete_document_is_final(version: str) -> None:
    verdict = checked(version, document(version))
    assert (verdict.final, verdict.why_not) == (True, "")


def spoil(doc: dict, how: str) -> None:
    inner = doc["_checkpoint"]
    if how == "missing":
        inner["records"].pop()
    elif how == "twice":
        inner["records"][1] = dict(inner["records"][0])
    elif how == "foreign":
        inner["records"][0]["route_id"] = inner["records"][0]["route_id"].replace("_0", "_9", 1)
    elif how == "unfinished":
        doc["entry_status"] = "Started"
    elif how == "no means":
        inner["global_record"] = {}
    elif how == "better means":
        scores = inner["global_record"].get("scores_mean") or inner["global_record"]["scores"]
        scores["score_composed"] = 100.0
    elif how == "hostile":
        inner["records"][0]["status"] = "\x1b[2J"
    elif how == "no records":
        inner["records"] = None


@pytest.mark.parametrize(
    "how",
    [
        "missing",
        "twice",
        "foreign",
        "unfinished",
        "no means",
        "better means",
        "hostile",
        "no records",
    ],
)
def test_whatever_is_wrong_it_is_not_final_and_a_sentence_says_why(version: str, how: str) -> None:
    doc = document(version)
    spoil(doc, how)
    verdict = checked(version, doc)
    assert not verdict.final
    assert verdict.why_not.endswith(".")
    assert verdict.why_not.isprintable()


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "{" * 2000, '{"_checkpoint": 3}'])
def test_text_of_any_kind_is_refused(text: str) -> None:
    assert not verify(launched_plan(plan_for("2.0"), None), text).final


MEANS = {"1.0": 73.5, "2.0": 71.5}
"""Of the driving scores of that document's records."""


def test_merged_lines_become_a_checked_result(version: str) -> None:
    text = json.dumps(document(version))
    reader = ProgressReader(plan_for(version))
    parts = protocol.merged_parts(text)
    lines = [protocol.format_line("n0nce", n, "merged", part) for n, part in enumerate(parts)]
    block = "".join(f"2026-11-22T10:00:00.000000000Z {line}\n" for line in lines).encode()
    events = list(reader.block(block, AT))
    assert [type(each) for each in events] == [MergedReported]
    assert events[0].result == MergedResult(
        protocol.digest_of(text), text, True, "", "Finished", True, driving_score=MEANS[version]
    )
    assert list(reader.block(block.replace(b"80.0", b"99.9").replace(b"n0nce", b"other"), AT)) == []


def test_results_are_final_only_with_the_checked_document(version: str) -> None:
    plan, doc = plan_for(version), document(version)
    job = JobFacts("demo", "x", "u", AT, 8, plan=plan, leaderboard=version)
    board = fold(BoardSnapshot("x", "demo"), JobSeen(AT, job))
    assert results(board).why_not_final == "No drive has finished yet."
    first = doc["_checkpoint"]["records"][0]
    board = fold(board, RouteFinished(AT, finished_route(1, "RouteScenario_0", 0, first)))
    partly = results(board)
    assert (partly.final, partly.done, partly.total, partly.mean.composed) == (
        False,
        1,
        plan.drives.total,
        70.0,
    )
    board = fold(board, MergedReported(AT, MergedResult("d", json.dumps(doc), True)))
    view = results(board)
    assert (view.final, view.done, len(view.rows), view.why_not_final) == (
        True,
        plan.drives.total,
        plan.drives.total,
        "",
    )
    assert view.mean.composed == pytest.approx(70 + (plan.drives.total - 1) / 2)
    assert view.spread is not None
    assert json.loads(view.document) == doc


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        "[]",
        "3",
        '{"pair":1}',
        '{"pair":"x","record":{}}',
        '{"t":1e30,"status":"running"}',
        '{"pairs":{}}',
        '{"leaderboard":"2.0","repetitions":1,"pairs":[{"pair":1,"routes":[3]}]}',
    ],
)
@pytest.mark.parametrize("kind", protocol.KINDS)
def test_payloads_of_the_wrong_shape_are_dropped(kind: str, payload: str) -> None:
    reader = ProgressReader(plan_for("2.0"))
    assert list(reader.line(f"@leaderboard n0nce 1 {kind} {payload}", AT)) == []


def test_without_a_nonce_in_the_job_the_first_plan_line_decides() -> None:
    reader = ProgressReader(None)
    plan = '{"leaderboard":"2.0","repetitions":1,"pairs":[]}'
    assert list(reader.line(f"@leaderboard x 1 snapshot {plan}", AT)) == []
    assert len(list(reader.line(f"@leaderboard mine 1 plan {plan}", AT))) == 1
    assert list(reader.line(f"@leaderboard other 2 plan {plan}", AT)) == []


def rejected(version: str) -> dict:
    """Complete, but one drive was refused its sensors."""
    doc = document(version)
    rows = doc["_checkpoint"]["records"]
    rows[2]["status"] = statuses.SENSORS_INVALID
    rows[2]["scores"] = {"score_route": 0, "score_penalty": 1.0, "score_composed": 0.0}
    left = left_behind(named(version), rows, len(rows), ["carla_camera"])
    return left | {"entry_status": "Rejected", "eligible": False}


def board_with(version: str, doc: dict) -> BoardSnapshot:
    plan = plan_for(version)
    job = JobFacts("demo", "x", "u", AT, 8, plan=plan, leaderboard=version)
    board = fold(BoardSnapshot("x", "demo"), JobSeen(AT, job))
    text = json.dumps(doc)
    found = verify(launched_plan(plan, None), text)
    merged = MergedResult(
        "d", text, found.final, found.why_not, found.entry_status, found.eligible,
        found.why_not_eligible,
    )  # fmt: skip
    return fold(board, MergedReported(AT, merged))


def test_a_complete_result_that_does_not_count_says_so_in_every_view(version: str) -> None:
    board = board_with(version, rejected(version))
    view, row = results(board), row_of(board)
    assert (view.final, view.entry_status, view.eligible) == (True, "Rejected", False)
    assert (row.entry_status, row.eligible) == ("Rejected", False)
    assert "ineligible" in {problem.kind for problem in view.problems}
    for told in (results_text(view), board_text(board)):
        assert "Rejected, not eligible" in told
        assert "Agent's sensors were invalid" in told
    for document_ in (results_document(view), board_document(board), row_document(row)):
        assert (document_["entryStatus"], document_["eligible"]) == ("Rejected", False)
    assert "✗ final" in plain([shown_results.verdict(view)])[0]
    assert "entry Rejected, not eligible" in plain([shown_list.detail(row, row.reason, "", AT)])[0]


def test_a_result_that_counts_says_that_too(version: str) -> None:
    board = board_with(version, document(version))
    assert results(board).eligible is True
    assert "entry Finished, eligible" in results_text(results(board))
    assert "entry Finished, eligible" in board_text(board)
    assert row_document(row_of(board))["eligible"] is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entry_status", "Finished"),
        ("entry_status", "Crashed"),
        ("eligible", True),
        ("eligible", 0),
    ],
)
def test_a_merged_document_cannot_hide_what_its_records_say(
    version: str, name: str, value: object
) -> None:
    verdict = checked(version, rejected(version) | {name: value})
    assert not verdict.final
    assert name in verdict.why_not


def test_a_merged_document_may_be_stricter_than_its_records(version: str) -> None:
    verdict = checked(version, document(version) | {"eligible": False})
    assert (verdict.final, verdict.eligible) == (True, False)
    assert "do not hold" in verdict.why_not_eligible


def test_why_a_result_does_not_count_is_told_in_logcopys_words_where_its_records_would_count(
    version: str,
) -> None:
    board = board_with(version, document(version) | {"eligible": False})
    text = "agent2/agent_results.json: what drove it is not proven to be the official evaluator"
    problems = (MergeProblem("evaluator", 2, "x"), MergeProblem("ineligible", 2, text))
    told = ProgressReported(AT, ProgressReport(9, AT, MergeStatus.COMPLETE, 20, 20, (), problems))
    assert results(fold(board, told)).why_not_eligible == f"{text}."


def test_a_record_of_a_drive_that_is_not_over_is_no_live_record(version: str) -> None:
    reader = ProgressReader(plan_for(version))
    raw = document(version)["_checkpoint"]["records"][0] | {"status": "Started"}
    line = protocol.format_line("n0nce", 1, "record", protocol.record_payload(1, raw))
    assert list(reader.line(line, AT)) == []
    assert reader.refused == 1
