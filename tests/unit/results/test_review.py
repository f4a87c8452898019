"""A merged document says of its own records what the merge said that made it."""

import json

import pytest
from fakes.documents import record
from result_vectors import Vector, vectors

from console.results.checkpoint import Checkpoint, checkpoint_of
from console.results.drives import Drives
from console.results.leaderboard import named
from console.results.partial_document import left_behind
from console.results.plan import launched
from console.results.raw_record import Refused
from console.results.report import MergeReport
from console.results.review import review
from console.results.trustworthy import merge

COMPLETE = [case for case in vectors() if case.whole]


def _merged(case: Vector) -> tuple[MergeReport, Checkpoint]:
    report = merge(case.plan(), case.partials())
    document = json.loads(report.text)
    return report, checkpoint_of(document, case.plan().leaderboard)


@pytest.mark.parametrize("case", COMPLETE, ids=str)
def test_the_review_of_a_complete_document_is_the_report_of_its_merge(case: Vector) -> None:
    report, merged = _merged(case)
    again = review(case.plan(), merged)
    assert (again.complete, again.done, again.total) == (True, report.done, report.total)
    assert again.statistics == report.statistics
    assert [record.key for record in again.records] == [record.key for record in report.records]
    assert (again.entry_status, again.eligible) == (report.entry_status, report.eligible)


def test_a_record_less_is_a_drive_that_is_missing() -> None:
    case = COMPLETE[0]
    _, merged = _merged(case)
    again = review(case.plan(), merged._replace(records=merged.records[:-1]))
    assert not again.complete
    assert again.done == again.total - 1
    assert {problem.kind for problem in again.problems} >= {"missing"}


def test_a_record_of_strange_shape_is_refused_before_anything_is_made_of_it() -> None:
    case = COMPLETE[0]
    _, merged = _merged(case)
    strange = [*merged.records[:-1], {**merged.records[-1], "scores": None}]
    with pytest.raises(Refused, match="scores"):
        review(case.plan(), merged._replace(records=tuple(strange)))


def test_a_document_that_counts_pair_by_pair_is_read_as_one_that_counts_by_route() -> None:
    """Results that were recorded stay final, however their routes were shared out."""
    plan = launched(Drives.of(named("2.0"), "4,2;3,1", 1))
    routes = [route for pair in plan.pairs for route in pair.routes]
    for told in (routes, sorted(routes)):
        rows = [record("2.0", int(route[-1]), 0, place, 100.0) for place, route in enumerate(told)]
        document = left_behind(plan.leaderboard, rows, 4, ["carla_camera"])
        again = review(plan, checkpoint_of(document, plan.leaderboard))
        assert (again.complete, again.problems) == (True, ()), told
