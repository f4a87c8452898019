"""`results`: whether the scores are final and count, on every form; then scores and drives."""

from __future__ import annotations

import json

import pytest
from fakes.result_views import HIT, drive, not_final, view

from console.cli.scores import results_text
from console.domain.progress import MergeProblem
from console.operations.outcome.view import InfractionRow
from console.operations.outcome.view import ResultsView as View
from console.presentation.result_documents import results_document


def lines(shown: View) -> list[str]:
    return results_text(shown).splitlines()


def line_of(word: str, shown: View) -> str:
    return next((line for line in lines(shown) if line.startswith(word)), "")


def test_the_first_line_says_final_and_the_second_whether_it_counts() -> None:
    assert lines(view())[:2] == ["Leaderboard 2.0  2/2 routes  FINAL", "entry Finished, eligible"]


def test_a_result_that_does_not_count_says_why() -> None:
    shown = view(eligible=False, entry_status="Rejected", why_not_eligible="A sensor is missing.")
    assert lines(shown)[1] == "entry Rejected, not eligible: A sensor is missing."


def test_scores_so_far_are_never_called_final() -> None:
    told = lines(not_final())
    assert told[0] == "Leaderboard 2.0  1/2 routes  NOT FINAL: 1 of 2 drives have a record."
    assert not any(line.startswith("entry") for line in told)


def test_final_of_a_part_of_the_routes_file_says_of_how_many() -> None:
    told = lines(view(launched_routes=20, file_routes=26))[0]
    assert told.endswith("FINAL of what was launched: 20 of the file's 26 routes")


@pytest.mark.parametrize(("launched", "in_file"), [(26, 26), (None, 26), (20, None)])
def test_of_a_whole_or_unknown_file_nothing_is_said(
    launched: int | None, in_file: int | None
) -> None:
    assert lines(view(launched_routes=launched, file_routes=in_file))[0].endswith("  FINAL")


def test_routes_that_nobody_can_count_are_no_zero() -> None:
    assert "?/2 routes" in lines(not_final(done=None))[0]
    assert "1/? routes" in lines(not_final(total=None))[0]


def test_three_scores_stand_in_one_column_with_their_deviation() -> None:
    told = [line_of(word, view()) for word in ("driving", "route completion", "penalty")]
    assert told == [
        "driving score        80.000  ± 20.000",
        "route completion    100.000  ± 0.000",
        "penalty               0.800  ± 0.200",
    ]


def test_the_deviation_of_one_drive_is_not_told() -> None:
    assert line_of("driving score", not_final()) == "driving score        80.000"


def test_before_the_first_drive_there_is_no_score_instead_of_a_zero() -> None:
    told = lines(not_final(mean=None, rows=(), done=0))
    assert "no score yet" in told
    assert not any(line.startswith("driving score") for line in told)


def test_each_drive_has_a_line_with_its_pair_scores_and_status() -> None:
    told = lines(view())
    header = next(n for n, line in enumerate(told) if line.startswith("ROUTE "))
    assert told[header + 1 : header + 3] == [
        "RouteScenario_0_rep0       1   100.00   100.00    1.000  Perfect",
        "RouteScenario_1_rep0       2    60.00   100.00    0.600  Completed",
    ]


def test_the_columns_of_the_drives_stand_under_their_titles() -> None:
    told = lines(view())
    header = next(line for line in told if line.startswith("ROUTE "))
    row = next(line for line in told if line.startswith("RouteScenario_1"))
    for title, value in (("PAIR", "2"), ("SCORE", "60.00"), ("PENALTY", "0.600")):
        assert header.index(title) + len(title) == row.index(value) + len(value)
    assert header.index("STATUS") == row.index("Completed")


def test_only_infractions_that_happened_are_told_with_their_rate() -> None:
    told = lines(view())
    header = next(n for n, line in enumerate(told) if line.startswith("INFRACTION"))
    assert told[header + 1 :] == ["collisions vehicle                        2     1.250"]


def test_a_rate_that_nobody_can_tell_is_a_dash() -> None:
    shown = view(infractions=(InfractionRow("red_light", 1, None),))
    assert line_of("red light", shown).split() == ["red", "light", "1", "-"]


def test_no_infraction_seen_is_not_the_same_as_none_known() -> None:
    assert lines(view(infractions=()))[-1] == "no infraction"
    assert lines(not_final(infractions=(), done=None))[-1] == "not known"


def test_problems_stand_last() -> None:
    shown = view(problems=(MergeProblem("stale", 2, "an earlier copy"),))
    assert lines(shown)[-1] == "! pair 2 stale: an earlier copy"


HOSTILE = "\x1b]0;owned\x07bad\u202e"


@pytest.mark.parametrize(
    "shown",
    [
        view(rows=(drive(0, route_id=HOSTILE),)),
        view(rows=(drive(0, status=HOSTILE),)),
        view(eligible=False, why_not_eligible=HOSTILE),
        not_final(HOSTILE),
        view(problems=(MergeProblem("stale", 1, HOSTILE),)),
    ],
    ids=["route", "status", "not eligible", "not final", "problem"],
)
def test_no_words_of_a_record_steer_the_terminal(shown: View) -> None:
    told = results_text(shown)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "bad" in told


# the same as JSON


def test_the_document_says_final_and_eligible_beside_the_scores() -> None:
    document = results_document(view())
    assert (document["final"], document["eligible"], document["entryStatus"]) == (
        True,
        True,
        "Finished",
    )
    assert document["mean"] == {"composed": 80.0, "route": 100.0, "penalty": 0.8}
    assert document["standardDeviation"] == {"composed": 20.0, "route": 0.0, "penalty": 0.2}


def test_what_is_not_known_yet_is_null() -> None:
    document = results_document(not_final(mean=None, done=None, total=None))
    unknown = {name for name, value in document.items() if value is None}
    assert unknown == {"mean", "standardDeviation", "eligible", "entryStatus"}
    assert set(document["routes"].values()) == {None}


def test_a_record_tells_its_drive_and_its_infractions_in_the_evaluators_words() -> None:
    (record,) = results_document(view(rows=(HIT,)))["records"]
    assert record == {
        "pair": 2,
        "routeId": "RouteScenario_1_rep0",
        "repetition": 0,
        "status": "Completed",
        "composed": 60.0,
        "route": 100.0,
        "penalty": 0.6,
        "infractions": {"collisions_vehicle": ["hit a car at x=12.1", "hit a van at x=13.0"]},
        "routeLength": 1432.5,
        "durationGame": 210.0,
        "durationSystem": 500.0,
    }


def test_a_kind_without_an_entry_is_no_key_of_a_record() -> None:
    shown = view(rows=(drive(0, infractions=(("red_light", ()), ("stop_infraction", ("x",)))),))
    (record,) = results_document(shown)["records"]
    assert record["infractions"] == {"stop_infraction": ["x"]}


def test_every_kind_of_infraction_is_in_the_document_those_that_did_not_happen_too() -> None:
    assert results_document(view())["infractions"] == [
        {"kind": "collisions_vehicle", "count": 2, "perKm": 1.25},
        {"kind": "red_light", "count": 0, "perKm": 0.0},
    ]


def test_the_document_can_be_written_as_json() -> None:
    document = results_document(view(problems=(MergeProblem("stale", 0, "x"),)))
    assert json.loads(json.dumps(document)) == document
