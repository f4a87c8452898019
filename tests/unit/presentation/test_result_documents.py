"""One result as CSV and Markdown: for other programs, and for a report."""

from __future__ import annotations

import csv

from fakes.result_views import HIT, drive, not_final, view

from console.presentation.infraction_marks import CODES, code, cost, counted, meanings
from console.presentation.plain_tables import csv_text, markdown_table
from console.presentation.result_tables import results_markdown, routes_csv
from console.results.leaderboard import KNOWN, V1_0, V2_0, V2_1


def test_each_row_of_a_csv_says_whether_the_result_is_final() -> None:
    for final, word in ((True, "yes"), (False, "no")):
        rows = list(csv.DictReader(routes_csv([drive(0), HIT], final=final).splitlines()))
        assert [row["final"] for row in rows] == [word, word]
        assert [row["collisions_vehicle"] for row in rows] == ["0", "2"]


def test_no_cell_of_a_csv_is_run_by_a_spreadsheet() -> None:
    assert csv_text(["x"], [["=cmd()"], ["+1"], [-1.5]]).splitlines() == [
        "x",
        "'=cmd()",
        "'+1",
        "-1.5",
    ]


def test_what_nobody_knows_is_an_empty_cell() -> None:
    assert csv_text(["a", "b"], [[None, 0]]).splitlines()[1] == ",0"


def test_a_cell_of_markdown_cannot_end_its_cell() -> None:
    assert markdown_table(["a"], [["x|y*z\x1b[31m"]])[-1] == "| x\\|y\\*z |"


def test_numbers_stand_at_the_right_and_words_at_the_left() -> None:
    assert markdown_table(["name", "score"], [["x", "1.5"], ["y", "-2"]])[1] == "| --- | --: |"


def test_a_report_says_first_what_the_result_is_worth() -> None:
    assert "Leaderboard 2.0, final: Finished, eligible" in results_markdown("demo", view())
    told = results_markdown("demo", not_final())
    assert "not final: 1 of 2 drives have a record." in told
    assert "Finished" not in told


def test_a_report_has_means_drives_and_infractions() -> None:
    told = results_markdown("demo", view())
    assert "| driving score | 80.000 | 20.000 |" in told
    assert "2 collisions vehicle" in told
    assert "| collisions vehicle | 2 | 1.250 |" in told


def test_a_report_of_nothing_has_no_tables() -> None:
    told = results_markdown("demo", not_final(rows=(), mean=None, infractions=()))
    assert "|" not in told


def test_every_kind_of_every_version_has_letters_of_its_own() -> None:
    assert len(set(CODES.values())) == len(CODES)
    assert {kind for version in KNOWN for kind in version.infractions} <= set(CODES)
    assert code("something_new") == "something_new"


def test_counts_are_told_in_letters_and_zeros_not_at_all() -> None:
    assert counted([("collisions_vehicle", 2), ("red_light", 0), ("stop_infraction", 1)]) == (
        "2 CV 1 SS"
    )


def test_the_price_of_an_infraction_is_its_versions() -> None:
    assert cost("red_light", V2_0) == "penalty x 0.7"
    assert cost("red_light", V2_1) == "adds 0.4 to what divides the score"
    assert cost("route_dev", V1_0) == "ends the route"
    assert cost("min_speed_infractions", V2_0) == "penalty x 0.7 at the slowest"
    assert cost("min_speed_infractions", V2_1).startswith("adds 0.4")
    assert cost("outside_route_lanes", V1_0).startswith("penalty x (1 -")


def test_the_legend_has_the_kinds_of_its_version_and_no_other() -> None:
    assert "MS" not in {letters for letters, _, _ in meanings(V1_0)}
    assert ("CV", "Collisions with vehicles", "penalty x 0.6") in meanings(V2_0)
