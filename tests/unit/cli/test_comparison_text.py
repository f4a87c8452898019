"""A comparison on a command line: its words, its table, and which words name a file."""

from __future__ import annotations

import pytest
from fakes.result_views import drive, not_final, view

from console.cli.compared import origin_of
from console.cli.comparisons import comparison_text, route_table, route_titles
from console.cli.connection import is_file
from console.operations.outcome.comparison import ComparedResult, ResultComparison, compare
from console.operations.ports.recorder import Recording


def compared(count: int = 2) -> ResultComparison:
    """Each drives one route less than the one before, and scores ten points less."""
    results = [
        ComparedResult(
            f"team-{number}",
            view(
                rows=tuple(drive(n, score_composed=90.0 - 10 * number) for n in range(9 - number))
            ),
        )
        for number in range(count)
    ]
    return compare(results)


def lines(comparison: ResultComparison) -> list[str]:
    return comparison_text(comparison).splitlines()


def test_the_first_line_says_the_version_and_over_how_many_routes_means_are() -> None:
    assert lines(compared())[0] == "Leaderboard 2.0, 8 of 9 routes in common"


def test_where_all_routes_are_in_common_it_says_so() -> None:
    same = ComparedResult("again", view(rows=(drive(0), drive(1))))
    assert lines(compare([same, same]))[0] == "Leaderboard 2.0, all 2 routes"


def test_every_result_has_a_line_with_its_letter_before_any_number() -> None:
    told = lines(compared(3))
    assert [line[:9] for line in told[1:4]] == ["A  team-0", "B  team-1", "C  team-2"]


def test_a_result_that_is_not_final_says_why_where_its_name_is() -> None:
    part = ComparedResult("part", not_final(rows=(drive(0),)))
    told = "\n".join(lines(compare([part, part])))
    assert told.count("not final: 1 of 2 drives have a record.") == 2


def test_a_final_result_that_does_not_count_is_no_good_mark() -> None:
    out = ComparedResult("out", view(eligible=False, entry_status="Rejected"))
    assert "✗ final  Rejected, not eligible" in "\n".join(lines(compare([out, out])))


def test_values_of_one_result_stand_below_each_other() -> None:
    told = lines(compared())
    rows = [line for line in told if line.startswith(("driving", "route comp", "infraction p"))]
    assert len({line.index("B ") for line in rows}) == 1
    assert len({line.index("A ") for line in rows}) == 1


def test_routes_have_a_title_and_a_cell_for_every_result() -> None:
    comparison = compared(4)
    titles = route_titles(comparison)
    assert titles == ["ROUTE", "A", "B", "Δ B", "C", "Δ C", "D", "Δ D", "INFRACTIONS"]
    rows = list(route_table(comparison))
    assert {len(row) for row in rows} == {len(titles)}
    assert rows[0][:4] == ["0", "90.00", "80.00", "▼ -10.00"]


def test_a_route_that_somebody_lacks_stays_in_the_table() -> None:
    row = list(route_table(compared()))[-1]
    assert row == ["8", "90.00", "–", "–", "missing in B"]


@pytest.mark.parametrize(
    "word", ["a.json", "./demo", "../old/merged", "/tmp/x", "~/results/agent_results.json"]
)
def test_a_word_that_no_submission_has_as_its_name_is_a_file(word: str) -> None:
    assert is_file(word)


@pytest.mark.parametrize("word", ["demo", "job/demo", "jobs/demo", "team.7", "ad47f5e3-dc4b"])
def test_a_name_a_job_and_a_uid_are_no_files(word: str) -> None:
    assert not is_file(word)


def test_a_recording_is_told_from_its_namesakes_by_cluster_and_uid() -> None:
    recording = Recording("lab", "races", "demo", "ad47f5e3-dc4b-4b48")
    assert origin_of(recording) == "recording of lab, uid ad47f5e3"


def test_a_recording_of_no_context_says_that_nobody_knows_it() -> None:
    assert origin_of(Recording("", "races", "demo", "ad47f5e3")).startswith("recording of ?")
