"""Which submissions EvalAI is asked about after their end, how often, and what an answer changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.evalai_model import BEGIN, PLACE
from fakes.publications import publication, published, resume_asked
from msgspec.structs import replace
from publishing_house import passes

from console.domain.publication import PublishedAs
from console.operations.outcome.publication_marks import mark
from console.operations.ports.evalai import (
    EvalAiBusy,
    RemoteOutcome,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.publishing.advancing import Advancing
from console.operations.publishing.after_the_end import (
    EVERY,
    WATCHED_FOR,
    AfterTheEnd,
    is_watched,
    looked_after_the_end,
)
from console.operations.publishing.next_step import Hold, StandingHere
from console.operations.publishing.publication_changes import held

RESUMING = RemoteStatus.RESUMING


class Shows:
    """EvalAI, which shows one status and takes nothing."""

    def __init__(self, status: RemoteStatus | None) -> None:
        self.status = status
        self.asked: list[int] = []

    async def submission(self, number: int) -> RemoteSubmission:
        self.asked.append(number)
        if self.status is None:
            raise EvalAiBusy("502 Bad Gateway")
        return RemoteSubmission(self.status, self.status.value)


async def test_an_end_that_was_held_back_is_not_sent_over_the_wish_to_resume(services) -> None:
    """It was failed there by somebody else, who then pressed resume."""
    there, ledger = Shows(RESUMING), Kept()
    known = held(publication(shown=RemoteStatus.FAILED), Hold("shown", BEGIN), BEGIN)
    advancing = Advancing(services, there, ledger, timedelta(seconds=5))
    after = await advancing.advance(replace(known, not_before=None), EndedHere())
    assert after.stage is PublicationStage.PUBLISHED
    assert mark(after).state is PublishedAs.RESUME
    assert mark(after).words.startswith("Somebody wants it resumed at EvalAI")


async def test_an_end_of_one_that_began_as_a_resume_is_sent(services) -> None:
    there, ledger = Shows(RESUMING), Kept()
    advancing = Advancing(services, there, ledger, timedelta(seconds=5))
    with pytest.raises(NotImplementedError, match="FAILED"):
        await advancing.advance(publication(shown=RESUMING), EndedHere())


class EndedHere:
    standing = StandingHere(ended=RemoteOutcome.FAILED)

    def update(self, place, outcome):
        raise NotImplementedError(outcome)


class Kept:
    """A ledger of one publication."""

    def __init__(self, *known: Publication) -> None:
        self.known = {each.place: each for each in known}
        self.foreign = False

    def put(self, known: Publication) -> None:
        self.known[known.place] = known

    def read(self, place):
        return self.known.get(place)

    def final(self, place) -> None:
        return None

    def claim(self, place) -> bool:
        return not self.foreign

    def release(self, place) -> None:
        return


# --- which are looked at, and how often


@pytest.mark.parametrize(
    ("known", "watched"),
    [
        (published(RemoteOutcome.FAILED), True),
        (resume_asked(), True),
        (published(RemoteOutcome.FINISHED), False),
        (published(RemoteOutcome.CANCELLED), False),
        (publication(stage=PublicationStage.REFUSED, final=RemoteOutcome.FAILED), False),
        (publication(), False),
    ],
)
def test_only_what_failed_at_evalai_can_be_resumed_there(known, watched) -> None:
    assert is_watched(known, known.changed) is watched
    assert not is_watched(known, known.changed + WATCHED_FOR)


def test_a_look_without_news_leaves_since_when_it_is_so() -> None:
    known = published(RemoteOutcome.FAILED)
    later = known.changed + timedelta(days=1)
    same = looked_after_the_end(known, shows(RemoteStatus.FAILED), later)
    assert (same.changed, same.words, same.shown_at) == (known.changed, known.words, later)
    wanted = looked_after_the_end(known, shows(RESUMING), later)
    assert (wanted.changed, wanted.stage) == (later, PublicationStage.PUBLISHED)
    back = looked_after_the_end(wanted, shows(RemoteStatus.FAILED), later)
    assert back.words == "EvalAI shows it as failed."


def shows(status: RemoteStatus) -> RemoteSubmission:
    return RemoteSubmission(status, status.value)


class Watch:
    """A hundred that have failed, and a clock that is told to go on."""

    def __init__(self, status: RemoteStatus | None = RESUMING, count: int = 100) -> None:
        numbers = range(1, 1 + count)
        self.known = [
            published(RemoteOutcome.FAILED, place=replace(PLACE, submission=number), changed=BEGIN)
            for number in numbers
        ]
        self.now, self.there, self.ledger = BEGIN + EVERY, Shows(status), Kept(*self.known)
        self.after = AfterTheEnd(lambda: self.now, self, self.ledger)
        self.after.watch(self.known)

    def allows(self, place) -> bool:
        return True

    def evalai(self, server: str) -> Shows:
        return self.there

    async def passes(self, seconds: int, taken=()) -> None:
        for _ in range(seconds):
            await self.after.step(taken)
            await passes(0.01)
            self.now += timedelta(seconds=1)


async def test_of_many_there_are_six_questions_a_minute_each_in_its_turn() -> None:
    watch = Watch()
    await watch.passes(120)
    assert 11 <= len(watch.there.asked) <= 12
    assert len(set(watch.there.asked)) == len(watch.there.asked)


async def test_a_question_that_gets_no_answer_is_said_and_asked_again_in_its_turn() -> None:
    watch = Watch(status=None, count=1)
    await watch.passes(1)
    with pytest.raises(EvalAiBusy, match="502"):
        await watch.passes(1)
    watch.there.status = RESUMING
    await watch.passes(30)
    assert len(watch.there.asked) == 1
    watch.now += EVERY
    await watch.passes(5)
    assert mark(watch.ledger.read(watch.known[0].place)).state is PublishedAs.RESUME


async def test_one_that_has_a_writer_again_is_not_looked_at_nor_written() -> None:
    watch = Watch(count=1)
    await watch.passes(30, taken={watch.known[0].place})
    assert watch.there.asked == []
    await watch.after.step(())
    await passes(0.01)
    await watch.passes(5, taken={watch.known[0].place})
    assert watch.ledger.read(watch.known[0].place) == watch.known[0]


@pytest.mark.parametrize("how", ["changed", "claimed"])
async def test_what_another_process_has_written_meanwhile_stands(how) -> None:
    watch = Watch(count=1)
    await watch.after.step(())
    newer = publication(place=watch.known[0].place, words="of a later Job")
    if how == "changed":
        watch.ledger.put(newer)
    else:
        watch.ledger.foreign = True
    await watch.passes(5)
    assert len(watch.there.asked) == 1
    stored = watch.ledger.read(newer.place)
    assert stored == (newer if how == "changed" else watch.known[0])
