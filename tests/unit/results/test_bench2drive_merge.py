"""Bench2Drive's partials: folders, one file a route, what is missing, and what its scripts make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.bench2drive import facts, routes_xml
from result_vectors import vector, vectors
from sample_merges import whole_set

from console.results import abilities, command
from console.results.checkpoint import UNTOLD
from console.results.leaderboard import BENCH2DRIVE, V2_0
from console.results.partial_document import left_behind

CASES = [each for each in vectors() if each.version == BENCH2DRIVE.name]
ABILITY = json.loads((vector("b2d-complete_r1_01").folder / "expected_ability.json").read_text())
"""As Bench2Drive's own script found them, on made-up maps."""


def _folder(at: Path, documents: list[Any]) -> Path:
    for number, document in enumerate(documents, 1):
        (at / f"eval_{number}.json").write_text(json.dumps(document))
    return at


def _one_a_route(documents: list[Any]) -> list[Any]:
    """As whoever drives each route with an evaluator of its own has them."""
    return [
        left_behind(BENCH2DRIVE, [dict(record, index=0)], 1, document["sensors"])
        for document in documents
        for record in document["_checkpoint"]["records"]
    ]


def _merge(at: Path, *paths: Path, routes: str | None = None, flags: tuple[str, ...] = ()) -> Any:
    out = at / "out.json"
    arguments = ["-f", *map(str, paths), "-e", str(out), "--leaderboard", BENCH2DRIVE.name]
    if routes is not None:
        (at / "routes.xml").write_text(routes)
        arguments += ["--routes", str(at / "routes.xml")]
    status = command.main([*arguments, *flags])
    return status, json.loads(out.read_text()) if out.exists() else None


def _launched(documents: list[Any]) -> str:
    """A routes file with the routes of these documents alone, in Bench2Drive's order."""
    rows = [row for each in documents for row in each["_checkpoint"]["records"]]
    ids = {row["route_id"].split("_")[1] for row in rows}
    lines = routes_xml().splitlines()
    kept = [line for line, fact in zip(lines, facts(), strict=False) if fact[0] in ids]
    return "<routes>" + "".join(kept).removeprefix("<routes>") + "</routes>"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_compat_writes_byte_for_byte_what_bench2drives_script_writes(case, tmp_path) -> None:
    out = tmp_path / "merged.json"
    arguments = ["-f", *case.paths, "-e", str(out), "--leaderboard", case.version, "--compat"]
    assert command.main(arguments) == 0
    assert out.read_text() == case.expected()


@pytest.mark.parametrize("shape", ["a file a pair", "a file a route"])
def test_a_folder_is_merged_with_the_plan_of_the_routes_file_alone(shape, tmp_path) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    parts = _one_a_route(documents) if "route" in shape else documents
    folder = tmp_path / "results"
    folder.mkdir()
    status, merged = _merge(tmp_path, _folder(folder, parts), routes=_launched(documents))
    expected = json.loads(vector("b2d-complete_r1_01").expected() or "")
    assert status == 0
    assert merged["_checkpoint"]["progress"] == [20, 20]
    told = {row["route_id"]: row for row in expected["_checkpoint"]["records"]}
    for row in merged["_checkpoint"]["records"]:
        del row["index"]
        assert row == told[row["route_id"]]
        assert list(row) == list(told[row["route_id"]])
    assert merged["eval num"] == expected["eval num"]
    assert merged["driving score"] == pytest.approx(expected["driving score"] * 220 / 20)
    assert merged["success rate"] == pytest.approx(expected["success rate"] * 220 / 20)


def test_what_no_file_tells_of_is_missing_by_name(tmp_path, capsys) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    _folder(folder, whole_set(BENCH2DRIVE.name))
    status, merged = _merge(tmp_path, folder, routes=routes_xml(), flags=("-o", "json"))
    report = json.loads(capsys.readouterr().out)
    assert (status, report["done"], report["total"]) == (7, 20, 220)
    *driven, missing = report["pairs"]
    assert [pair["missing"] for pair in driven] == [[]] * 4
    assert len(missing["missing"]) == 200
    assert "driving score" not in merged


def test_an_evaluator_that_ended_early_stands_for_the_routes_behind_its_last(
    tmp_path, capsys
) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    routes = _launched(documents)
    inner = documents[1]["_checkpoint"]
    inner.update(global_record={}, progress=[3, 5], records=inner["records"][:3])
    documents[1].update(entry_status="Started", eligible=False, values=[], labels=[])
    folder = tmp_path / "results"
    folder.mkdir()
    status, _ = _merge(tmp_path, _folder(folder, documents), routes=routes, flags=("-o", "json"))
    report = json.loads(capsys.readouterr().out)
    assert (status, report["done"], len(report["pairs"])) == (7, 18, 4)
    assert len(report["pairs"][1]["missing"]) == 2
    assert "contradiction" not in {problem["kind"] for problem in report["problems"]}


def test_a_drive_that_two_files_tell_of_is_named_with_both(tmp_path, capsys) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    folder = tmp_path / "results"
    folder.mkdir()
    _folder(folder, [*documents, documents[0]])
    status, _ = _merge(tmp_path, folder, routes=_launched(documents))
    assert status == 7
    told = capsys.readouterr().err
    assert "duplicate" in told
    assert "eval_5.json" in told
    assert "eval_1.json" in told


def test_what_scripts_wrote_beside_the_partials_is_left_out_and_named(tmp_path, capsys) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    folder = tmp_path / "results"
    folder.mkdir()
    _folder(folder, documents)
    (folder / "merged.json").write_text(vector("b2d-complete_r1_01").expected() or "")
    (folder / "merged_ability.json").write_text("{}")
    assert _merge(tmp_path, folder, routes=_launched(documents))[0] == 0
    assert "Left out, for they hold no partial" in capsys.readouterr().err


def test_what_a_script_made_of_results_is_left_out_though_it_is_named(tmp_path, capsys) -> None:
    """As a shell's `*` names it."""
    documents = whole_set(BENCH2DRIVE.name)
    folder = _folder(tmp_path, documents)
    beside = [tmp_path / "merged_ability.json", tmp_path / "results.csv"]
    beside[0].write_text('{"Overtaking": 0.5, "mean": 0.5}')
    beside[1].write_text("route,score\n1,2\n")
    partials = sorted(folder.glob("eval_*.json"))
    assert _merge(tmp_path, *beside, *partials, routes=_launched(documents))[0] == 0
    told = capsys.readouterr().err
    assert "Left out, for they hold no partial" in told
    assert "merged_ability.json" in told
    assert "results.csv" in told
    assert _merge(tmp_path, *beside)[0] == 2
    assert "give the file of each pair or route" in capsys.readouterr().err


def test_a_file_of_a_folder_that_is_no_result_is_left_out_and_named(tmp_path, capsys) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    folder = tmp_path / "results"
    folder.mkdir()
    _folder(folder, documents)
    (folder / "config.json").write_text('{"seed": 3}')
    (folder / "seeds.json").write_text("[1, 2]")
    assert _merge(tmp_path, folder, routes=_launched(documents))[0] == 0
    told = capsys.readouterr().err
    assert "Left out, for they hold no partial" in told
    assert "config.json" in told
    assert "seeds.json" in told
    assert "hostile" not in told


def test_a_result_that_is_torn_is_not_left_out(tmp_path, capsys) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    folder = tmp_path / "results"
    folder.mkdir()
    (_folder(folder, documents) / "eval_9.json").write_text('{"_checkpoint": {"pro')
    assert _merge(tmp_path, folder, routes=_launched(documents))[0] == 7
    assert "torn" in capsys.readouterr().err


def test_a_folder_without_a_result_is_wrong_input(tmp_path, capsys) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "config.json").write_text('{"seed": 3}')
    assert _merge(tmp_path, folder)[0] == 2
    assert "have no result file" in capsys.readouterr().err


def test_a_second_copy_of_a_folder_is_one_line_a_file(tmp_path, capsys) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    each = _one_a_route(documents)[:5]
    folders = [tmp_path / name for name in ("first", "copy")]
    for folder in folders:
        folder.mkdir()
        _folder(folder, each)
    status, _ = _merge(tmp_path, *folders, routes=_launched(each))
    assert status == 7
    told = [line for line in capsys.readouterr().err.splitlines() if "copy/eval_" in line]
    assert len(told) == len(each)
    assert all(line.startswith("duplicate: ") for line in told)


def test_an_empty_folder_is_wrong_input(tmp_path, capsys) -> None:
    (tmp_path / "results").mkdir()
    assert _merge(tmp_path, tmp_path / "results")[0] == 2
    assert "has no result file" in capsys.readouterr().err


def test_what_the_script_merged_is_merged_again_and_does_not_count(tmp_path, capsys) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    file = tmp_path / "merged.json"
    file.write_text(vector("b2d-complete_r1_01").expected() or "")
    status, merged = _merge(tmp_path, file, routes=_launched(documents))
    told = capsys.readouterr()
    assert (status, merged["eligible"]) == (8, False)
    assert "complete: 20 of 20 drives" in told.out
    assert UNTOLD in told.err


def test_abilities_are_those_of_bench2drives_script_and_a_sign_is_unknown_without_a_map(
    tmp_path, capsys
) -> None:
    documents = whole_set(BENCH2DRIVE.name)
    folder = tmp_path / "results"
    folder.mkdir()
    flags = ("-o", "json")
    _merge(tmp_path, _folder(folder, documents), routes=_launched(documents), flags=flags)
    told = json.loads(capsys.readouterr().out)["successes"]
    assert (told["succeeded"], told["success_rate"], told["mean_ability"]) == (7, 35.0, None)
    for name, right in ABILITY.items():
        score = told["abilities"].get(name)
        if name == abilities.SIGNS:
            assert score["share"] is None
            assert score["least"] <= right * score["drives"] <= score["most"]
        elif score:
            assert score["share"] == pytest.approx(100 * right)


def test_slowness_costs_nothing_there_and_keeps_no_drive_from_success() -> None:
    slow = {"min_speed_infractions": ["slow"]}
    assert BENCH2DRIVE.penalty(slow, [0.5]) == 1.0
    assert V2_0.penalty(slow, [0.5]) < 1.0
    assert abilities.JudgedDrive("Accident", "Completed", 100, slow).succeeded
    assert not abilities.JudgedDrive("Accident", "Completed", 100, {"red_light": ["x"]}).succeeded


def test_every_kind_of_bench2drive_asks_for_an_ability() -> None:
    known = {kind for kinds in abilities.ABILITIES.values() for kind in kinds}
    assert len(facts()) == 220
    assert {kind for _, _, kind in facts()} <= known


def test_a_resume_of_bench2drive_drives_everything_behind_a_failure_again() -> None:
    rows = [{"status": each} for each in ("Perfect", "Failed - Agent crashed", "Perfect")]
    assert BENCH2DRIVE.words.resumes_at("Started", 3, rows) == 1
    assert V2_0.words.resumes_at("Started", 3, rows) == 3
