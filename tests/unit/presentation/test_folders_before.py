"""What is said before a launch of a folder and a row that are somebody else's already."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.delivering.asked_before import TakenBefore
from console.operations.submitting.publishing_plan import SUBMISSION, PublishingPlan
from console.presentation.folders_before import taken_words

PLAN = PublishingPlan(None, storage="s3://races/7/42/", table="submissions", row=("7", "42"))


def told(plan: PublishingPlan = PLAN, **taken: Any) -> list[str]:
    words = taken_words(TakenBefore(**taken), plan)
    assert {each.at for each in words} <= {SUBMISSION}, "the value that is to blame"
    assert all(each.grave for each in words)
    return [each.text for each in words]


def test_what_is_free_is_not_spoken_of() -> None:
    assert told() == []


def test_a_folder_that_is_anothers_is_named_with_its_owner_and_the_way_out() -> None:
    [words] = told(folder="races/ravens-1")
    assert words.startswith("The folder s3://races/7/42/ belongs to races/ravens-1: nothing of")
    assert "Choose another submission id, or bring it to a folder of its own" in words
    assert words.endswith("publish NAME --to PLACE --folder X.")


def test_of_a_number_that_evalai_has_given_no_other_one_is_asked_for() -> None:
    at_evalai = replace(PLAN, place=EvalAiPlace("https://eval.ai", 1, 2, 42))
    [words] = told(at_evalai, folder="races/ravens-1")
    assert "another submission id" not in words
    assert "Once it runs, bring it to a folder of its own by hand" in words


def test_what_cannot_be_guarded_or_told_is_said() -> None:
    [row, server] = told(row_why_not="403 AccessDenied.", unguarded=True)
    assert row == "Whether its row in table submissions is free is not known: 403 AccessDenied."
    assert server.startswith("The server of s3://races/7/42/ keeps no two writers apart:")


def test_folder_and_row_are_told_each_by_itself() -> None:
    [folder, row] = told(folder="races/a", row="races/b")
    assert "races/a" in folder
    assert row.startswith(
        "The row of team 7, submission 42 in DynamoDB's table submissions belongs to races/b:"
    )


def test_a_place_that_does_not_answer_is_unknown_and_not_free() -> None:
    [words] = told(why_not="It does not answer.")
    assert words == "Whether the folder s3://races/7/42/ is free is not known: It does not answer."


def test_an_owner_that_somebody_else_wrote_reaches_no_terminal_raw() -> None:
    [words] = told(folder="a\x1b[2J" + "b" * 500)
    assert "\x1b" not in words
    assert len(words) < 350
