"""carla_garage's files: Longest6, one file a route, with the summaries of an older evaluator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from result_vectors import vector
from sample_merges import whole_set

from console.results import command
from console.results.leaderboard import LONGEST6, V1_0

CASE = vector("longest6-complete_r1_01")


def test_no_stop_sign_costs_anything_in_longest6() -> None:
    stops = {"stop_infraction": ["ran it"], "red_light": ["ran it"]}
    assert LONGEST6.penalty(stops, ()) == pytest.approx(0.7)
    assert V1_0.penalty(stops, ()) == pytest.approx(0.7 * 0.8)


def test_its_files_are_merged_and_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    arguments = ["-f", *CASE.paths, "-e", str(out), "--leaderboard", LONGEST6.name]
    assert command.main([*arguments, "--repetitions", "1"]) == 0
    assert capsys.readouterr().err == ""
    right = json.loads(CASE.expected() or "")["_checkpoint"]["global_record"]
    merged = json.loads(out.read_text())["_checkpoint"]["global_record"]
    assert merged["scores"] == right["scores"]
    assert merged["scores_std_dev"] == right["scores_std_dev"]


def test_as_1_0_they_are_complete_but_the_free_stop_signs_are_named(tmp_path, capsys) -> None:
    arguments = ["-f", *CASE.paths, "-e", str(tmp_path / "out.json"), "--leaderboard", "1.0"]
    assert command.main([*arguments, "--repetitions", "1"]) == 8
    assert "it fits Leaderboard Longest6" in capsys.readouterr().err


def test_a_false_score_in_an_older_summary_is_still_found(tmp_path, capsys) -> None:
    documents = whole_set(LONGEST6.name)
    documents[0]["_checkpoint"]["global_record"]["scores"]["score_composed"] = 99.0
    paths = [tmp_path / f"{number}.json" for number in range(4)]
    for path, document in zip(paths, documents, strict=True):
        path.write_text(json.dumps(document))
    arguments = ["-f", *map(str, paths), "-e", str(tmp_path / "out.json")]
    assert command.main([*arguments, "--leaderboard", LONGEST6.name, "--repetitions", "1"]) == 8
    assert "score-mismatch" in capsys.readouterr().err
