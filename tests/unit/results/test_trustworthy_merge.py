"""The default merge: complete only when every launched drive is there once, every doubt named."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest
from fakes.documents import record
from hypothesis import given
from hypothesis import strategies as st
from result_vectors import Vector, vector, vectors
from sample_merges import documents_of, kinds, merged, with_score

from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import V2_0, named
from console.results.partial_document import left_behind
from console.results.plan import launched
from console.results.report import KINDS, MergeReport
from console.results.trustworthy import merge

COMPLETE = [one for one in vectors() if one.whole]
INCOMPLETE = [one for one in vectors() if not one.whole]


def _report(case: Vector) -> MergeReport:
    return merge(case.plan(), case.partials())


@pytest.mark.parametrize("case", COMPLETE, ids=str)
def test_a_whole_set_is_complete_and_its_records_bear_out_its_scores(case: Vector) -> None:
    report = _report(case)
    assert (report.status, report.problems) == ("complete", ())
    assert report.statistics is not None
    assert [record.index for record in report.records] == list(range(report.total))


@pytest.mark.parametrize("case", INCOMPLETE, ids=str)
def test_what_the_leaderboard_calls_finished_over_a_broken_set_is_not_complete(
    case: Vector,
) -> None:
    report = _report(case)
    assert report.status == "incomplete"
    assert report.problems
    assert {problem.kind for problem in report.problems} <= set(KINDS)
    assert report.document["entry_status"] == "Started"
    assert report.document["eligible"] is False
    assert report.statistics is None


@pytest.mark.parametrize(("version", "repetitions"), [("1.0", 2), ("2.0", 1), ("2.0", 3)])
def test_a_result_is_the_same_to_the_byte_whichever_pair_has_driven_which_route(
    version: str, repetitions: int
) -> None:
    """So that drives that are driven again leave no other trace in it than their own."""
    usual = shared("0-2;3-5;6-8", version, repetitions)
    assert usual.complete
    assert shared("0,1,3-6,8;2;7", version, repetitions).text == usual.text
    assert [record.index for record in usual.records] == list(range(usual.total))


def shared(subsets: str, version: str, repetitions: int) -> MergeReport:
    """Nine routes so shared out; each drive has the same record wherever it is driven."""
    plan = launched(Drives.of(named(version), subsets, repetitions))
    partials = []
    for pair in plan.pairs:
        rows = [_drive(version, *key, place) for place, key in enumerate(plan.keys(pair))]
        document = left_behind(plan.leaderboard, rows, len(rows), ["carla_camera"])
        partials.append(Partial(pair.pair, plan.leaderboard.text(document)))
    return merge(plan, partials)


def _drive(version: str, route: str, repetition: int, place: int) -> dict[str, Any]:
    number = int(route.rpartition("_")[2])
    row = record(version, number, repetition, place, 100.0)
    row["meta"] |= {"route_length": 100.1 + number / 7, "duration_game": 10.3 + repetition / 3}
    return row


@pytest.mark.parametrize(
    "case",
    [v for v in COMPLETE if v.version.startswith("2") and "gap" not in v.meta["kind"]],
    ids=str,
)
def test_a_complete_2x_result_equals_the_leaderboards_own(case: Vector) -> None:
    assert _report(case).text == case.expected()


@pytest.mark.parametrize("case", [v for v in COMPLETE if v.version == "1.0"], ids=str)
def test_a_complete_1_0_result_has_the_right_status_and_merged_indexes(case: Vector) -> None:
    summary = _report(case).document["_checkpoint"]["global_record"]
    rows = _report(case).document["_checkpoint"]["records"]
    failed = [row for row in rows if row["status"] != "Completed"]
    assert summary["status"] == ("Failed" if failed else "Completed")
    told = summary["meta"].get("exceptions", [])
    assert told == [[row["route_id"], row["index"], row["status"]] for row in failed]
    right = json.loads(case.expected() or "{}")["_checkpoint"]["global_record"]
    for key, score in right.get("scores", {}).items():
        assert math.isclose(summary["scores"][key], score, rel_tol=1e-12)


def test_1_0_repetitions_are_told_apart_by_their_index() -> None:
    report = _report(vector("lb10-complete_r5_01"))
    assert len({record.key for record in report.records}) == 100
    assert report.records[7].key == ("RouteScenario_1", 2)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing_file_01", ("missing", 1)),
        ("empty_file_01", ("torn", 2)),
        ("truncated_file_01", ("torn", 1)),
        ("duplicate_complete_01", ("duplicate", 2)),
        ("sensors_differ_01", ("sensors", 2)),
        ("crashed_last_01", ("unsettled", 2)),
        ("rejected_one_01", ("missing", 4)),
    ],
)
@pytest.mark.parametrize("version", ["lb10", "lb20"])
def test_a_broken_set_names_what_is_wrong_and_where(
    version: str, name: str, problem: tuple[str, int]
) -> None:
    assert problem in kinds(_report(vector(f"{version}-{name}")))


def test_a_last_route_that_crashed_does_not_count_as_finished() -> None:
    for version in ("lb10", "lb20", "lb21"):
        report = _report(vector(f"{version}-crashed_last_01"))
        assert (report.done, report.total) == (19, 20)


def test_a_partial_of_another_version_is_named() -> None:
    mixed = [*documents_of("lb20-complete_r1_01")[:3], documents_of("lb10-complete_r1_01")[3]]
    report = merged("lb20-complete_r1_01", mixed)
    assert ("version", 4) in kinds(report)
    assert not report.complete


def test_a_drive_that_was_not_launched_is_foreign() -> None:
    name = "lb20-complete_r1_01"
    report = merged(name, documents_of(name), subsets="0-4;5-9;10-14;15-18")
    assert ("foreign", 4) in kinds(report)
    assert not report.complete


def test_fewer_repetitions_than_launched_are_not_complete() -> None:
    name = "lb20-complete_r1_01"
    report = merged(name, documents_of(name), repetitions=2)
    assert (report.done, report.total, report.status) == (20, 40, "incomplete")


def test_the_same_drive_told_differently_is_a_contradiction() -> None:
    documents = documents_of("lb20-complete_r1_01")
    twin = copy.deepcopy(documents[0])
    twin["_checkpoint"]["records"][0]["meta"]["duration_game"] += 1
    plan = vector("lb20-complete_r1_01").plan()
    partials = [Partial(0, json.dumps(document)) for document in [*documents, twin]]
    report = merge(plan, partials)
    assert "contradiction" in {problem.kind for problem in report.problems}
    assert "duplicate" in {problem.kind for problem in report.problems}
    assert not report.complete


def test_a_total_that_was_not_launched_is_a_contradiction() -> None:
    documents = documents_of("lb20-complete_r1_01")
    documents[0]["_checkpoint"]["progress"] = [5, 6]
    assert ("contradiction", 1) in kinds(merged("lb20-complete_r1_01", documents))


def test_with_a_routes_file_ranges_go_by_position_and_indexes_are_checked() -> None:
    xml = "<routes>" + "".join(f'<route id="{n}" town="T"/>' for n in range(20)) + "</routes>"
    case = vector("lb20-complete_r1_01")
    plan = launched(Drives.of(V2_0, "0-4;5-9;10-14;15-19", 1), xml)
    assert merge(plan, case.partials()).complete
    documents = documents_of("lb20-complete_r1_01")
    documents[2]["_checkpoint"]["records"][1]["index"] = 3
    report = merge(plan, [Partial(n, json.dumps(d)) for n, d in enumerate(documents, 1)])
    assert ("contradiction", 3) in kinds(report)


def test_a_record_known_from_an_earlier_look_stays_and_is_called_stale() -> None:
    case = vector("lb20-unfinished_01")
    plan, partials = case.plan(), case.partials()
    kept = tuple(json.loads(partials[0].text or "")["_checkpoint"]["records"])
    fresh = [Partial(1, None, "torn", "is empty", kept), *partials[1:]]
    report = merge(plan, fresh)
    assert report.done == 12
    assert ("stale", 1) in kinds(report)


def test_an_earlier_copy_is_never_called_complete() -> None:
    case = vector("lb20-complete_r1_01")
    first, *rest = case.partials()
    report = merge(case.plan(), [Partial(1, first.text, "torn", "is empty"), *rest])
    assert (report.done, report.status) == (20, "incomplete")


@pytest.mark.parametrize(("key", "value"), [("score_penalty", 0.9), ("score_composed", 12.5)])
def test_a_score_that_its_infractions_do_not_bear_out_is_shown_and_not_eligible(
    key: str, value: float
) -> None:
    report = with_score(key, value)
    assert ("score-mismatch", 1) in kinds(report)
    assert report.complete
    assert report.document["eligible"] is False


def test_a_claimed_global_mean_that_the_records_do_not_give_is_shown() -> None:
    documents = documents_of("lb20-complete_r1_01")
    documents[1]["_checkpoint"]["global_record"]["scores_mean"]["score_composed"] = 99.0
    assert ("score-mismatch", 2) in kinds(merged("lb20-complete_r1_01", documents))


def test_scores_of_the_other_2x_version_are_recognised() -> None:
    case = vector("lb21-infraction_many_01")
    plan = launched(Drives.of(V2_0, ";".join(case.meta["routes_subsets"]), 1))
    texts = [problem.text for problem in merge(plan, case.partials()).problems]
    assert any("fits Leaderboard 2.1" in text for text in texts)


@given(order=st.permutations(range(4)), name=st.sampled_from(["lb10", "lb20", "lb21"]))
def test_the_order_of_the_paths_does_not_matter(order: list[int], name: str) -> None:
    case = vector(f"{name}-complete_r1_01")
    partials = case.partials()
    assert merge(case.plan(), [partials[n] for n in order]).text == _report(case).text


@given(
    kept=st.sets(st.integers(0, 3), max_size=3),
    name=st.sampled_from(["lb10", "lb20", "lb21"]),
)
def test_dropping_any_partial_is_never_complete(kept: set[int], name: str) -> None:
    case = vector(f"{name}-complete_r1_01")
    partials = case.partials()
    report = merge(case.plan(), [partials[n] for n in kept])
    assert (report.status, report.done) == ("incomplete", 5 * len(kept))
    assert {problem.pair for problem in report.problems} == {n + 1 for n in range(4)} - {
        n + 1 for n in kept
    }


@given(pair=st.integers(0, 3), place=st.integers(0, 4), name=st.sampled_from(["lb10", "lb20"]))
def test_dropping_any_record_is_never_complete(pair: int, place: int, name: str) -> None:
    documents = documents_of(f"{name}-complete_r1_01")
    del documents[pair]["_checkpoint"]["records"][place]
    report = merged(f"{name}-complete_r1_01", documents)
    assert not report.complete
    assert ("missing", pair + 1) in kinds(report)


@given(cut=st.integers(0, 10_000), pair=st.integers(0, 3))
def test_a_partial_cut_anywhere_is_never_complete(cut: int, pair: int) -> None:
    case = vector("lb20-complete_r1_01")
    partials = case.partials()
    text = partials[pair].text or ""
    partials[pair] = Partial(pair + 1, text[: min(cut, len(text) - 1)])
    assert not merge(case.plan(), partials).complete


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["_checkpoint", "records", "progress", "sensors", "route_id", "meta"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(part=JSON, key=st.sampled_from(["records", "progress", "global_record", "sensors", ""]))
def test_no_content_of_a_partial_makes_the_merge_fail(part: Any, key: str) -> None:
    documents = documents_of("lb20-complete_r1_01")
    if key == "":
        documents[0] = part
    elif key == "sensors":
        documents[0][key] = part
    else:
        documents[0]["_checkpoint"][key] = part
    report = merged("lb20-complete_r1_01", documents)
    assert report.done >= 15
    json.loads(report.text)


@given(part=JSON, place=st.integers(0, 4), key=st.sampled_from(["scores", "meta", "infractions"]))
def test_no_content_of_a_record_makes_the_merge_fail(part: Any, place: int, key: str) -> None:
    documents = documents_of("lb10-complete_r1_01")
    record = documents[0]["_checkpoint"]["records"][place]
    inner = sorted(record[key])[0]
    record[key][inner] = part
    assert merged("lb10-complete_r1_01", documents).done >= 15


def test_a_pair_whose_progress_is_one_behind_its_records_is_not_through() -> None:
    documents = documents_of("lb20-complete_r1_01")
    documents[0]["_checkpoint"]["progress"] = [4, 5]
    report = merged("lb20-complete_r1_01", documents)
    assert ("unsettled", 1) in kinds(report)
    assert not report.complete
