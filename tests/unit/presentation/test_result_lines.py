"""Results on the screens: the verdict first, then scores, infractions and drives in their columns."""

from __future__ import annotations

import pytest
from fakes.result_views import HIT, drive, not_final, view
from fakes.shown import all_said, said, toned

from console.domain.gpu_time import UNKNOWN
from console.domain.progress import MergeProblem
from console.operations.outcome.view import InfractionRow
from console.presentation import result_lines, route_rows
from console.presentation.table import titles
from console.presentation.tones import Tone, width_of
from console.results.abilities import JudgedDrive, judged

INELIGIBLE = view(
    eligible=False,
    entry_status="Rejected",
    why_not_eligible="The sensors of pair 2 are not those that pairs 1, 3 and 4 have told.",
)


def test_a_result_that_counts_is_told_as_final_with_its_entry() -> None:
    line = result_lines.verdict(view())
    assert said(line) == "✓ final   2/2 routes   Finished, eligible"
    assert toned(line, Tone.OK) == "✓ finalFinished, eligible"


def test_a_final_result_that_does_not_count_is_never_a_tick() -> None:
    told = said(result_lines.verdict(INELIGIBLE))
    assert told.startswith("✗ final   2/2 routes   Rejected, not eligible   The sensors of pair 2")


def test_scores_so_far_say_what_is_missing_for_the_word_final() -> None:
    line = result_lines.verdict(not_final())
    assert said(line) == "◑ not final   1/2 routes   1 of 2 drives have a record."
    assert toned(line, Tone.OK) == ""


def test_a_brief_verdict_leaves_out_why() -> None:
    assert said(result_lines.verdict(INELIGIBLE, brief=True)).endswith("Rejected, not eligible")
    assert said(result_lines.verdict(not_final(), brief=True)) == "◑ not final   1/2 routes"


def test_a_verdict_that_fits_is_one_row() -> None:
    assert len(result_lines.verdict_rows(INELIGIBLE, 200)) == 1
    assert len(result_lines.verdict_rows(view(), 10)) == 1


def test_a_reason_that_does_not_fit_stands_beneath_whole() -> None:
    rows = result_lines.verdict_rows(INELIGIBLE, 60)
    assert said(rows[0]).endswith("Rejected, not eligible")
    assert " ".join(map(said, rows[1:])) == INELIGIBLE.why_not_eligible
    assert max(map(width_of, rows)) <= 60


def test_a_very_long_reason_takes_three_rows_and_says_that_it_is_cut() -> None:
    rows = result_lines.verdict_rows(not_final("records are missing and " * 30), 40)
    assert len(rows) == 4
    assert said(rows[-1]).endswith("…")


def test_the_three_scores_have_as_many_digits_as_the_leaderboard_shows() -> None:
    assert result_lines.global_scores(view()) == [
        ("driving score", "80.00", " ± 20.00"),
        ("route completion", "100.00", " ± 0.00"),
        ("infraction penalty", "0.800", " ± 0.200"),
    ]


def test_one_drive_has_no_deviation() -> None:
    assert {spread for _, _, spread in result_lines.global_scores(not_final())} == {""}


def test_before_the_first_drive_there_is_no_score_instead_of_a_zero() -> None:
    none = not_final(mean=None, rows=(), done=0)
    assert result_lines.global_scores(none) == []
    assert all_said(result_lines.scores(none, 30)) == "no score yet"
    assert said(result_lines.headline_scores(none)) == "no score yet"


def test_scores_stand_at_the_right_edge_of_their_column() -> None:
    assert {width_of(line) for line in result_lines.scores(view(), 40)} == {40}


def test_a_small_terminal_gets_the_scores_in_one_line() -> None:
    assert said(result_lines.headline_scores(view())) == (
        "score 80.00 ± 20.00   completion 100.00 ± 0.00   penalty 0.800 ± 0.200"
    )


def test_only_infractions_that_happened_are_shown_with_their_rate() -> None:
    (line,) = result_lines.infractions(view(), 40)
    assert said(line).split() == ["collisions", "vehicle", "2", "1.250/km"]


def test_a_rate_that_nobody_can_tell_is_left_out() -> None:
    (line,) = result_lines.infractions(view(infractions=(InfractionRow("red_light", 3, None),)), 40)
    assert said(line).split() == ["red", "light", "3"]


@pytest.mark.parametrize(("done", "words"), [(2, "no infraction"), (None, "not known")])
def test_none_seen_is_not_the_same_as_none_known(done: int | None, words: str) -> None:
    assert all_said(result_lines.infractions(view(infractions=(), done=done), 40)) == words


@pytest.mark.parametrize("width", [80, 95, 96, 140])
def test_each_drive_has_a_cell_for_each_column(width: int) -> None:
    columns = route_rows.columns(width)
    assert len(route_rows.cells(HIT, width)) == len(columns)
    assert width_of(titles(columns, width)) <= width


def test_penalty_length_and_time_are_shown_where_there_is_room() -> None:
    narrow, wide = ([each.title for each in route_rows.columns(width)] for width in (95, 96))
    assert [title for title in wide if title not in narrow] == ["PENALTY", "KM", "GAME s"]


def test_a_drive_is_read_from_left_to_right() -> None:
    assert [said(cell) for cell in route_rows.cells(HIT, 140)] == [
        "2",
        "RouteScenario_1_rep0",
        "~ Completed",
        "60.00",
        "100.0",
        "0.600",
        "1.43",
        "210",
        "2",
        "2 CV",
    ]


@pytest.mark.parametrize(
    ("route", "mark"),
    [
        (drive(0), "✓ Perfect"),
        (HIT, "~ Completed"),
        (drive(0, status="Failed - Agent timed out"), "✗ Agent timed out"),
    ],
    ids=["perfect", "completed", "failed"],
)
def test_a_drive_is_marked_by_how_it_ended(route: object, mark: str) -> None:
    assert said(route_rows.cells(route, 80)[2]) == mark  # type: ignore[arg-type]


def test_a_drive_without_infractions_has_an_empty_cell_for_them() -> None:
    assert said(route_rows.cells(drive(0), 80)[-1]) == ""


def test_the_selected_drive_tells_every_infraction_in_the_evaluators_words() -> None:
    assert all_said(result_lines.of_route(HIT, 60)).splitlines() == [
        "ROUTE RouteScenario_1_rep0",
        "~ Completed",
        "collisions vehicle: hit a car at x=12.1",
        "collisions vehicle: hit a van at x=13.0",
    ]


def test_a_long_infraction_is_wrapped_under_itself_and_loses_no_word() -> None:
    entry = "Agent collided against object with type=vehicle.tesla.model3 and id=421 at x=12"
    lines = result_lines.of_route(drive(0, infractions=(("collisions_vehicle", (entry,)),)), 30)
    assert max(map(width_of, lines)) <= 30
    assert " ".join(all_said(lines).split()).endswith(f"collisions vehicle: {entry}")


def test_the_whole_status_of_a_failed_drive_is_told() -> None:
    lines = result_lines.of_route(drive(0, status="Failed - Agent timed out"), 60)
    assert said(lines[1]) == "✗ Failed - Agent timed out"


def test_beside_the_table_stand_scores_infractions_and_the_selected_drive() -> None:
    found = view(problems=(MergeProblem("stale", 2, "an earlier copy"),))
    shown = all_said(result_lines.side(found, HIT, UNKNOWN, 40))
    order = ["GLOBAL SCORES", "INFRACTIONS", "PROBLEMS", "ROUTE RouteScenario_1"]
    assert sorted(order, key=shown.index) == order
    assert "! pair 2 stale: an earlier copy" in shown


def test_a_long_problem_is_wrapped_and_loses_no_word() -> None:
    found = view(problems=(MergeProblem("stale", 2, "an earlier copy of what the pair wrote"),))
    lines = result_lines.side(found, HIT, UNKNOWN, 30)
    assert max(map(width_of, lines)) <= 30
    told = " ".join(all_said(lines).split())
    assert "! pair 2 stale: an earlier copy of what the pair wrote" in told


def test_on_a_small_terminal_the_selected_drive_is_first_and_the_scores_are_elsewhere() -> None:
    shown = all_said(result_lines.side(view(), HIT, UNKNOWN, 40, small=True))
    assert shown.startswith("ROUTE RouteScenario_1_rep0")
    assert "GLOBAL SCORES" not in shown


def test_without_a_selected_drive_nothing_stands_for_one() -> None:
    assert "ROUTE " not in all_said(result_lines.side(view(), None, UNKNOWN, 40))


def test_a_problem_of_the_whole_result_names_no_pair() -> None:
    (line,) = result_lines.problems(view(problems=(MergeProblem("plan", 0, "no routes file"),)))
    assert said(line) == "! result plan: no routes file"


def test_success_and_abilities_stand_between_scores_and_infractions_where_a_version_has_them() -> (
    None
):
    overtaken = JudgedDrive("Accident", "Perfect", 100.0, {})
    failed = JudgedDrive("T_Junction", "Failed - Agent got blocked", 40.0, {})
    told = view(leaderboard="Bench2Drive", successes=judged([overtaken, failed]))
    lines = [said(line) for line in result_lines.side(told, None, UNKNOWN, 60)]
    at = lines.index("SUCCESSES AND ABILITIES, PERCENT")
    assert lines.index("GLOBAL SCORES") < at < lines.index("INFRACTIONS")
    assert lines[at + 1].split() == ["success", "rate", "50.000", "1", "of", "2", "drives"]
    assert lines[at + 2].split() == ["overtaking", "100.000", "1", "of", "1"]
    assert lines[at + 6].split() == ["traffic", "signs", "?", "0", "to", "1", "of", "1"]
    assert said(result_lines.headline_scores(told)).endswith("success 50.000")
    assert not any("SUCCESS" in said(line) for line in result_lines.side(view(), None, UNKNOWN, 60))
