"""What is done next for a publication, case by case: the rules that a thousand runs only sample."""

from __future__ import annotations

from datetime import timedelta

import pytest
from decided_steps import (
    CANCELLED,
    DONE,
    FAILED,
    NEW,
    NEWS,
    PARTIAL,
    RUNNING,
    UNSEEN,
    sent,
    shows,
    step,
)
from fakes.evalai_model import BEGIN, PLACE
from fakes.published_runs import PERIOD

from console.operations.outcome.publication_marks import mark
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus, RemoteSubmission
from console.operations.ports.publications import PublicationStage
from console.operations.publishing import publication_changes
from console.operations.publishing.next_step import (
    AskThere,
    CancelHere,
    Close,
    Hold,
    Rest,
    StandingHere,
    next_step,
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
