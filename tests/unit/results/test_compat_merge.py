"""`--compat` equals the Leaderboard's own merge: bytes, errors, what is left behind, what is said."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from result_vectors import Vector, vector, vectors

from console.results import compat
from console.results.leaderboard import named

CASES = [(one, False) for one in vectors()] + [
    (one, True) for one in vectors() if one.version == "2.0"
]


def _merge(paths: list[str], out: Path, version: str, *, pinned: bool = False) -> list[str]:
    said: list[str] = []
    compat.merge_files(paths, str(out), named(version), pinned=pinned, say=said.append)
    return said


@pytest.mark.parametrize(("case", "pinned"), CASES, ids=lambda x: str(x))
def test_a_sample_merges_to_the_same_bytes_or_fails_the_same_way(
    case: Vector, pinned: bool, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    if case.error:
        with pytest.raises(Exception, match=r".") as caught:
            _merge(case.paths, out, case.version, pinned=pinned)
        assert type(caught.value).__name__ == case.error["exception"]
        assert str(caught.value) == case.error["message"]
    else:
        assert _merge(case.paths, out, case.version, pinned=pinned) == []
    assert (out.read_text() if out.exists() else None) == case.expected(pinned=pinned)


def _documents(name: str) -> list[Any]:
    return [json.loads(Path(path).read_text()) for path in vector(name).paths]


def _written(tmp_path: Path, contents: list[Any]) -> list[str]:
    paths = []
    for number, content in enumerate(contents):
        path = tmp_path / f"p{number}.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        paths.append(str(path))
    return paths


def _fails(tmp_path: Path, contents: list[Any], version: str) -> Exception:
    out = tmp_path / "out.json"
    out.write_text("old")
    with pytest.raises(Exception, match=r".") as caught:
        _merge(_written(tmp_path, contents), out, version)
    return caught.value


EVERY = pytest.mark.parametrize(
    ("version", "name"), [("1.0", "lb10-complete_r1_01"), ("2.0", "lb20-complete_r1_01")]
)


@EVERY
@pytest.mark.parametrize("key", ["_checkpoint", "sensors"])
def test_a_partial_without_a_top_level_key_is_a_key_error_and_the_old_result_stays(
    version: str, name: str, key: str, tmp_path: Path
) -> None:
    documents = _documents(name)
    del documents[1][key]
    failure = _fails(tmp_path, documents, version)
    assert (type(failure), str(failure)) == (KeyError, f"'{key}'")
    assert (tmp_path / "out.json").read_text() == "old"


@EVERY
def test_an_empty_progress_is_an_index_error(version: str, name: str, tmp_path: Path) -> None:
    documents = _documents(name)
    documents[2]["_checkpoint"]["progress"] = []
    failure = _fails(tmp_path, documents, version)
    assert (type(failure), str(failure)) == (IndexError, "list index out of range")


@EVERY
@pytest.mark.parametrize(
    ("route_id", "kind"),
    [("RouteScenario", IndexError), ("RouteScenario_x_rep0", ValueError), (None, AttributeError)],
)
def test_a_route_id_that_cannot_be_sorted_fails_before_anything_is_written(
    version: str, name: str, route_id: Any, kind: type[Exception], tmp_path: Path
) -> None:
    documents = _documents(name)
    documents[0]["_checkpoint"]["records"][0]["route_id"] = route_id
    assert type(_fails(tmp_path, documents, version)) is kind
    assert (tmp_path / "out.json").read_text() == "old"


@EVERY
def test_a_filled_list_instead_of_a_document_is_a_type_error(
    version: str, name: str, tmp_path: Path
) -> None:
    assert type(_fails(tmp_path, [[1]], version)) is TypeError


@EVERY
@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "null", "0", '""', "false", "\ufeff{}"])
def test_text_that_means_nothing_is_skipped_silently(
    version: str, name: str, content: str, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    assert _merge(_written(tmp_path, [content]), out, version) == []
    merged = json.loads(out.read_text())
    assert merged["_checkpoint"]["progress"] == [0, 0]
    assert (merged["entry_status"], merged["eligible"]) == ("Started", False)


@EVERY
def test_text_that_cannot_be_decoded_is_an_error(version: str, name: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(b'{"\xff": 1}')
    with pytest.raises(UnicodeDecodeError):
        _merge([str(broken)], tmp_path / "out.json", version)
    assert not (tmp_path / "out.json").exists()


@EVERY
def test_the_first_differing_sensors_stop_the_merge(
    version: str, name: str, tmp_path: Path
) -> None:
    documents = _documents(name)
    documents[1]["sensors"], documents[2]["sensors"] = [], ["carla_lidar"]
    failure = _fails(tmp_path, documents, version)
    assert str(failure) == "Stopping. Found two files with different sensor configurations"


def test_2x_says_that_a_result_without_sensors_is_invalid(tmp_path: Path) -> None:
    documents = _documents("lb20-complete_r1_01")
    for document in documents:
        document["sensors"] = []
    said = _merge(_written(tmp_path, documents), tmp_path / "out.json", "2.0")
    assert "\n".join(said) + "\n" == (
        "\n\033[91mThe statistics are badly formed. Setting their status to 'Invalid':\n"
        "> Missing 'sensors' data\033[0m\n\n"
    )
    merged = json.loads((tmp_path / "out.json").read_text())
    assert (merged["entry_status"], merged["eligible"]) == ("Invalid", False)
    assert merged["_checkpoint"]["global_record"]
    assert len(merged["values"]) == 15


def test_2x_fills_missing_keys_and_keeps_unknown_ones_behind_them(tmp_path: Path) -> None:
    partial = _documents("lb20-unfinished_01")[0]
    bare = {"zeta": [1], "route_id": "RouteScenario_0_rep0"}
    partial["_checkpoint"]["records"] = [bare]
    _merge(_written(tmp_path, [partial]), tmp_path / "out.json", "2.0")
    (record,) = json.loads((tmp_path / "out.json").read_text())["_checkpoint"]["records"]
    assert list(record) == [
        "index", "route_id", "status", "num_infractions", "infractions", "scores", "meta", "zeta",
    ]  # fmt: skip
    assert record["status"] == "Started"
    assert record["scores"] == {"score_route": 0, "score_penalty": 0, "score_composed": 0}


def test_a_record_left_at_started_makes_a_complete_2x_result_invalid(tmp_path: Path) -> None:
    documents = _documents("lb20-complete_r1_01")
    documents[3]["_checkpoint"]["records"][-1]["status"] = "Started"
    said = _merge(_written(tmp_path, documents), tmp_path / "out.json", "2.0")
    assert said[1] == "> Found a route record with missing data\033[0m\n"


def test_the_last_crashed_or_rejected_record_decides_a_2x_result(tmp_path: Path) -> None:
    documents = _documents("lb20-complete_r1_01")
    documents[0]["_checkpoint"]["records"][0]["status"] = "Failed - Simulation crashed"
    rejected = "Failed - Agent's sensors were invalid"
    documents[2]["_checkpoint"]["records"][0]["status"] = rejected
    _merge(_written(tmp_path, documents), tmp_path / "out.json", "2.0")
    assert json.loads((tmp_path / "out.json").read_text())["entry_status"] == "Rejected"


def test_ids_from_one_with_repetitions_are_refused_as_the_original_refuses_them(
    tmp_path: Path,
) -> None:
    partial = _documents("lb20-complete_r1_01")[0]
    record = partial["_checkpoint"]["records"][0]
    ids = [f"RouteScenario_{route}_rep{k}" for route in (1, 2, 3) for k in (0, 1)]
    partial["_checkpoint"]["records"] = [dict(copy.deepcopy(record), route_id=name) for name in ids]
    partial["_checkpoint"]["progress"] = [6, 6]
    assert str(_fails(tmp_path, [partial], "2.0")) == (
        "Stopping. Missing some data as the ids jumped from "
        "RouteScenario_1_rep1 to RouteScenario_2_rep0"
    )


@EVERY
def test_numbers_pass_through_in_kind_and_text(version: str, name: str, tmp_path: Path) -> None:
    partial = _documents(name)[0]
    numbers = "[NaN, Infinity, -Infinity, 1E400, 100, 100.0, 1e-05, 123456789012345678901234567890]"
    partial["_checkpoint"]["records"][0]["extra"] = "NUMBERS"
    partial["_checkpoint"]["records"].pop()
    text = json.dumps(partial).replace('"NUMBERS"', numbers)
    _merge(_written(tmp_path, [text]), tmp_path / "out.json", version)
    out = "".join((tmp_path / "out.json").read_text().split())
    kept = "[NaN,Infinity,-Infinity,Infinity,100,100.0,1e-05,123456789012345678901234567890]"
    assert f'"extra":{kept}' in out


@EVERY
def test_more_records_than_the_totals_tell_stay_unfinished(
    version: str, name: str, tmp_path: Path
) -> None:
    documents = _documents(name)
    documents[0]["_checkpoint"]["progress"] = [5, 4]
    _merge(_written(tmp_path, documents), tmp_path / "out.json", version)
    merged = json.loads((tmp_path / "out.json").read_text())
    assert merged["_checkpoint"]["progress"] == [20, 19]
    assert merged["entry_status"] == "Started"


def test_a_single_drive_has_no_spread(tmp_path: Path) -> None:
    for version, name, spread in (("1.0", "lb10", "NaN"), ("2.0", "lb20", 0)):
        partial = _documents(f"{name}-complete_all_perfect_01")[0]
        del partial["_checkpoint"]["records"][1:]
        partial["_checkpoint"]["progress"] = [1, 1]
        _merge(_written(tmp_path, [partial]), tmp_path / "out.json", version)
        summary = json.loads((tmp_path / "out.json").read_text())["_checkpoint"]["global_record"]
        assert set(summary["scores_std_dev"].values()) == {spread}


def test_1_0_leaves_its_first_step_behind_when_the_statistics_fail(tmp_path: Path) -> None:
    documents = _documents("lb10-complete_r1_01")
    del documents[3]["_checkpoint"]["records"][4]["infractions"]["red_light"]
    assert str(_fails(tmp_path, documents, "1.0")) == "'red_light'"
    left = json.loads((tmp_path / "out.json").read_text())
    assert (left["entry_status"], left["_checkpoint"]["global_record"]) == ("Started", {})
    assert left["_checkpoint"]["progress"] == [20, 20]


def test_1_0_lists_every_route_as_an_exception_with_the_index_of_its_own_file(
    tmp_path: Path,
) -> None:
    case = vector("lb10-complete_all_perfect_01")
    _merge(case.paths, tmp_path / "out.json", "1.0")
    summary = json.loads((tmp_path / "out.json").read_text())["_checkpoint"]["global_record"]
    assert summary["status"] == "Failed"
    assert [entry[1] for entry in summary["meta"]["exceptions"]] == [0, 1, 2, 3, 4] * 4


def test_an_endpoint_in_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    case = vector("lb20-complete_r1_01")
    with pytest.raises(FileNotFoundError):
        _merge(case.paths, tmp_path / "nowhere" / "out.json", "2.0")
