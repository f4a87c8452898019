"""What is done next with a final result: sent, taken, shown, and left alone after that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from decided_steps import (
    CANCELLED,
    DONE,
    FAILED,
    FINISHED,
    NEW,
    NEWS,
    PARTIAL,
    RUNNING,
    UNSEEN,
    sent,
    shows,
    step,
)
from fakes.evalai_model import BEGIN
from fakes.published_runs import PERIOD

from console.operations.ports.evalai import EvalAiBusy, RemoteOutcome, RemoteStatus
from console.operations.ports.publications import PublicationStage
from console.operations.publishing import publication_changes
from console.operations.publishing.next_step import AskThere, Close, Hold, Rest, Send, next_step


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
