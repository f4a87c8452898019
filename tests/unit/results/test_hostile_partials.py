"""Partials that nobody vouches for: refused by name, in bounded time, and never a failure."""

from __future__ import annotations

import time
from typing import Any

import pytest
from fakes.measuring import cpu_seconds
from result_vectors import vector
from sample_merges import documents_of, kinds, merged, with_score

from console.results import jsontext
from console.results.leaderboard import named
from console.results.trustworthy import merge

RECORD_ATTACKS: dict[str, Any] = {
    "status": ["x"],
    "index": -5,
    "route_id": "RouteScenario_1_rep0\x1b[2J",
    "scores": {"score_route": 1e9, "score_penalty": 1.0, "score_composed": 1.0},
    "infractions": None,
    "meta": {"route_length": True, "duration_game": 0, "duration_system": 0},
    "note": "a\x1b]0;title\x07",
    "deep": [[[[[[[[[[[[]]]]]]]]]]]],
    "surrogate": "\ud800",
    "to_json": 1,
    "__class__": "x",
}


@pytest.mark.parametrize("key", sorted(RECORD_ATTACKS))
@pytest.mark.parametrize("name", ["lb10-complete_r1_01", "lb20-complete_r1_01"])
def test_a_strange_record_is_refused_by_name_and_its_drive_is_missing(name: str, key: str) -> None:
    documents = documents_of(name)
    documents[0]["_checkpoint"]["records"][1][key] = RECORD_ATTACKS[key]
    report = merged(name, documents)
    assert {("hostile", 1), ("missing", 1)} <= kinds(report)
    assert report.done == 19
    assert "\x1b" not in report.text + str(report.problems)


FILE_ATTACKS = {
    "nesting": "[" * 100_000 + "]" * 100_000,
    "a deep list": '{"_checkpoint": ' + "[" * 5000 + "]" * 5000 + "}",
    "many values": "[" + "0," * 1_000_000 + "0]",
    "many lists": "[" + "[]," * 200_000 + "0]",
    "a number that never ends": '{"_checkpoint": {"progress": [' + "9" * 100_000 + ", 1]}}",
    "not a number": '{"_checkpoint": {"progress": [NaN, 1], "records": []}}',
    "infinity": '{"_checkpoint": {"progress": [1e999, 1], "records": []}}',
    "the wrong kind": '{"_checkpoint": [], "entry_status": 5}',
    "an unknown status": '{"_checkpoint": {"progress": [], "records": []}, "entry_status": "Won"}',
    "absurd progress": (
        '{"_checkpoint": {"progress": [-1, 5], "records": []}, "entry_status": "Started"}'
    ),
    "sensors that are no names": (
        '{"_checkpoint": {"progress": [], "records": []}, "entry_status": "", "sensors": [{}]}'
    ),
    "a key twice": '{"_checkpoint": {"progress": [1, 1], "records": []}, "entry_status": "Finished",'
    ' "entry_status": "Started"}',
    "many names": "{" + ",".join(f'"{n}":0' for n in range(100_001)) + "}",
    "many records": (
        '{"_checkpoint": {"progress": [], "records": [' + "0," * 10_000 + '0]}, "entry_status": ""}'
    ),
    "too much of everything": "x" * (jsontext.SIZE_LIMIT + 1),
}


@pytest.mark.parametrize("attack", sorted(FILE_ATTACKS))
def test_a_hostile_file_gets_a_named_problem_in_bounded_time(attack: str) -> None:
    name = "lb20-complete_r1_01"
    documents = [FILE_ATTACKS[attack], *documents_of(name)[1:]]
    start = time.process_time()
    report = merged(name, documents)
    assert time.process_time() - start < cpu_seconds(2)
    assert ("hostile", 1) in kinds(report)
    assert report.done == 15


@pytest.mark.parametrize("route_id", ["RouteScenario_1_rep00", "RouteScenario_1_rep\u0660"])
def test_a_repetition_written_in_another_way_is_not_taken_for_the_same(route_id: str) -> None:
    documents = documents_of("lb20-complete_r1_01")
    documents[0]["_checkpoint"]["records"][1]["route_id"] = route_id
    report = merged("lb20-complete_r1_01", documents)
    assert {("hostile", 1), ("missing", 1)} <= kinds(report)


def test_a_complete_2x_result_without_any_sensors_is_invalid_as_the_leaderboard_has_it() -> None:
    documents = documents_of("lb20-complete_r1_01")
    for document in documents:
        document["sensors"] = []
    report = merged("lb20-complete_r1_01", documents)
    assert report.complete
    assert (report.document["entry_status"], report.document["eligible"]) == ("Invalid", False)


@pytest.mark.parametrize("percent", ["350", "1e300", "-1e300", "9" * 400])
@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_an_absurd_percentage_is_a_mismatch_and_no_failure(version: str, percent: str) -> None:
    documents = documents_of("lb20-complete_all_perfect_01")
    lists = documents[0]["_checkpoint"]["records"][0]["infractions"]
    lists["min_speed_infractions"] = [f"Average speed is {percent}% of the surrounding traffic's"]
    report = merged("lb20-complete_all_perfect_01", documents, leaderboard=named(version))
    assert ("score-mismatch", 1) in kinds(report)


def test_a_number_of_infractions_that_the_lists_do_not_hold_is_shown() -> None:
    documents = documents_of("lb20-complete_r1_01")
    documents[0]["_checkpoint"]["records"][0]["num_infractions"] += 1
    (problem,) = merged("lb20-complete_r1_01", documents).problems
    assert "num_infractions" in problem.text


@pytest.mark.parametrize(
    ("name", "most"), [("score_route", 100), ("score_penalty", 1), ("score_composed", 100)]
)
def test_a_score_beyond_its_range_is_hostile(name: str, most: float) -> None:
    assert ("hostile", 1) in kinds(with_score(name, most + 0.5))
    assert ("hostile", 1) in kinds(with_score(name, -0.5))
    assert ("hostile", 1) not in kinds(with_score(name, most))
    assert ("hostile", 1) not in kinds(with_score(name, 0))


def test_a_pair_without_a_file_is_named_as_such() -> None:
    case = vector("lb20-complete_r1_01")
    texts = {(p.pair, p.text) for p in merge(case.plan(), case.partials()[1:]).problems}
    assert (1, "no result file") in texts


def test_many_strange_records_give_few_problems() -> None:
    documents = documents_of("lb20-complete_r1_01")
    documents[0]["_checkpoint"]["records"] = [{"route_id": n} for n in range(3000)]
    documents[0]["_checkpoint"]["progress"] = [3000, 3000]
    report = merged("lb20-complete_r1_01", documents)
    assert len(report.problems) < 20
    assert any("and 2996 more" in problem.text for problem in report.problems)
