"""What is done next where EvalAI's answer was lost, was a failure, or was a refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from decided_steps import DONE, FINISHED, NEW, PARTIAL, RUNNING, sent, shows, step
from fakes.evalai_model import BEGIN
from fakes.published_runs import PERIOD

from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiLogin,
    EvalAiRefused,
    RemoteOutcome,
    RemoteStatus,
)
from console.operations.ports.publications import PublicationStage
from console.operations.publishing import publication_changes
from console.operations.publishing.next_step import (
    AskThere,
    Close,
    Hold,
    Rest,
    StandingHere,
    next_step,
)


@pytest.mark.parametrize("error", [EvalAiBusy("no answer in time"), EvalAiBusy("503", 1.0)])
@pytest.mark.parametrize("outcome", list(RemoteOutcome))
def test_while_an_update_may_still_arrive_nothing_is_done(outcome, error) -> None:
    begun = publication_changes.begun(NEW, outcome, "d", BEGIN)
    lost = publication_changes.update_failed(begun, error, BEGIN)
    for seconds in (0, 30, 89):
        now = BEGIN + timedelta(seconds=seconds)
        assert isinstance(next_step(lost, DONE, None, now, PERIOD), Rest)
    assert next_step(lost, DONE, None, BEGIN + timedelta(seconds=90), PERIOD) == AskThere()


def test_after_a_kill_it_may_arrive_for_as_long_from_then_on() -> None:
    begun = publication_changes.begun(NEW, RemoteOutcome.FINISHED, "d", BEGIN)
    later = BEGIN + timedelta(minutes=9)
    up = publication_changes.taken_up(begun, later)
    assert up.not_before == later + publication_changes.ARRIVES_WITHIN
    assert publication_changes.taken_up(NEW, later) == NEW
    assert up.words == "Sent as finished; what EvalAI answers is not known yet."


def test_kills_upon_kills_do_not_put_it_off_for_ever() -> None:
    """Who was killed before the time was over has sent nothing more."""
    begun = publication_changes.begun(NEW, RemoteOutcome.FINISHED, "d", BEGIN)
    up = publication_changes.taken_up(begun, BEGIN + PERIOD)
    assert publication_changes.taken_up(up, BEGIN + 2 * PERIOD) == up
    lost = publication_changes.update_failed(begun, EvalAiBusy("no answer in time"), BEGIN)
    assert publication_changes.taken_up(lost, BEGIN + PERIOD) == lost


@pytest.mark.parametrize(
    ("before", "touched", "after", "touched_after", "arrived"),
    [
        (RemoteStatus.RUNNING, None, RemoteStatus.FINISHED, None, True),
        (RemoteStatus.RUNNING, None, RemoteStatus.RUNNING, None, False),
        (RemoteStatus.FINISHED, None, RemoteStatus.FINISHED, None, False),
        (RemoteStatus.FINISHED, "12:00", RemoteStatus.FINISHED, "12:01", True),
        (RemoteStatus.FINISHED, "12:00", RemoteStatus.FINISHED, "12:00", False),
        (RemoteStatus.RUNNING, "", RemoteStatus.CANCELLED, "12:01", True),
        (RemoteStatus.RUNNING, None, RemoteStatus.FINISHED, "12:01", True),
    ],
)
def test_what_evalai_shows_tells_whether_it_has_arrived(
    before, touched, after, touched_after, arrived
) -> None:
    looked = publication_changes.looked(NEW, shows(before, touched=touched), BEGIN)
    begun = publication_changes.begun(looked, RemoteOutcome.FINISHED, "d", BEGIN)
    again = publication_changes.looked(begun, shows(after, touched=touched_after), BEGIN)
    assert again.begun is None
    assert (again.taken is not None) is arrived


@pytest.mark.parametrize(
    "error", [EvalAiLogin("401: the token has expired"), EvalAiBusy("429", 7, not_taken=True)]
)
def test_who_was_not_let_in_has_not_sent_anything(error) -> None:
    begun = publication_changes.begun(NEW, RemoteOutcome.FINISHED, "d", BEGIN)
    assert publication_changes.update_failed(begun, error, BEGIN).begun is None


def test_a_look_that_fails_tells_nothing_of_what_was_sent_before() -> None:
    begun = publication_changes.begun(NEW, RemoteOutcome.FINISHED, "d", BEGIN)
    for error in (EvalAiLogin("401"), EvalAiBusy("429", 7), EvalAiBusy("502")):
        assert publication_changes.look_failed(begun, error, BEGIN).begun == begun.begun


# --- failures


def test_failures_are_waited_out_longer_and_longer_and_said() -> None:
    known, waits = NEW, []
    for _ in range(9):
        known = publication_changes.look_failed(known, EvalAiBusy("502 Bad Gateway"), BEGIN)
        assert known.not_before is not None
        waits.append((known.not_before - BEGIN).total_seconds())
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert known.words == "Waiting until 12:10:00 UTC: 502 Bad Gateway"
    assert known.busy


@pytest.mark.parametrize("why", ["401: the token has expired", "401: the token has expired."])
def test_of_a_token_that_is_not_let_in_it_says_what_is_to_be_done(why: str) -> None:
    known = publication_changes.look_failed(NEW, EvalAiLogin(why, "Give another one."), BEGIN)
    assert known.words.endswith("UTC: 401: the token has expired. Give another one.")


def test_a_server_may_ask_for_a_longer_pause() -> None:
    known = publication_changes.look_failed(NEW, EvalAiBusy("429 Too Many Requests", 42), BEGIN)
    assert known.not_before == BEGIN + timedelta(seconds=42)


def test_a_success_ends_the_counting_of_failures() -> None:
    failed = publication_changes.look_failed(NEW, EvalAiBusy("502"), BEGIN)
    rested = publication_changes.rested(failed, Rest(BEGIN + PERIOD), BEGIN)
    assert (rested.tries, rested.failing_since) == (0, None)
    assert sent(RemoteOutcome.PARTIALLY_EVALUATED, known=failed).failing_since is None


def test_failures_with_a_success_between_them_are_not_given_up() -> None:
    monday, friday = BEGIN, BEGIN + timedelta(days=4)
    failed = publication_changes.look_failed(NEW, EvalAiBusy("502"), monday)
    found = step(failed, RUNNING, RemoteStatus.FINISHED)
    assert isinstance(found, Hold)
    for known in (
        publication_changes.held(failed, found, monday),
        publication_changes.cancel_told(failed, monday, PERIOD),
    ):
        later = publication_changes.look_failed(known, EvalAiBusy("no answer in time"), friday)
        assert later.words.startswith("Waiting until"), "not given up"


def test_a_refused_look_ends_it_and_says_why() -> None:
    refused = publication_changes.look_failed(
        NEW, EvalAiRefused("404: Submission 9 does not exist"), BEGIN
    )
    assert refused.stage is PublicationStage.REFUSED
    assert refused.words == "Refused by EvalAI: 404: Submission 9 does not exist"
    assert refused.closed


def test_a_refused_final_result_is_not_sent_again_until_somebody_asks() -> None:
    begun = publication_changes.begun(NEW, RemoteOutcome.FINISHED, "d", BEGIN)
    refused = publication_changes.update_failed(begun, EvalAiRefused("400: no such split"), BEGIN)
    assert isinstance(next_step(refused, DONE, None, BEGIN + 99 * PERIOD, PERIOD), Close)
    again = publication_changes.asked_again(refused, BEGIN)
    assert again.stage is PublicationStage.ENDING
    assert next_step(again, DONE, None, BEGIN, PERIOD) == AskThere()


def test_a_refused_partial_result_is_not_sent_again_and_the_final_one_is() -> None:
    known = NEW
    for number in range(3):
        here = StandingHere(f"drive {number}")
        assert step(known, here, RemoteStatus.RUNNING) == PARTIAL
        begun = publication_changes.begun(
            known, RemoteOutcome.PARTIALLY_EVALUATED, here.digest, BEGIN
        )
        known = publication_changes.update_failed(begun, EvalAiRefused("400: no such split"), BEGIN)
        assert known.words == "A partial result was refused by EvalAI: 400: no such split"
        assert isinstance(step(known, here, RemoteStatus.RUNNING), Rest)
    assert isinstance(step(known, StandingHere("drive 4"), RemoteStatus.RUNNING), Rest)
    assert step(known, DONE, RemoteStatus.RUNNING) == FINISHED
