"""Several logcopies, each of one pair, are heard as one: one plan, one report, one result."""

from __future__ import annotations

import itertools
import json
import random

import pytest
from fakes.folded_boards import JOB as OF_ONE_POD
from fakes.indexed_pods import JOB, PAIRS, PLAN, UID, at
from fakes.logcopies import (
    crash,
    own_merged_lines,
    plan_line,
    record_line,
    snapshot_line,
    whole_life,
)

from console.domain.events import (
    Event,
    MergedReported,
    PlanReported,
    ProgressReported,
    RouteFinished,
)
from console.domain.facts import pod_key
from console.domain.progress import MergeStatus
from console.operations.recording.logcopies import SubmissionProgress, progress_of
from console.operations.recording.progress import ProgressReader
from console.results.leaderboard import named


def hear(progress: SubmissionProgress, pair: int, *lines: str, pod: str = "") -> list[Event]:
    reader = progress.of(f"logcopy-{pair}")
    key = pod or f"pod-{pair}"
    return [each for line in lines for each in reader.line(line, at(0), key)]


def newest(events: list[Event], kind: type) -> Event:
    return [each for each in events if isinstance(each, kind)][-1]


def test_the_one_logcopy_of_one_pod_is_read_as_ever() -> None:
    progress = progress_of(OF_ONE_POD)
    assert isinstance(progress, ProgressReader)
    assert progress.containers == ("logcopy",)
    assert progress.of("logcopy") is progress


def test_what_they_tell_is_of_the_whole_submission() -> None:
    progress = progress_of(JOB)
    assert progress.containers == PLAN.logcopies
    told = [each for pair in PAIRS for each in hear(progress, pair, *whole_life(pair))]
    whole = [each for each in told if not isinstance(each, PlanReported)]
    assert {each.pod for each in whole} == {pod_key(UID)}
    plan = newest(told, PlanReported)
    assert [pair for pair, _ in plan.routes] == list(PAIRS)
    assert dict(plan.routes)[3] == ("RouteScenario_4", "RouteScenario_5")
    report = newest(told, ProgressReported).report
    assert (report.status, report.done, report.total) == (MergeStatus.COMPLETE, 6, 6)
    assert [each.pair for each in report.pairs] == list(PAIRS)


def test_a_pair_that_has_not_told_its_routes_says_nothing_of_them() -> None:
    told = hear(progress_of(JOB), 2, plan_line(2))
    assert [routes for _, routes in newest(told, PlanReported).routes] == [
        (), ("RouteScenario_2", "RouteScenario_3"), (),
    ]  # fmt: skip


def test_the_merged_result_is_made_of_all_records_and_is_final() -> None:
    progress = progress_of(JOB)
    told = [each for pair in PAIRS for each in hear(progress, pair, *whole_life(pair))]
    result = newest(told, MergedReported).result
    assert (result.final, result.entry_status, result.eligible) == (True, "Finished", True)
    document = json.loads(result.text)
    rows = document["_checkpoint"]["records"]
    assert [row["route_id"] for row in rows] == [f"RouteScenario_{n}_rep0" for n in range(6)]
    assert [row["index"] for row in rows] == list(range(6))
    assert document["sensors"] == ["carla_camera"]
    assert result.driving_score == 80.0


def test_nothing_is_final_before_each_pair_has_said_that_it_is_through() -> None:
    progress = progress_of(JOB)
    told = [each for pair in (1, 2) for each in hear(progress, pair, *whole_life(pair))]
    told += hear(progress, 3, plan_line(3), record_line(3, 0), record_line(3, 1, 4))
    assert not any(e.result.final for e in told if isinstance(e, MergedReported))
    told = hear(progress, 3, *own_merged_lines(3))
    assert newest(told, MergedReported).result.final


def test_a_pair_that_failed_for_good_leaves_a_result_that_says_what_is_missing() -> None:
    progress = progress_of(JOB)
    told = [each for pair in (1, 2) for each in hear(progress, pair, *whole_life(pair))]
    told += hear(
        progress, 3, plan_line(3), record_line(3, 0), *own_merged_lines(3, done=1),
        snapshot_line(3, 30, done=1, word="incomplete"),
    )  # fmt: skip
    result = newest(told, MergedReported).result
    assert not result.final
    assert result.why_not.startswith("5 of 6 drives are there")
    assert newest(told, ProgressReported).report.status is MergeStatus.INCOMPLETE


def test_what_one_logcopy_does_not_let_count_does_not_count() -> None:
    progress = progress_of(JOB)
    told = [each for pair in (1, 2) for each in hear(progress, pair, *whole_life(pair))]
    told += hear(progress, 3, plan_line(3), record_line(3, 0), record_line(3, 1, 4))
    told += hear(progress, 3, *own_merged_lines(3, eligible=False))
    result = newest(told, MergedReported).result
    assert (result.final, result.eligible) == (True, False)


def test_records_of_an_earlier_pod_stay_and_the_newest_of_a_drive_wins() -> None:
    progress = progress_of(JOB)
    hear(progress, 1, plan_line(1), record_line(1, 0, score=50.0), record_line(1, 1, 3), pod="old")
    again = hear(progress, 1, plan_line(1), record_line(1, 0, score=80.0), pod="new")
    assert [e.record.score_composed for e in again if isinstance(e, RouteFinished)] == [80.0]
    told = [each for pair in (2, 3) for each in hear(progress, pair, *whole_life(pair))]
    told += hear(progress, 1, *own_merged_lines(1), pod="new")
    rows = json.loads(newest(told, MergedReported).result.text)["_checkpoint"]["records"]
    assert [row["scores"]["score_composed"] for row in rows] == [80.0] * 6


def test_reports_of_a_later_pod_go_on_where_those_of_the_earlier_ended() -> None:
    progress = progress_of(JOB)
    first = hear(
        progress, 2, record_line(2, 0), snapshot_line(2, 900, done=1, ended=(crash(1),)), pod="old"
    )
    later = hear(progress, 2, snapshot_line(2, 3, attempt=2, done=0), pod="new")
    before, after = (newest(each, ProgressReported).report for each in (first, later))
    assert after.sequence > before.sequence
    (pair,) = after.pairs
    assert (pair.attempt, pair.done) == (2, 1)
    assert [(each.attempt, each.half) for each in pair.ended] == [(1, "agent")]


def test_how_many_drives_there_are_is_told_once_each_pair_has_told_its_own() -> None:
    progress = progress_of(JOB)
    totals = [newest(hear(progress, p, snapshot_line(p)), ProgressReported).report for p in PAIRS]
    assert [each.total for each in totals] == [None, None, 6]


def test_how_much_of_the_file_is_left_out_is_counted_over_all_pairs() -> None:
    part = {"kind": "launch", "pair": 0, "text": "launched are 2 of the file's 26 routes"}
    progress = progress_of(JOB)
    told = [
        each
        for pair in PAIRS
        for each in hear(
            progress, pair, plan_line(pair, file_routes=26), snapshot_line(pair, problems=(part,))
        )
    ]
    problems = newest(told, ProgressReported).report.problems
    assert [each.text for each in problems] == ["launched are 6 of the file's 26 routes"]


def test_what_is_repeated_is_told_again_after_a_while_alone() -> None:
    progress = progress_of(JOB)
    for pair in PAIRS:
        hear(progress, pair, snapshot_line(pair))
    told = [hear(progress, 1, snapshot_line(1, n, second=n)) for n in (10, 20, 31, 40)]
    assert [len(each) for each in told] == [0, 0, 1, 0]
    assert len(hear(progress, 1, snapshot_line(1, 50, second=41, done=1))) == 1


def test_a_pair_that_is_through_makes_no_document_while_others_drive() -> None:
    progress = progress_of(JOB)
    told = hear(progress, 1, *whole_life(1))
    assert not any(isinstance(each, MergedReported) for each in told)
    told = hear(progress, 2, plan_line(2), record_line(2, 0), *own_merged_lines(2, done=1))
    assert newest(told, MergedReported).result.why_not.startswith("3 of 6 drives are there")


def test_it_goes_on_until_each_pair_has_said_its_last_word() -> None:
    progress = progress_of(JOB)
    lacks = {"kind": "missing", "pair": 1, "text": "2 of 2 drives have no finished record"}
    words = []
    for pair in PAIRS:
        line = snapshot_line(pair, word="incomplete", problems=(lacks,) if pair == 1 else ())
        report = newest(hear(progress, pair, line), ProgressReported).report
        words.append((report.status, len(report.problems)))
    assert words == [
        (MergeStatus.RUNNING, 0), (MergeStatus.RUNNING, 0), (MergeStatus.INCOMPLETE, 1),
    ]  # fmt: skip


def test_each_pair_s_part_keeps_its_own_time() -> None:
    progress = progress_of(JOB)
    hear(progress, 1, snapshot_line(1, second=5))
    told = hear(progress, 2, snapshot_line(2, second=50))
    report = newest(told, ProgressReported).report
    assert [each.at for each in report.pairs] == [at(5), at(50)]


def test_what_fails_alike_in_several_pods_is_said_once_of_all_of_them() -> None:
    """No logcopy can see another pair than its own."""
    progress = progress_of(JOB)
    text = "the evaluator cannot be loaded: ImportError: no module named torch"
    unloaded = {"kind": "not-loaded", "pair": 0, "text": text}
    for pair in PAIRS[:2]:
        ill = ({**unloaded, "pair": pair},)
        told = hear(progress, pair, snapshot_line(pair, ended=(crash(1),), problems=ill))
        if pair == 1:
            problems = newest(told, ProgressReported).report.problems
            assert [(each.kind, each.pair) for each in problems] == [("not-loaded", 1)]
    problems = newest(told, ProgressReported).report.problems
    assert [(each.kind, each.pair, each.text) for each in problems] == [
        (
            "shared-failure", 0,
            f"pairs 1 and 2: {text}; every route of every pair will end like this",
        ),
        (
            "shared-failure", 0,
            "pairs 1 and 2 failed alike within 60 s: the evaluator crashed with exit status 1",
        ),
    ]  # fmt: skip


def test_a_logcopy_is_believed_for_its_own_pair_alone() -> None:
    progress = progress_of(JOB)
    assert hear(progress, 1, record_line(2, 0)) == []
    assert progress.of("logcopy-1").refused == 1
    assert hear(progress, 1, snapshot_line(3)) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_order_in_which_they_are_heard_changes_nothing(seed: int) -> None:
    order = random.Random(seed)
    texts = set()
    reports = []
    for _ in range(4):
        lives = {pair: iter(whole_life(pair)) for pair in PAIRS}
        turns = [pair for pair in PAIRS for _ in whole_life(pair)]
        order.shuffle(turns)
        progress = progress_of(JOB)
        told = [e for pair in turns for e in hear(progress, pair, next(lives[pair]))]
        texts.add(newest(told, MergedReported).result.text)
        reports.append(newest(told, ProgressReported).report)
    assert len(texts) == 1
    assert {(each.sequence, each.done, each.status) for each in reports} == {
        (15, 6, MergeStatus.COMPLETE)
    }


def test_the_document_is_the_one_that_a_merge_of_one_pod_writes() -> None:
    progress = progress_of(JOB)
    told = [e for pair in PAIRS for e in hear(progress, pair, *whole_life(pair))]
    document = json.loads(newest(told, MergedReported).result.text)
    assert named("2.0").text(document) == newest(told, MergedReported).result.text
    assert list(itertools.islice(document, 6)) == [
        "_checkpoint", "entry_status", "eligible", "sensors", "values", "labels",
    ]  # fmt: skip
