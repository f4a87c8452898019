"""Whatever EvalAI does when it is asked before a launch: an answer in words, within a bounded time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from fakes.evalai_model import PLACE, EvalAiModel

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import (
    EvalAi,
    EvalAiBusy,
    EvalAiLogin,
    EvalAiRefused,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.publishing.asked_before import ask_before

SHOWN = RemoteSubmission(RemoteStatus.SUBMITTED, "submitted")


class Answers(EvalAiModel):
    """One answer, error or silence, and the rules that lead to it."""

    period = timedelta(minutes=1)

    def __init__(self, answer: RemoteSubmission | Exception | None) -> None:
        self._answer = answer

    async def submission(self, number: int) -> RemoteSubmission:
        if isinstance(self._answer, Exception):
            raise self._answer
        if self._answer is None:
            await asyncio.Event().wait()
        assert isinstance(self._answer, RemoteSubmission)
        return self._answer

    def allows(self, place: EvalAiPlace) -> bool:
        return True

    def evalai(self, server: str) -> EvalAi | None:
        return self if server == PLACE.server else None


async def test_what_it_shows_is_told() -> None:
    assert (await ask_before(Answers(SHOWN), PLACE)).there == SHOWN


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (EvalAiBusy("429 Too Many Requests"), "429 Too Many Requests."),
        (EvalAiRefused("404 Not Found"), "404 Not Found."),
        (EvalAiLogin("401 Unauthorized", "Do this."), "401 Unauthorized. Do this."),
    ],
)
async def test_each_refusal_is_told_in_its_words(error, why) -> None:
    asked = await ask_before(Answers(error), PLACE)
    assert (asked.there, asked.why_not) == (None, why)


async def test_silence_is_not_waited_for() -> None:
    asked = await ask_before(Answers(None), PLACE, seconds=0.01)
    assert asked.why_not == "It has not told it within 0.01 s."


async def test_where_publishing_was_taken_back_meanwhile_nobody_is_asked() -> None:
    elsewhere = EvalAiPlace("https://another", 1, 1, 1)
    assert (
        await ask_before(Answers(SHOWN), elsewhere)
    ).why_not == "Nothing is sent to it any more."
