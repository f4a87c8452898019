"""What waits in EvalAI's queue, as it is told: nothing unknown is told as known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from console.domain.facts import EvalAiPlace
from console.operations.intake.desk import Accepted, WaitingMessage
from console.operations.intake.message_fate import NotLaunched, ToAcknowledge, ToLaunch, Verdict
from console.operations.intake.orders import IntakeOrder
from console.operations.intake.queue_messages import QueueMessage
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.ports.evalai_queue import PhaseRule, TakenMessage
from console.presentation.intake_words import (
    TITLES,
    accepted_words,
    verdict_fix,
    verdict_tone,
    verdict_words,
    waiting_row,
)
from console.presentation.tones import Tone

ORDER = IntakeOrder(
    EvalAiPlace("https://eval.ai", 7, 70, 1),
    PhaseRule("2.0", "MAP"),
    "submission-1",
    "registry.example/team:1",
    4,
)
THERE = RemoteSubmission(RemoteStatus.SUBMITTED, "submitted", 4, "The Team")


def waiting(verdict: Verdict, **told: Any) -> WaitingMessage:
    message = QueueMessage(7, 70, 1, ORDER.image)
    usual = {"message": message, "there": THERE, "at": datetime(2026, 11, 30, tzinfo=UTC)}
    return WaitingMessage(TakenMessage(b"{}", "r"), verdict=verdict, **{**usual, **told})


@pytest.mark.parametrize(
    ("verdict", "words", "tone"),
    [
        (ToLaunch(ORDER), "Launches submission-1: Leaderboard 2.0, MAP", Tone.OK),
        (ToLaunch(ORDER, "raven"), "2.0, MAP; goes on from raven", Tone.OK),
        (ToAcknowledge("a", "Its Job a is there."), "It is only to be acknowledged.", Tone.MUTED),
        (NotLaunched("No such phase.", "Set it."), "No such phase.", Tone.WARN),
        (NotLaunched("Cancelled.", for_good=True), "Refused: Cancelled.", Tone.FAIL),
    ],
)
def test_what_may_become_of_a_message_has_words_and_a_tone(
    verdict: Verdict, words: str, tone: Tone
) -> None:
    assert verdict_words(verdict).endswith(words)
    assert verdict_tone(verdict) is tone
    assert waiting_row(waiting(verdict))[-1] == verdict_words(verdict)


def test_from_zero_is_said_before_it_is_launched() -> None:
    order = IntakeOrder(ORDER.place, ORDER.rule, "a", "i", 4, resuming=True)
    assert "from zero, by hand only" in verdict_words(ToLaunch(order))


def test_what_evalai_has_not_told_is_a_question_mark_and_never_a_team() -> None:
    row = dict(zip(TITLES, waiting_row(waiting(NotLaunched("502"), there=None)), strict=True))
    assert (row["TEAM"], row["AT EVALAI"], row["SUBMISSION"]) == ("?", "?", "1")
    nameless = RemoteSubmission(RemoteStatus.SUBMITTED, "submitted", 4)
    assert waiting_row(waiting(ToLaunch(ORDER), there=nameless))[2] == "4"


def test_a_message_that_cannot_be_read_has_a_row_all_the_same() -> None:
    verdict = NotLaunched("The message: phase_pk is missing.", "Mend it.")
    row = waiting_row(waiting(verdict, message=None, there=None))
    assert row == (*"?????", "The message: phase_pk is missing.")
    assert verdict_fix(verdict) == "Mend it."


def test_an_acknowledgement_that_is_not_taken_is_told_with_what_follows() -> None:
    told = accepted_words(Accepted(1, "a", True, "The Job a is launched.", "502 Bad Gateway"))
    assert told == (
        "submission 1: The Job a is launched. Its message is not acknowledged (502 Bad Gateway):"
        " it comes back, and is only acknowledged then."
    )
    done = accepted_words(Accepted(1, "a", True, "The Job a is launched."))
    assert done == "submission 1: The Job a is launched. Its message is acknowledged."
