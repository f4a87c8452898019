"""What is said of a submission of EvalAI before it is launched: what it is, and what does not fit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.publishing.asked_before import AskedBefore
from console.presentation.before_launch import before_launch

PLACE = EvalAiPlace("https://eval.ai", 2098, 4137, 301234)
THERE = RemoteSubmission(RemoteStatus.SUBMITTED, "submitted", 77, "Ravens", 4137)


def warned(there: RemoteSubmission, team: str = "77") -> tuple[str, ...]:
    return tuple(each.text for each in before_launch(AskedBefore(PLACE, there), team).mismatches)


@pytest.mark.parametrize("status", [RemoteStatus.SUBMITTED, RemoteStatus.RESUMING])
def test_one_whose_turn_has_come_needs_no_warning(status) -> None:
    told = before_launch(AskedBefore(PLACE, replace(THERE, status=status)), "77")
    shown = f"EvalAI shows submission 301234: team 77 (Ravens), phase 4137, {status.value}."
    assert (told.line, told.mismatches) == (shown, ())


def test_what_the_recorder_will_not_publish_is_said_before() -> None:
    assert "names phase 4137: the recorder will send nothing" in warned(replace(THERE, phase=9))[0]
    for status in (RemoteStatus.FINISHED, RemoteStatus.FAILED, RemoteStatus.ARCHIVED):
        [told] = warned(replace(THERE, status=status))
        assert told.endswith("the recorder will send nothing until it is resumed there.")
    [told] = warned(replace(THERE, status=RemoteStatus.CANCELLED))
    assert "the recorder will end this launch at once, unless" in told
    [told] = warned(replace(THERE, status=None, said="paused"))
    assert "'paused'" in told


def test_each_misfit_names_the_value_that_says_otherwise() -> None:
    there = replace(THERE, status=RemoteStatus.RUNNING, team=4, phase=9)
    told = before_launch(AskedBefore(PLACE, there), "77")
    assert [each.at for each in told.mismatches] == [
        "submission.track_id",
        "submission.team_id",
        "submission.submission_id",
    ]


def test_another_teams_submission_is_said_so() -> None:
    assert warned(THERE, "12") == (
        "It is of team 77 (Ravens) there, and this launch names team 12.",
    )


@pytest.mark.parametrize(
    "status",
    [RemoteStatus.RUNNING, RemoteStatus.QUEUED, RemoteStatus.PARTIALLY_EVALUATED],
)
def test_one_that_somebody_works_on_already_is_said_so(status) -> None:
    assert "somebody else may work on it" in warned(replace(THERE, status=status))[0]


def test_what_evalai_does_not_tell_is_unknown_and_no_mistake() -> None:
    told = before_launch(
        AskedBefore(PLACE, replace(THERE, team=None, team_name="", phase=None)), "12"
    )
    shown = "EvalAI shows submission 301234: team ?, phase ?, submitted."
    assert (told.line, told.mismatches) == (shown, ())


def test_a_submission_that_it_refuses_to_tell_of_is_doubted_where_its_number_stands() -> None:
    told = before_launch(AskedBefore(PLACE, None, "404 Not Found.", refused=True), "12")
    [doubt] = told.mismatches
    assert (doubt.at, doubt.grave) == ("submission.submission_id", False)
    assert "refuses to tell of submission 301234" in doubt.text


def test_where_it_does_not_answer_the_launch_stays_possible_in_words() -> None:
    asked = AskedBefore(PLACE, None, "429 Too Many Requests.")
    told = before_launch(asked, "12")
    assert told.mismatches == ()
    assert told.line == (
        "EvalAI does not tell of submission 301234: 429 Too Many Requests."
        " It can be launched all the same."
    )
