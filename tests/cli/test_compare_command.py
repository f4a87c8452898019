"""`compare`: submissions, recorded ones and files against each other, or a refusal in words."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from fakes.documents import document, record

from console.operations.ports.recorder import Recording
from console.workers import protocol


def drives(*scores: float) -> list[bytes]:
    """What logcopy tells of routes 0, 1, … with these scores."""
    told = (
        protocol.record_payload(1, record("2.0", number, 0, number, score))
        for number, score in enumerate(scores)
    )
    lines = (protocol.format_line("n0nce", n, "record", each) for n, each in enumerate(told, 1))
    return [line.encode() for line in lines]


def ran(stage: Any, name: str, *scores: float) -> Recording:
    """Recorded while it ran, and still there."""
    recording: Recording = stage.launch(name)
    stage.record(recording, "logcopy", *drives(*scores))
    return recording


def file_of(folder: Path, first: float = 70.0, version: str = "2.0") -> str:
    path = folder / f"{version}-{first:g}.json"
    path.write_text(json.dumps(document(version, first)))
    return str(path)


def test_recorded_submissions_are_compared_route_by_route(stage) -> None:
    ran(stage, "team-1", 50.0, 80.0, 90.0)
    ran(stage, "team-2", 60.0, 75.0)
    told = stage.command("compare", "team-1", "team-2", "--recorded", "-o", "json")
    assert told.code == 0
    found = json.loads(told.out)
    assert [each["delta"]["composed"] for each in found["results"]] == [0.0, 2.5]
    assert found["results"][1]["missing"] == ["RouteScenario_2"]
    assert found["results"][0]["origin"].startswith("recording of fake, uid ")


def test_what_is_not_final_is_said_so_on_every_form(stage) -> None:
    ran(stage, "team-1", 50.0)
    ran(stage, "team-2", 60.0)
    for form in ("table", "json", "csv", "markdown"):
        told = stage.command("compare", "team-1", "team-2", "--recorded", "-o", form)
        assert told.told.count("is not final:") == 2
        if form == "csv":
            assert {row["final"] for row in csv.DictReader(told.out.splitlines())} == {"no"}
        elif form == "json":
            assert json.loads(told.out)["final"] is False
        else:
            assert "not final" in told.out


def test_a_deleted_submission_is_compared_with_what_is_there(stage) -> None:
    stage.pod(ran(stage, "team-2", 60.0), logcopy=drives(60.0))
    ran(stage, "team-1", 50.0)
    stage.forget("team-1")
    told = stage.run("compare", "team-1", "job/team-2")
    assert (told.code, "▲ +10.00" in told.out) == (0, True)
    assert "note: There is no Job races/team-1" in told.told


def test_an_earlier_namesake_is_meant_by_its_uid(stage) -> None:
    first = ran(stage, "demo", 50.0)
    stage.forget()
    second = ran(stage, "demo", 70.0)
    stage.forget()
    for flags in ((), ("--recorded",)):
        told = stage.command("compare", first.uid, second.uid, *flags, "-o", "json")
        means = [each["means"]["composed"] for each in json.loads(told.out)["results"]]
        assert means == [50.0, 70.0]


def test_files_are_compared_without_any_cluster(stage, tmp_path) -> None:
    stage.cluster.description = None
    one, other = file_of(tmp_path, 70.0), file_of(tmp_path, 60.0)
    told = stage.command("compare", one, other)
    assert told.code == 0
    assert "ROUTE" in told.out
    assert "▼ -10.00" in told.out


def test_a_file_is_compared_with_a_submission(stage, tmp_path) -> None:
    ran(stage, "demo", 50.0)
    told = stage.command("compare", file_of(tmp_path), "demo", "--recorded", "-o", "markdown")
    assert "- B: demo, recording of fake" in told.out
    assert "  - it lacks 1, 2, 3" in told.out


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("{a}", "{old}"), 2, "Results of different Leaderboards cannot be compared"),
        (("{a}",), 2, "a comparison needs two"),
        (("{a}", "./none.json"), 2, "does not exist"),
        (("{a}", "Nobody!"), 2, "No submission can be called"),
        (("{a}", "nobody"), 5, "recorded nothing of races/nobody"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_reason(
    stage, tmp_path, words: tuple[str, ...], code: int, why: str
) -> None:
    given = {"a": file_of(tmp_path), "old": file_of(tmp_path, version="1.0")}
    told = stage.run("compare", *(word.format(**given) for word in words))
    assert (told.code, told.stdout) == (code, b"")
    assert why in told.told


def test_recorded_alone_is_told_where_nothing_is(stage) -> None:
    told = stage.command("compare", "nobody", "other", "--recorded")
    assert told.code == 5
    assert "Nothing is recorded here of nobody" in told.told


@pytest.mark.parametrize(("form", "begin"), [("csv", "pair,route,"), ("markdown", "# Results of")])
def test_one_result_is_told_as_a_table_for_others(stage, form: str, begin: str) -> None:
    ran(stage, "demo", 50.0)
    told = stage.run("results", "demo", "--recorded", "-o", form)
    assert (told.code, told.out.startswith(begin)) == (7, True)
    assert "not final" in told.told


def test_plots_come_on_a_command_line_too_and_no_wider_than_it(stage, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    ran(stage, "team-1", 50.0, 80.0)
    ran(stage, "team-2", 60.0, 75.0)
    told = stage.command("compare", "team-1", "team-2", "--recorded", "-o", "plots")
    assert (told.code, told.out.count("●")) == (0, 2)
    assert "B AGAINST A: 1 routes above, 1 below" in told.out
    assert max(map(len, told.out.splitlines())) <= 70


def test_one_result_is_plotted_and_said_not_to_be_final(stage) -> None:
    ran(stage, "demo", 50.0, 100.0)
    told = stage.run("results", "demo", "--recorded", "-o", "plots")
    assert told.code == 7
    assert "DRIVING SCORE: drives in each tenth" in told.out
    assert "90 – 100 │⣿" in told.out
    assert "not final" in told.told


def test_the_first_of_several_is_what_all_others_are_held_against(stage) -> None:
    for name, score in (("team-1", 50.0), ("team-2", 60.0), ("team-3", 45.0)):
        ran(stage, name, score)
    words = ("team-2", "team-1", "team-3")
    found = json.loads(stage.command("compare", *words, "--recorded", "-o", "json").out)
    assert [each["name"] for each in found["results"]] == list(words)
    assert [each["delta"]["composed"] for each in found["results"]] == [0.0, -10.0, -15.0]
    assert [len(route["deltas"]) for route in found["routes"]] == [3]


BENCH2DRIVE = Path(__file__).parents[1] / "data" / "vectors" / "b2d" / "complete_r1_01"


def test_a_file_is_opened_without_a_cluster_and_tells_success_and_abilities(stage) -> None:
    told = stage.command("results", str(BENCH2DRIVE / "expected.json"))
    assert told.code == 0
    assert "success rate         35.000  7 of 20 drives" in told.out
    assert "traffic signs             ?  2 to 7 of 8" in told.out
    assert "No file" not in told.out
    assert "A file does not tell what was launched" in told.told
    found = json.loads(
        stage.command("results", str(BENCH2DRIVE / "partial_1.json"), "-o", "json").out
    )
    assert found["successes"]["succeeded"] == 2
    assert {each["scenario"] for each in found["records"]} >= {"ParkingCutIn"}


def test_bench2drives_results_are_compared_by_success_too(stage) -> None:
    paths = [str(BENCH2DRIVE / name) for name in ("expected.json", "partial_1.json")]
    told = stage.command("compare", *paths, "-o", "json")
    first, second = json.loads(told.out)["results"]
    assert first["means"]["successRate"] == second["means"]["successRate"] == 40.0
    assert second["delta"]["successRate"] == 0
    assert "success rate" in stage.command("compare", *paths).out
    assert "success_rate" in stage.command("compare", *paths, "-o", "csv").out


def test_other_versions_have_no_success_rate(stage, tmp_path: Path) -> None:
    told = stage.command("compare", file_of(tmp_path, 70.0), file_of(tmp_path, 80.0))
    assert "driving score" in told.out
    assert "success" not in told.out
