"""What became of many: the line of each, the exit code of all."""

from __future__ import annotations

import pytest
from fakes.boards import row
from msgspec.structs import replace

from console.cli.many_summary import (
    TITLES,
    EndedRow,
    summary_documents,
    summary_lines,
    verdict,
)
from console.domain.board import SubmissionStatus as Status
from console.errors import SubmissionFailed
from console.results import command

COUNTS = EndedRow(
    row("good", Status.COMPLETE, 20, driving_score=47.381, entry_status="Finished", eligible=True),
    3725.0,
)
COUNTS_NOT = EndedRow(
    row("odd", Status.COMPLETE, 20, driving_score=3.0, entry_status="Rejected", eligible=False),
    60.0,
)
FAILED = EndedRow(
    replace(row("bad", Status.FAILED, 0), done=None, restarts=None, restarts_at_least=3),
    None,
    ("The agent raised ImportError.", "Twice."),
)


def line(each: EndedRow) -> dict[str, str]:
    [cells] = summary_lines([each])
    return dict(zip(TITLES, cells, strict=True))


def test_a_complete_one_is_told_with_its_score_and_whether_it_counts() -> None:
    told = line(COUNTS)
    assert (told["RESULT"], told["ROUTES"], told["SCORE"]) == ("Complete", "20/20", "47.38")
    assert (told["ENTRY"], told["WHY"]) == ("Finished, eligible", "")
    assert line(COUNTS_NOT)["ENTRY"] == "Rejected, not eligible"


def test_of_one_that_failed_the_first_reason_is_told_and_what_nobody_knows_is_no_number() -> None:
    told = line(FAILED)
    assert (told["ROUTES"], told["SCORE"], told["ENTRY"], told["DURATION"]) == (
        "?/20",
        "-",
        "-",
        "-",
    )
    assert told["WHY"] == "The agent raised ImportError."
    assert "3" in told["RESTARTS"]
    assert told["RESTARTS"] != "3/8"


def test_a_program_gets_every_reason_and_null_for_a_time_that_nobody_knows() -> None:
    [told] = summary_documents([FAILED])
    assert told["why"] == ["The agent raised ImportError.", "Twice."]
    assert (told["durationSeconds"], told["routes"]["done"]) == (None, None)


def test_the_exit_code_is_that_of_the_worst() -> None:
    assert verdict([COUNTS, COUNTS]) == command.DONE
    assert verdict([COUNTS, COUNTS_NOT]) == command.INELIGIBLE
    with pytest.raises(SubmissionFailed) as lost:
        verdict([COUNTS_NOT, FAILED, COUNTS])
    assert "1 of 3 submissions have no complete result." in str(lost.value)
    assert "bad: The agent raised ImportError." in str(lost.value)
    assert "carla-console inspect bad" in str(lost.value)


def test_of_one_that_failed_without_a_reason_its_status_is_told() -> None:
    with pytest.raises(SubmissionFailed, match="quiet: Incomplete"):
        verdict([EndedRow(row("quiet", Status.INCOMPLETE, 4), None)])
