"""EvalAI asked before many launches: slowly enough, patiently, and of nothing in vain."""

from __future__ import annotations

from collections.abc import Callable

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiError,
    EvalAiRefused,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.publishing.asked_before import AskedBefore, ask_each

THERE = RemoteSubmission(RemoteStatus.SUBMITTED, "submitted")


class Answers:
    """Rules and server in one: `errors` come first, in their order."""

    def __init__(self, *errors: EvalAiError | None) -> None:
        self.errors, self.asked = list(errors), list[int]()
        self.slept: list[float] = []

    def evalai(self, server: str) -> Answers:
        return self

    async def submission(self, number: int) -> RemoteSubmission:
        self.asked.append(number)
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        return THERE

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def each(self, count: int) -> list[AskedBefore]:
        places = [EvalAiPlace("https://eval.ai", 7, 70, number) for number in range(count)]
        return [each async for each in ask_each(self, places, self.sleep)]  # type: ignore[arg-type]


async def told_by(answers: Answers, count: int, what: Callable[[AskedBefore], object]) -> list:
    return [what(each) for each in await answers.each(count)]


async def test_a_few_are_asked_at_once_and_many_so_that_others_can_ask_too() -> None:
    few, many = Answers(), Answers()
    assert len(await few.each(20)) == 20
    assert few.slept == []
    assert all(each.there is THERE for each in await many.each(45))
    assert many.slept == [2.0] * 44


async def test_one_that_evalai_refuses_keeps_nothing_from_the_others() -> None:
    answers = Answers(EvalAiRefused("404 Not Found."))
    assert await told_by(answers, 3, lambda each: each.why_not) == ["404 Not Found.", "", ""]


async def test_where_the_minute_is_spent_it_waits_and_asks_again() -> None:
    answers = Answers(None, EvalAiBusy("Too often.", 31.0))
    assert await told_by(answers, 3, lambda each: each.there) == [THERE] * 3
    assert (answers.asked, answers.slept) == ([0, 1, 1, 2], [31.0])


async def test_a_server_that_asks_for_an_hour_is_not_waited_for() -> None:
    answers = Answers(EvalAiBusy("Too often.", 600.0))
    assert await told_by(answers, 3, lambda each: each.why_not) == ["Too often."] * 3
    assert (answers.asked, answers.slept) == ([0], [])


async def test_where_nobody_answers_the_others_are_told_so_and_not_asked() -> None:
    answers = Answers(None, EvalAiBusy("It cannot be reached."))
    told = await told_by(answers, 4, lambda each: (each.place.submission, each.why_not))
    silent = "It cannot be reached."
    assert told == [(0, ""), (1, silent), (2, silent), (3, silent)]
    assert answers.asked == [0, 1]
