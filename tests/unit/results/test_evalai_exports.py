"""EvalAI's three files: right by default, with the original's slips on request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from result_vectors import Vector, vector, vectors

from console.results import evalai_files
from console.results.leaderboard import V1_0, V2_0, named
from console.results.trustworthy import merge

EXPORTED = [each for each in vectors() if (each.folder / "evalai_stdout.txt").exists()]
"""Nothing of Bench2Drive goes to EvalAI."""


def _merged(case: Vector) -> Any:
    text = case.expected()
    left = case.folder / "endpoint_after_error.json"
    return json.loads(text) if text else json.loads(left.read_text()) if left.exists() else None


@pytest.mark.parametrize("case", EXPORTED, ids=str)
def test_the_original_texts_come_out_byte_for_byte(case: Vector) -> None:
    document = _merged(case)
    told = (case.folder / "evalai_stdout.txt").read_text()
    assert evalai_files.stdout(document, named(case.version), compat=True) == told
    results = (case.folder / "evalai_results.json").read_text()
    assert evalai_files.results(document, named(case.version)) == results


@pytest.mark.parametrize("case", EXPORTED, ids=str)
def test_by_default_only_the_slips_differ(case: Vector) -> None:
    told = (case.folder / "evalai_stdout.txt").read_text()
    mended = told.replace("- Off-road infractions:", "- Off-road infractions: ")
    assert evalai_files.stdout(_merged(case), named(case.version)) == mended


def test_a_submission_without_routes_is_not_called_completed() -> None:
    document = {
        "sensors": [],
        "_checkpoint": {"progress": [0, 0], "records": [], "global_record": {}},
    }
    assert "- Completed 0 out of the 0 routes\n" in evalai_files.stdout(document, V2_0)
    assert "- All 0 route have been completed\n" in evalai_files.stdout(document, V2_0, compat=True)


def test_a_sensor_without_a_pretty_name_keeps_its_own() -> None:
    document = {
        "sensors": ["carla_sonar"],
        "_checkpoint": {"progress": [0, 5], "records": [], "global_record": {}},
    }
    assert "  - 1 carla_sonar\n" in evalai_files.stdout(document, V2_0)
    with pytest.raises(KeyError):
        evalai_files.stdout(document, V2_0, compat=True)


@pytest.mark.parametrize("document", [None, {}, {"sensors": []}, {"_checkpoint": {}}])
def test_before_there_is_a_result_the_text_says_so(document: Any) -> None:
    assert evalai_files.stdout(document, V1_0).startswith("More information will be found here")


def test_the_metadata_is_the_merged_file_itself() -> None:
    case = vector("lb10-complete_r1_01")
    report = merge(case.plan(), case.partials())
    exported = evalai_files.files(report.document, report.text, V1_0)
    assert list(exported) == ["stdout.txt", "results.json", "metadata.json"]
    assert exported["metadata.json"] == report.text
    assert Path(case.folder, "evalai_results.json").read_text() == exported["results.json"]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("gone", ["meta", "status", "index", "route_id", "scores"])
def test_what_a_record_does_not_tell_is_a_question_mark_and_no_failure(
    version: str, gone: str
) -> None:
    document = _merged(vector(f"lb{version.replace('.', '')}-complete_r1_01"))
    rows = document["_checkpoint"]["records"]
    del rows[0][gone]
    told = evalai_files.files(document, "", named(version))
    assert ("?" in told["stdout.txt"]) == (gone != "scores")
    json.loads(told["results.json"])
    if gone in ("meta", "status"):
        with pytest.raises(KeyError):
            evalai_files.files(document, "", named(version), compat=True)


def test_a_number_that_a_global_record_lacks_is_null() -> None:
    document = _merged(vector("lb20-complete_r1_01"))
    del document["_checkpoint"]["global_record"]["infractions"]["red_light"]
    document["_checkpoint"]["global_record"]["scores_mean"]["score_route"] = "x"
    (entry,) = json.loads(evalai_files.results(document, V2_0))
    assert entry["accuracies"]["Red light infractions"] is None
    assert entry["accuracies"]["Route completion"] is None
    assert "  - Red light infractions: ?\n" in evalai_files.stdout(document, V2_0)


@pytest.mark.parametrize(
    "inner", [{"progress": [], "records": []}, {"progress": None, "records": None}, {"progress": 3}]
)
def test_a_document_that_is_hardly_one_still_gives_a_text(inner: Any) -> None:
    assert evalai_files.stdout({"sensors": None, "_checkpoint": inner}, V1_0).endswith("\n")
