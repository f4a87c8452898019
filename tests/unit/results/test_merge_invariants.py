"""What holds for the default merge whatever the routes, repetitions, records and their order."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_merges import kinds

from console.results import layout
from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import MERGED, named, names
from console.results.partial_document import left_behind
from console.results.penalty import penalty_bounds
from console.results.plan import Plan, launched
from console.results.report import MergeReport
from console.results.trustworthy import merge

_MESSAGES = {
    "outside_route_lanes": (
        "Agent went outside its route lanes for about 12.5 meters (4.25% of the completed route)"
    ),
    "min_speed_infractions": "Average speed is 62.5% of the surrounding traffic's one",
}


def _record(dice: random.Random, version: str, route: str, repetition: int, index: int) -> Any:
    lists = {
        name: [_MESSAGES.get(name, f"Agent met {name}")] * dice.choice([0, 0, 0, 1, 2])
        for name in named(version).infractions
    }
    lists["outside_route_lanes"] = lists["outside_route_lanes"][:1]
    bounds = penalty_bounds(lists, named(version))
    assert bounds is not None
    penalty = sum(bounds) / 2 if named(version).generation == 1 else round(sum(bounds) / 2, 6)
    completion = dice.choice([100, round(dice.uniform(1, 99), 2)])
    count = sum(map(len, lists.values()))
    possible = named(version).words.status_of(complete=completion == 100, infractions=lists)
    composed = completion * penalty
    return {
        "index": index,
        "route_id": route if named(version).generation == 1 else f"{route}_rep{repetition}",
        "status": possible[0],
        **({} if named(version).generation == 1 else {"num_infractions": count}),
        "infractions": lists,
        "scores": {
            "score_route": completion,
            "score_penalty": penalty,
            "score_composed": composed if named(version).generation == 1 else round(composed, 6),
        },
        "meta": {
            "route_length": round(dice.uniform(100, 2000), 3),
            "duration_game": round(dice.uniform(1, 900), 3),
            "duration_system": round(dice.uniform(1, 900), 3),
        },
    }


def _document(plan: Plan, pair: Any, dice: random.Random) -> Any:
    rows = [
        _record(dice, plan.leaderboard.name, *key, index)
        for index, key in enumerate(plan.keys(pair))
    ]
    return left_behind(plan.leaderboard, rows, len(rows), ["carla_camera", "carla_gnss"])


DRIVEN_ONCE = names([each for each in MERGED if not each.words.driven_again])
"""A resume of the others drives everything behind a failure again."""


@st.composite
def submissions(draw: st.DrawFn, versions: Sequence[str] = names(MERGED)) -> tuple[Plan, list[Any]]:
    """A launch and one faultless partial for each of its pairs."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    subsets = ";".join(
        f"{start}-{start + size - 1}" for start, size in zip(starts, sizes, strict=True)
    )
    version = draw(st.sampled_from(versions))
    plan = launched(Drives.of(named(version), subsets, draw(st.integers(1, 3))))
    dice = random.Random(draw(st.integers(0, 2**32)))
    return plan, [_document(plan, pair, dice) for pair in plan.pairs]


def _merged(plan: Plan, documents: list[Any]) -> MergeReport:
    return merge(plan, [Partial(0, json.dumps(document)) for document in documents])


def _rows(document: Any) -> Any:
    return document["_checkpoint"]["records"]


@given(submissions(), st.randoms(use_true_random=False))
def test_faultless_partials_in_any_order_are_one_complete_result(
    submission: tuple[Plan, list[Any]], dice: random.Random
) -> None:
    plan, documents = submission
    report = _merged(plan, documents)
    assert (report.status, report.problems) == ("complete", ())
    assert report.document["eligible"] is True
    assert [(r.route, r.repetition) for r in report.records] == [
        key for pair in plan.pairs for key in plan.keys(pair)
    ]
    dice.shuffle(documents)
    assert _merged(plan, documents).text == report.text


@given(submissions())
def test_the_means_are_those_of_all_records(submission: tuple[Plan, list[Any]]) -> None:
    plan, documents = submission
    report = _merged(plan, documents)
    rows = [row for document in documents for row in _rows(document)]
    assert report.statistics is not None
    means = report.statistics.means
    for name, mean in (("composed", means.composed), ("route", means.route)):
        right = sum(row["scores"][f"score_{name}"] for row in rows) / len(rows)
        assert mean == pytest.approx(right, abs=1e-6)
    assert report.statistics.total_length == pytest.approx(
        sum(row["meta"]["route_length"] for row in rows)
    )
    failed = [row["status"] for row in rows if "Failed" in row["status"]]
    assert [why for _, _, why in report.statistics.exceptions] == failed


@given(submissions(DRIVEN_ONCE), st.data())
def test_a_record_that_is_gone_is_named_and_no_other(
    submission: tuple[Plan, list[Any]], data: st.DataObject
) -> None:
    plan, documents = submission
    pair = data.draw(st.integers(0, len(documents) - 1))
    gone = data.draw(st.integers(0, len(_rows(documents[pair])) - 1))
    route_id = _rows(documents[pair]).pop(gone)["route_id"]
    report = _merged(plan, documents) if _rows(documents[pair]) else None
    if report is None:
        return
    assert (report.status, report.done) == ("incomplete", report.total - 1)
    missing = [problem for problem in report.problems if problem.kind == "missing"]
    assert [(problem.pair, problem.text) for problem in missing] == [
        (pair + 1, f"the result file: 1 of {len(plan.keys(plan.pairs[pair]))} drives have no "
         f"finished record: {route_id}")
    ]  # fmt: skip
    assert {problem.pair for problem in report.problems} == {pair + 1}
    assert [one.total - one.done for one in report.pairs] == [
        int(place == pair) for place in range(len(plan.pairs))
    ]
    assert report.statistics is None
    assert report.document["entry_status"] == "Started"


@given(submissions(), st.data())
def test_a_partial_or_a_record_that_comes_twice_is_named_and_never_complete(
    submission: tuple[Plan, list[Any]], data: st.DataObject
) -> None:
    plan, documents = submission
    place = data.draw(st.integers(0, len(documents) - 1))
    twice = _merged(plan, [*documents, documents[place]])
    assert not twice.complete
    assert kinds(twice) == {("duplicate", place + 1)}
    assert twice.done == twice.total
    rows = _rows(documents[place])
    rows.append(copy.deepcopy(data.draw(st.sampled_from(rows))))
    documents[place]["_checkpoint"]["progress"] = [len(rows), len(rows)]
    report = _merged(plan, documents)
    assert not report.complete
    assert {("duplicate", place + 1), ("contradiction", place + 1)} <= kinds(report)


EPSILONS = st.sampled_from([1e-4, -1e-4, 0.01, -0.01, 0.5, -0.5, 10.0, -10.0])


@given(submissions(), st.data(), EPSILONS)
def test_a_score_that_was_touched_is_shown_and_keeps_the_result_from_being_eligible(
    submission: tuple[Plan, list[Any]], data: st.DataObject, epsilon: float
) -> None:
    plan, documents = submission
    pair = data.draw(st.integers(0, len(documents) - 1))
    row = data.draw(st.sampled_from(_rows(documents[pair])))
    name = data.draw(st.sampled_from(layout.SCORES_V1))
    limit = 1 if name == "score_penalty" else 100
    touched = min(max(row["scores"][name] + epsilon, 0.0), limit)
    if abs(touched - row["scores"][name]) < 1e-5:
        return
    if name == "score_penalty" and _MESSAGES["outside_route_lanes"] in str(row):
        touched = min(max(touched + epsilon * 100, 0.0), 1.0)
    row["scores"][name] = touched
    report = _merged(plan, documents)
    assert ("score-mismatch", pair + 1) in kinds(report)
    assert report.document["eligible"] is False


CLAIMS = st.sampled_from(["scores", "scores_std_dev", "infractions", "meta"])


@given(submissions(), st.data(), CLAIMS)
def test_a_number_of_a_global_record_that_was_touched_is_shown(
    submission: tuple[Plan, list[Any]], data: st.DataObject, group: str
) -> None:
    plan, documents = submission
    pair = data.draw(st.integers(0, len(documents) - 1))
    summary = documents[pair]["_checkpoint"]["global_record"]
    numbers = summary.get(group) or summary["scores_mean"]
    keys = [key for key, number in numbers.items() if not isinstance(number, (list, str))]
    if not keys:
        return
    key = data.draw(st.sampled_from(sorted(keys)))
    numbers[key] = data.draw(st.sampled_from([numbers[key] + 0.001, "1", None, True]))
    report = _merged(plan, documents)
    assert kinds(report) == {("score-mismatch", pair + 1), ("ineligible", pair + 1)}
    told = [problem.text for problem in report.problems if problem.kind == "score-mismatch"]
    assert any(key in text for text in told)
    assert report.complete
    assert report.document["eligible"] is False


@given(submissions())
def test_merging_a_merged_result_changes_nothing(submission: tuple[Plan, list[Any]]) -> None:
    plan, documents = submission
    once = _merged(plan, documents)
    routes = sum(len(pair.routes) for pair in plan.pairs)
    whole = launched(Drives.of(plan.leaderboard, f"0-{routes - 1}", plan.repetitions))
    again = merge(whole, [Partial(1, once.text)])
    assert (again.status, again.problems, again.text) == ("complete", (), once.text)


@given(submissions(), st.data())
def test_other_sensors_in_one_partial_are_named_and_never_complete(
    submission: tuple[Plan, list[Any]], data: st.DataObject
) -> None:
    plan, documents = submission
    place = data.draw(st.integers(0, len(documents) - 1))
    documents[place]["sensors"] = ["carla_lidar"]
    report = _merged(plan, documents)
    if len(documents) == 1:
        assert report.document["sensors"] == ["carla_lidar"]
        return
    assert {kind for kind, _ in kinds(report)} == {"sensors"}
    assert not report.complete


@given(submissions(DRIVEN_ONCE), st.data())
def test_a_pair_that_is_still_driving_is_never_complete(
    submission: tuple[Plan, list[Any]], data: st.DataObject
) -> None:
    plan, documents = submission
    place = data.draw(st.integers(0, len(documents) - 1))
    words = plan.leaderboard.words
    documents[place]["_checkpoint"]["global_record"] = {}
    documents[place]["entry_status"] = data.draw(st.sampled_from([*words.under_way, "Crashed"]))
    report = _merged(plan, documents)
    assert ("unsettled", place + 1) in kinds(report)
    assert not report.complete
    crashed = documents[place]["entry_status"] == "Crashed" and plan.leaderboard.generation > 1
    assert report.done == report.total - crashed


@given(submissions(), st.data())
def test_a_crashed_route_at_the_end_of_one_partial_counts_again_once_it_is_settled(
    submission: tuple[Plan, list[Any]], data: st.DataObject
) -> None:
    plan, documents = submission
    if plan.leaderboard.generation == 1:
        return
    pair = data.draw(st.integers(0, len(documents) - 1))
    document = documents[pair]
    row = _rows(document)[-1]
    row["status"] = "Failed - Simulation crashed"
    row["scores"] = dict.fromkeys(layout.RECORD_SCORES_V2, 0) | {"score_penalty": 1.0}
    row["infractions"] = {name: [] for name in layout.INFRACTIONS_V2}
    row["num_infractions"] = 0
    rows = _rows(document)
    document.update(left_behind(plan.leaderboard, rows, len(rows), document["sensors"]))
    assert document["entry_status"] == "Crashed"
    report = _merged(plan, documents)
    assert (report.status, kinds(report)) == ("complete", {("ineligible", pair + 1)})
    assert (report.document["entry_status"], report.document["eligible"]) == ("Crashed", False)
