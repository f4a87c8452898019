"""Results of a board: final only where this console checked them, scores by the Leaderboard's rules."""

from __future__ import annotations

import json

import pytest
from fakes.boards import board
from fakes.documents import AT, document, plan_for
from fakes.result_views import HIT, drive

from console.domain.facts import JobCondition, JobFacts
from console.domain.progress import MergedResult, MergeProblem
from console.operations.outcome.view import results, why_not_final

JOB = JobFacts("demo", "x", "u1", AT, 8, plan=plan_for("2.0"), leaderboard="2.0")
TEXT = json.dumps(document("2.0"))


def shown(**facts: object):
    return results(board(**{"job": JOB, "records": (), "problems": (), "total": 4, **facts}))


def final(**facts: object):
    return shown(merged=MergedResult("0", TEXT, True), **facts)


def test_a_checked_document_is_final_with_all_its_drives() -> None:
    view = final()
    assert view.final
    assert (view.done, view.total) == (4, 4)
    assert view.document == TEXT
    assert [each.route_id for each in view.rows] == [f"RouteScenario_{n}" for n in range(4)]


def test_the_mean_of_the_drives_is_the_driving_score() -> None:
    mean = final().mean
    assert mean is not None
    assert mean.composed == pytest.approx(71.5)


def test_a_final_result_says_whether_it_counts() -> None:
    view = final()
    assert (view.entry_status, view.eligible) == ("Finished", True)
    assert view.entry == "Finished, eligible"


def test_a_document_that_was_not_checked_here_is_not_final() -> None:
    view = shown(merged=MergedResult("0", TEXT))
    assert not view.final
    assert (view.document, view.eligible, view.entry) == (None, None, "?")


def test_a_document_that_does_not_fit_the_plan_any_more_is_not_final() -> None:
    less = json.loads(TEXT)
    less["_checkpoint"]["records"].pop()
    view = shown(merged=MergedResult("0", json.dumps(less), True))
    assert not view.final
    assert view.why_not_final


def test_records_so_far_have_their_own_scores() -> None:
    view = shown(records=(drive(0), HIT))
    assert view.mean is not None
    assert view.mean.composed == pytest.approx(80.0)
    assert view.spread is not None
    assert view.done == 2


def test_the_deviation_of_one_drive_is_what_its_leaderboard_says() -> None:
    """1.0 writes that there is none, 2.0 writes zero."""
    first, second = (shown(records=(drive(0),), leaderboard=each) for each in ("1.0", "2.0"))
    assert first.spread is None
    assert second.spread is not None
    assert second.spread.composed == 0.0


def test_without_a_record_there_is_no_score() -> None:
    view = shown()
    assert (view.mean, view.spread, view.rows) == (None, None, ())


def test_every_kind_of_infraction_is_counted_the_missing_ones_too() -> None:
    counts = {each.kind: each.count for each in shown(records=(drive(0), HIT)).infractions}
    assert counts.pop("collisions_vehicle") == 2
    assert set(counts.values()) == {0}


def test_a_rate_is_told_per_kilometre_that_was_driven() -> None:
    rates = {each.kind: each.per_km for each in shown(records=(HIT,)).infractions}
    assert rates["collisions_vehicle"] == pytest.approx(2 / 1.4325, rel=1e-3)


def test_without_a_record_no_rate_is_known() -> None:
    assert {each.per_km for each in shown().infractions} == {None}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"records": ()}, "No drive has finished yet."),
        ({"records": (drive(0),)}, "1 of 4 drives have a record."),
        (
            {"records": tuple(drive(n) for n in range(4))},
            "logcopy has not published a merged result that could be checked.",
        ),
        (
            {"merged": MergedResult("0", "{}", why_not="A drive is there twice.")},
            "A drive is there twice.",
        ),
    ],
)
def test_what_is_missing_for_the_word_final_is_one_sentence(
    facts: dict[str, object], words: str
) -> None:
    assert why_not_final(board(**{"job": JOB, "total": 4, "records": (), **facts})) == words


def test_while_nobody_has_told_the_routes_that_is_what_is_missing() -> None:
    told = why_not_final(board(job=JOB, total=None, records=(drive(0),)))
    assert "routes" in told


def test_a_log_that_could_not_be_read_is_no_result_of_zero_drives() -> None:
    over = JobFacts("demo", "x", "u1", AT, 8, conditions=(JobCondition("Failed", True),))
    view = results(board(job=over, pod=None, records=(), done=None))
    assert view.done is None
    assert view.why_not_final.startswith("The records could not be read: its pod is gone")


def test_problems_of_the_board_are_those_of_its_results() -> None:
    found = (MergeProblem("stale", 1, "an earlier copy"),)
    assert shown(problems=found).problems == found


@pytest.mark.parametrize("version", ["1.0", "2.0", "", "9.9"])
def test_scores_of_an_unknown_version_are_counted_like_the_usual_ones(version: str) -> None:
    assert shown(records=(drive(0),), leaderboard=version).mean is not None
