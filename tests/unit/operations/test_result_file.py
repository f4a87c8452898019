"""Result files of the Leaderboard as results to compare: nothing in them is believed or final."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.documents import document, record
from msgspec.structs import asdict

from console.errors import InvalidInput
from console.operations.outcome.result_file import result_file
from console.results.leaderboard import named
from console.results.partial_document import left_behind

VECTORS = Path(__file__).parents[2] / "data" / "vectors"


def written(folder: Path, content: Any) -> str:
    file = folder / "result.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


def with_lights(version: str, penalty: float) -> dict[str, Any]:
    """Two red lights, at the price of that version."""
    told = record(version, 0, 0, 0, 100.0)
    told["infractions"]["red_light"] = ["ran it", "ran it"]
    told["status"], told["num_infractions"] = "Completed", 2
    told["scores"].update(score_penalty=penalty, score_composed=100 * penalty)
    return left_behind(named(version), [told], 1, ["carla_camera"])


def test_a_merged_file_has_its_drives_and_their_means(tmp_path: Path) -> None:
    found = result_file(written(tmp_path, document("2.0")))
    assert [row.route_id for row in found.view.rows] == [f"RouteScenario_{n}" for n in range(4)]
    assert found.view.mean is not None
    assert found.view.mean.composed == pytest.approx(71.5)


def test_no_file_is_final_whatever_it_says_of_itself(tmp_path: Path) -> None:
    view = result_file(written(tmp_path, document("2.0"))).view
    assert (view.final, view.eligible, view.entry_status, view.total) == (False, None, None, None)
    assert view.why_not_final == (
        "A file does not tell what was launched; it says Finished, 4 of 4 drives."
    )


def test_the_part_of_one_pair_is_a_result_too() -> None:
    found = result_file(str(VECTORS / "lb20" / "complete_r1_01" / "partial_2.json"))
    assert len(found.view.rows) == 5
    assert found.name == "partial_2.json"


def test_repetitions_that_1_0_does_not_write_are_counted(tmp_path: Path) -> None:
    found = result_file(written(tmp_path, document("1.0")))
    assert found.may_be == {"1.0"}
    assert [row.repetition for row in found.view.rows] == [0, 1] * 4


@pytest.mark.parametrize(("version", "penalty"), [("2.0", 0.49), ("2.1", 1 / 1.8)])
def test_a_price_of_an_infraction_tells_the_version(
    tmp_path: Path, version: str, penalty: float
) -> None:
    found = result_file(written(tmp_path, with_lights(version, penalty)))
    assert found.may_be == {version}
    assert found.view.leaderboard == version


def test_a_file_without_a_price_may_be_of_both_versions(tmp_path: Path) -> None:
    assert result_file(written(tmp_path, document("2.0"))).may_be == {"2.0", "2.1"}


def refusal(path: str) -> str:
    with pytest.raises(InvalidInput) as raised:
        result_file(path)
    return str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "none.json does not exist" in refusal(str(tmp_path / "none.json"))


def test_a_home_folder_may_be_written_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    written(tmp_path, document("2.0"))
    assert result_file("~/result.json").view.rows


@pytest.mark.parametrize(
    ("content", "why"),
    [("{", "is not JSON"), ("[]", "expected an object"), ({"_checkpoint": 3}, "_checkpoint")],
)
def test_what_is_no_result_file_is_refused_with_its_reason(
    tmp_path: Path, content: Any, why: str
) -> None:
    told = refusal(written(tmp_path, content))
    assert why in told
    assert "Give a merged result" in told


@pytest.mark.parametrize(
    ("name", "content"), [("merged_ability.json", '{"mean": 0.5}'), ("results.csv", "route,score")]
)
def test_what_a_script_made_of_results_is_told_apart_by_its_name(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content)
    told = refusal(str(tmp_path / name))
    assert "it has no records of drives" in told
    assert "the file of a pair or a route" in told


def test_hostile_words_of_a_record_are_refused(tmp_path: Path) -> None:
    evil = document("2.0")
    evil["_checkpoint"]["records"][0]["infractions"]["red_light"] = ["\x1b]52;c;AAAA\x07"]
    assert "control characters" in refusal(written(tmp_path, evil))


def test_a_route_without_length_that_1_0_would_divide_by_is_refused(tmp_path: Path) -> None:
    evil = document("1.0")
    evil["_checkpoint"]["records"][0]["meta"]["route_length"] = 0.0
    assert "without length" in refusal(written(tmp_path, evil))


def test_a_file_without_a_record_is_a_result_of_nothing(tmp_path: Path) -> None:
    empty = left_behind(named("2.0"), [], 5, [])
    view = result_file(written(tmp_path, empty)).view
    assert (view.rows, view.mean, view.done) == ((), None, 0)
    assert asdict(view)["document"] is None


def test_bench2drives_files_are_known_by_their_records_and_have_abilities() -> None:
    for name in ("partial_1.json", "expected.json"):
        found = result_file(str(VECTORS / "b2d" / "complete_r1_01" / name))
        assert found.may_be == {"Bench2Drive"}
        assert found.view.successes is not None
        assert found.view.successes.abilities
    assert "Bench2Drive's script keeps records only" in found.view.why_not_final
    assert found.view.successes.rate == 35.0


def test_a_file_of_longest6_is_known_by_its_free_stop_signs() -> None:
    at = VECTORS / "longest6" / "complete_r1_01"
    assert result_file(str(at / "partial_1.json")).may_be == {"Longest6"}
    assert result_file(str(at / "expected.json")).view.successes is None
