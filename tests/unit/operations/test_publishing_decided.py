"""What is done next for a publication, case by case: the rules that a thousand runs only sample."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.evalai_model import BEGIN, PLACE
from fakes.published_runs import PERIOD, RECORDING

from console.operations.outcome.publication_marks import mark
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiLogin,
    EvalAiRefused,
    RemoteOutcome,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.publishing import publication_changes
from console.operations.publishing.next_step import (
    AskThere,
    CancelHere,
    Close,
    Hold,
    Rest,
    Send,
    StandingHere,
    Step,
    next_step,
)

NEW = Publication(PLACE, RECORDING, BEGIN, BEGIN)
RUNNING, NEWS = StandingHere(), StandingHere("drives 1 to 3")
DONE, FAILED = StandingHere(ended=RemoteOutcome.FINISHED), StandingHere(ended=RemoteOutcome.FAILED)
UNSEEN = StandingHere(unknown="no verified result of it has been seen here.")
PARTIAL = Send(RemoteOutcome.PARTIALLY_EVALUATED)
FINISHED, CANCELLED = Send(RemoteOutcome.FINISHED), Send(RemoteOutcome.CANCELLED)


def shows(status: RemoteStatus | None, said: str = "", touched: str | None = None):
    return RemoteSubmission(status, said or str(status), touched=touched)


def step(known: Publication, here: StandingHere, status: RemoteStatus | None) -> Step:
    """Right after a look that shows it."""
    there = shows(status)
    return next_step(publication_changes.looked(known, there, BEGIN), here, there, BEGIN, PERIOD)


def sent(outcome: RemoteOutcome, digest: str = "d", *, known: Publication = NEW) -> Publication:
    """Taken by EvalAI."""
    return publication_changes.taken(
        publication_changes.begun(known, outcome, digest, BEGIN), BEGIN, PERIOD
    )


# --- while it goes on


@pytest.mark.parametrize("here", [RUNNING, NEWS, DONE, FAILED, UNSEEN])
def test_nothing_is_sent_without_a_look_first(here) -> None:
    assert next_step(NEW, here, None, BEGIN, PERIOD) == AskThere()


@pytest.mark.parametrize(
    "status",
    [
        RemoteStatus.SUBMITTED,
        RemoteStatus.SUBMITTING,
        RemoteStatus.QUEUED,
        RemoteStatus.RUNNING,
        RemoteStatus.RESUMING,
        RemoteStatus.PARTIALLY_EVALUATED,
    ],
)
def test_what_is_new_is_sent_to_one_that_waits_or_runs_there(status) -> None:
    assert step(NEW, NEWS, status) == PARTIAL


def test_what_is_there_already_is_not_sent_again() -> None:
    known = sent(RemoteOutcome.PARTIALLY_EVALUATED, NEWS.digest)
    assert step(known, NEWS, RemoteStatus.PARTIALLY_EVALUATED) == Rest(BEGIN + PERIOD)
    assert step(known, StandingHere("more"), RemoteStatus.PARTIALLY_EVALUATED) == PARTIAL


def test_before_the_first_drive_has_ended_nothing_is_sent() -> None:
    assert step(NEW, RUNNING, RemoteStatus.SUBMITTED) == Rest(BEGIN + PERIOD)


def test_between_two_looks_it_rests_for_the_period_though_there_are_news() -> None:
    rested = publication_changes.rested(NEW, Rest(BEGIN + PERIOD), BEGIN)
    before, after = BEGIN + PERIOD - timedelta(seconds=1), BEGIN + PERIOD
    assert next_step(rested, NEWS, None, before, PERIOD) == Rest(BEGIN + PERIOD)
    assert next_step(rested, NEWS, None, after, PERIOD) == AskThere()


def test_an_end_waits_for_no_period() -> None:
    rested = publication_changes.rested(NEW, Rest(BEGIN + PERIOD), BEGIN)
    assert next_step(rested, DONE, None, BEGIN, PERIOD) == AskThere()


def test_a_status_that_nobody_knows_is_not_written_over() -> None:
    found = next_step(NEW, NEWS, shows(None, "paused\x1b[2J"), BEGIN, PERIOD)
    assert isinstance(found, Rest)
    assert found.words == (
        "EvalAI shows 'paused\\x1b[2J', which is not known here: nothing is sent over it."
    )


@pytest.mark.parametrize(
    "status", [RemoteStatus.FINISHED, RemoteStatus.FAILED, RemoteStatus.ARCHIVED]
)
@pytest.mark.parametrize("here", [RUNNING, NEWS, DONE])
def test_what_somebody_else_has_ended_there_is_left_as_it_is(status, here) -> None:
    found = step(NEW, here, status)
    assert isinstance(found, Hold)
    assert found.words.startswith(f"EvalAI shows {status} already")
    held = publication_changes.held(NEW, found, BEGIN)
    assert held.stage is PublicationStage.HELD
    assert not held.busy


@pytest.mark.parametrize("here", [NEWS, DONE, FAILED, UNSEEN])
@pytest.mark.parametrize("status", [RemoteStatus.RUNNING, RemoteStatus.CANCELLED])
def test_one_of_another_phase_is_held_whatever_there_is_to_say(here, status) -> None:
    there = RemoteSubmission(status, status.value, phase=PLACE.phase + 1)
    known = publication_changes.looked(NEW, there, BEGIN)
    found = next_step(known, here, there, BEGIN, PERIOD)
    assert isinstance(found, Hold)
    assert f"in phase {PLACE.phase + 1}" in found.words
    assert not known.cancelled_there


def test_a_final_result_that_was_taken_is_done_with_though_its_phase_is_another_now() -> None:
    known = sent(RemoteOutcome.FINISHED)
    there = RemoteSubmission(RemoteStatus.FINISHED, "finished", phase=PLACE.phase + 1)
    known = publication_changes.looked(known, there, BEGIN)
    later = BEGIN + timedelta(minutes=1)
    assert isinstance(next_step(known, DONE, there, later, PERIOD), Close)


def test_what_is_resumed_there_goes_on() -> None:
    found = step(NEW, NEWS, RemoteStatus.FAILED)
    assert isinstance(found, Hold)
    held = publication_changes.held(NEW, found, BEGIN)
    assert next_step(held, NEWS, None, found.until, PERIOD) == AskThere()
    assert step(held, NEWS, RemoteStatus.RESUMING) == PARTIAL
    assert sent(RemoteOutcome.PARTIALLY_EVALUATED, known=held).busy


@pytest.mark.parametrize("here", [FAILED, UNSEEN, DONE])
@pytest.mark.parametrize("shown", [RemoteStatus.FINISHED, RemoteStatus.FAILED])
def test_what_another_has_published_of_this_run_is_told_as_that_and_done_with(here, shown) -> None:
    later = (BEGIN + timedelta(hours=1)).isoformat()
    there = shows(shown, touched=later)
    known = publication_changes.looked(NEW, there, BEGIN)
    found = next_step(known, here, there, BEGIN, PERIOD)
    if (here, shown) == (DONE, RemoteStatus.FAILED):
        assert isinstance(found, Hold), "it has finished here: that somebody has to look at"
        return
    assert isinstance(found, Close)
    closed = publication_changes.closed(known, found.words, BEGIN, found.by_another)
    assert closed.words == f"Published by another: EvalAI shows it as {shown}."
    assert (closed.stage, closed.final.shown) == (PublicationStage.PUBLISHED, shown)
    assert mark(closed).state.value == shown.value


@pytest.mark.parametrize(
    "touched", [None, "", "some day", "2026-11-22T11:00:00Z", "2026-11-22T13:00:00"]
)
def test_what_may_be_of_the_run_before_is_not_told_as_this_ones(touched) -> None:
    there = shows(RemoteStatus.FAILED, touched=touched)
    for here in (FAILED, UNSEEN):
        assert isinstance(next_step(NEW, here, there, BEGIN, PERIOD), Hold)


def test_what_goes_on_here_is_not_done_with_though_another_has_ended_it_there() -> None:
    there = shows(RemoteStatus.FINISHED, touched="2026-11-22T13:00:00Z")
    assert isinstance(next_step(NEW, NEWS, there, BEGIN, PERIOD), Hold)


# --- a cancel there


@pytest.mark.parametrize("here", [RUNNING, NEWS])
def test_a_cancel_there_ends_it_here(here) -> None:
    assert step(NEW, here, RemoteStatus.CANCELLED) == CancelHere()


def test_after_a_cancel_nothing_is_asked_or_sent_until_it_has_ended_here() -> None:
    seen = publication_changes.looked(NEW, shows(RemoteStatus.CANCELLED), BEGIN)
    assert seen.cancelled_there
    assert next_step(seen, NEWS, None, BEGIN, PERIOD) == CancelHere()
    told = publication_changes.cancel_told(seen, BEGIN, PERIOD)
    assert isinstance(next_step(told, NEWS, None, BEGIN + 5 * PERIOD, PERIOD), Rest)
    assert step(told, FAILED, RemoteStatus.CANCELLED) == CANCELLED


@pytest.mark.parametrize("here", [DONE, FAILED, UNSEEN])
def test_a_cancel_outranks_whatever_came_of_it(here) -> None:
    """Upstream's rule: one `.cancel` file and it is CANCELLED, whatever is done."""
    assert step(NEW, here, RemoteStatus.CANCELLED) == CANCELLED


def test_one_that_cannot_be_cancelled_here_says_so_and_is_tried_again() -> None:
    seen = publication_changes.looked(NEW, shows(RemoteStatus.CANCELLED), BEGIN)
    failed = publication_changes.cancel_failed(seen, "You may not change Jobs.", BEGIN)
    assert failed.words == (
        "It was cancelled at EvalAI, and could not be ended here: You may not change Jobs."
    )
    assert isinstance(next_step(failed, NEWS, None, BEGIN, PERIOD), Rest)
    later = failed.not_before
    assert later is not None
    assert next_step(failed, NEWS, None, later, PERIOD) == CancelHere()


# --- the final result


def test_a_final_result_is_sent_taken_seen_and_then_nothing() -> None:
    assert step(NEW, DONE, RemoteStatus.PARTIALLY_EVALUATED) == FINISHED
    taken = sent(RemoteOutcome.FINISHED)
    assert taken.stage is PublicationStage.ENDING
    assert taken.words == "Taken by EvalAI as finished; waiting until it shows that."
    assert step(taken, DONE, RemoteStatus.FINISHED) == Close("EvalAI shows it as finished.")
    closed = publication_changes.closed(taken, "EvalAI shows it as finished.", BEGIN)
    for here in (RUNNING, NEWS, DONE, FAILED):
        assert isinstance(next_step(closed, here, None, BEGIN + 99 * PERIOD, PERIOD), Close)


def test_a_result_that_nobody_has_seen_is_not_called_failed() -> None:
    found = step(NEW, UNSEEN, RemoteStatus.PARTIALLY_EVALUATED)
    assert isinstance(found, Hold)
    assert found.words == ("Nothing final is sent: no verified result of it has been seen here.")
    held = publication_changes.held(NEW, found, BEGIN)
    assert next_step(held, DONE, None, BEGIN, PERIOD) == AskThere(), "it is seen after all"


def test_who_says_that_it_failed_decides_it_only_where_nobody_knows() -> None:
    known = publication_changes.asked_again(NEW, BEGIN, as_failed=True)
    assert step(known, UNSEEN, RemoteStatus.RUNNING) == Send(RemoteOutcome.FAILED)
    assert step(known, DONE, RemoteStatus.RUNNING) == FINISHED
    assert step(known, NEWS, RemoteStatus.RUNNING) == PARTIAL
    assert step(known, UNSEEN, RemoteStatus.CANCELLED) == CANCELLED
    assert publication_changes.asked_again(known, BEGIN).as_failed


def test_who_asks_again_does_not_overtake_what_may_still_arrive() -> None:
    """Else an older update would land after the new one."""
    begun = publication_changes.begun(NEW, RemoteOutcome.PARTIALLY_EVALUATED, "d", BEGIN)
    lost = publication_changes.update_failed(begun, EvalAiBusy("no answer"), BEGIN)
    again = publication_changes.asked_again(lost, BEGIN + timedelta(seconds=1))
    assert isinstance(next_step(again, DONE, None, BEGIN + timedelta(seconds=60), PERIOD), Rest)
    after = BEGIN + timedelta(seconds=1) + publication_changes.ARRIVES_WITHIN
    assert next_step(again, DONE, None, after, PERIOD) == AskThere()


def test_one_that_is_taken_and_not_shown_is_sent_again_with_longer_and_longer_pauses() -> None:
    before = publication_changes.looked(NEW, shows(RemoteStatus.PARTIALLY_EVALUATED), BEGIN)
    known, pauses = sent(RemoteOutcome.FINISHED, known=before), []
    for _ in range(8):
        known = publication_changes.looked(known, shows(RemoteStatus.PARTIALLY_EVALUATED), BEGIN)
        assert step(known, DONE, RemoteStatus.PARTIALLY_EVALUATED) == FINISHED
        known = sent(RemoteOutcome.FINISHED, known=known)
        assert known.not_before is not None
        pauses.append((known.not_before - BEGIN).total_seconds())
    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600]


def test_one_that_is_never_shown_is_left_to_a_person() -> None:
    known = sent(RemoteOutcome.FINISHED)
    for _ in range(20):
        assert step(known, DONE, RemoteStatus.PARTIALLY_EVALUATED) == FINISHED
        known = sent(RemoteOutcome.FINISHED, known=known)
    found = step(known, DONE, RemoteStatus.PARTIALLY_EVALUATED)
    assert isinstance(found, Hold)
    assert "21 times as finished" in found.words


def test_looks_that_fail_are_not_counted_as_results_that_were_taken() -> None:
    before = publication_changes.looked(NEW, shows(RemoteStatus.RUNNING), BEGIN)
    known = sent(RemoteOutcome.FINISHED, known=before)
    for _ in range(30):
        known = publication_changes.look_failed(known, EvalAiBusy("502"), BEGIN)
    assert step(known, DONE, RemoteStatus.RUNNING) == FINISHED


@pytest.mark.parametrize("status", [RemoteStatus.RESUMING, RemoteStatus.FAILED, None])
def test_what_becomes_of_it_there_after_its_final_result_is_others_business(status) -> None:
    found = step(sent(RemoteOutcome.FINISHED), DONE, status)
    assert isinstance(found, Close)
    assert found.words.startswith("EvalAI has taken it as finished; somebody has made it")


def test_a_final_result_that_was_decided_stays_though_the_board_tells_another() -> None:
    begun = publication_changes.begun(NEW, RemoteOutcome.FINISHED, "d", BEGIN)
    looked = publication_changes.looked(begun, shows(RemoteStatus.PARTIALLY_EVALUATED), BEGIN)
    assert step(looked, FAILED, RemoteStatus.PARTIALLY_EVALUATED) == FINISHED


# --- an answer that was lost


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
