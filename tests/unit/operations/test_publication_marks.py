"""What the list knows of a submission's results at EvalAI: its own publication's state, or `?`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

import pytest
from fakes.following import until
from fakes.publications import (
    JOB,
    NOW,
    PLACE,
    RECORDING,
    publication,
    published,
    resume_asked,
    sent,
)
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.facts import JobFacts, Targets
from console.domain.publication import NOWHERE, Published, PublishedAs
from console.operations.outcome.publication_marks import MarksByJob, mark, mark_of_delivery
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.publications import (
    Publication,
    PublicationsFailed,
    PublicationStage,
)
from console.operations.services import Services, unasked
from console.operations.watching import published_marks
from console.operations.watching.fleet_once import Look, with_published
from console.operations.watching.published_marks import PublishedMarks

PARTIAL = RemoteOutcome.PARTIALLY_EVALUATED
LATER = replace(
    JOB, name="demo-2", uid="uid-2", created_at=JOB.created_at and JOB.created_at + timedelta(1)
)
OF_LATER = replace(RECORDING, name="demo-2", uid="uid-2")


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (publication(), PublishedAs.WAITING),
        (publication(taken=sent(PARTIAL)), PublishedAs.PARTIAL),
        (publication(taken=sent(PARTIAL), failing_since=NOW), PublishedAs.WAITING),
        (publication(taken=sent(PARTIAL), cancelled_there=True), PublishedAs.CANCELLED_THERE),
        (publication(stage=PublicationStage.ENDING, taken=sent(PARTIAL)), PublishedAs.WAITING),
        (publication(stage=PublicationStage.REFUSED), PublishedAs.REFUSED),
        (publication(stage=PublicationStage.HELD), PublishedAs.HELD),
        (published(RemoteOutcome.FINISHED), PublishedAs.FINISHED),
        (published(RemoteOutcome.FAILED), PublishedAs.FAILED),
        (published(RemoteOutcome.CANCELLED, cancelled_there=True), PublishedAs.CANCELLED),
        (resume_asked(), PublishedAs.RESUME),
        (resume_asked(final=None, taken=None), PublishedAs.RESUME),
        (published(final=None, taken=None), PublishedAs.NOWHERE),
    ],
)
def test_each_stage_of_a_publication_has_its_word(known: Publication, state: PublishedAs) -> None:
    told = mark(known)
    assert told.state is state
    assert told.words == known.words
    assert told.at == (known.taken.at if known.taken else None)


def test_only_what_does_not_go_on_by_itself_needs_somebody() -> None:
    needing = {state for state in PublishedAs if Published(state).needs_somebody}
    assert needing == {PublishedAs.REFUSED, PublishedAs.HELD, PublishedAs.RESUME}


def of(job: JobFacts, *known: Publication | Delivery) -> Published | None:
    return MarksByJob(known).of(job, replace(RECORDING, name=job.name, uid=job.uid))


def test_a_job_without_a_place_is_published_nowhere_unless_somebody_did_by_hand() -> None:
    placeless = replace(JOB, evalai=None)
    assert of(placeless) == NOWHERE
    told = of(placeless, published())
    assert told is not None
    assert told.state is PublishedAs.FINISHED


def test_a_place_of_which_the_ledger_knows_nothing_is_not_known() -> None:
    assert of(JOB) is None


def test_an_earlier_job_of_a_resumed_submission_has_nothing_more_to_publish() -> None:
    later = publication(recording=OF_LATER, job_created=LATER.created_at)
    told = of(JOB, later)
    assert told == Published(
        PublishedAs.NOWHERE, words="Submission 301234 of EvalAI has the results of demo-2."
    )


def test_a_later_job_waits_while_another_has_its_submission() -> None:
    told = of(LATER, publication())
    assert told is not None
    assert (told.state, told.words) == (
        PublishedAs.WAITING,
        "Submission 301234 of EvalAI has the results of demo.",
    )


FILES = Delivery(DeliveryKind.FILES, "s3://b", RECORDING, NOW, subject="7", words="Busy.")


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (FILES, PublishedAs.WAITING),
        (replace(FILES, delivered=NOW), PublishedAs.PARTIAL),
        (replace(FILES, delivered=NOW, failing_since=NOW), PublishedAs.WAITING),
        (replace(FILES, stage=DeliveryStage.REFUSED), PublishedAs.REFUSED),
        (
            replace(FILES, stage=DeliveryStage.PUBLISHED, outcome=RemoteOutcome.CANCELLED),
            PublishedAs.CANCELLED,
        ),
        (replace(FILES, stage=DeliveryStage.PUBLISHED, delivered=NOW), PublishedAs.THERE),
    ],
)
def test_what_goes_to_a_place_has_the_same_words_and_says_where(known, state) -> None:
    told = mark_of_delivery(known)
    assert (told.state, told.where, told.words) == (state, "s3://b/7", "Busy.")
    assert of(replace(JOB, evalai=None), known) == told


def test_a_place_that_refuses_outranks_what_evalai_has_and_nothing_else_does() -> None:
    refused = replace(FILES, stage=DeliveryStage.REFUSED)
    told = of(JOB, published(), FILES, refused)
    assert told == mark_of_delivery(refused)
    assert of(JOB, published(), FILES) == mark(published())
    held = publication(stage=PublicationStage.HELD)
    assert of(JOB, held, refused) == mark(held)


def test_of_several_places_the_one_that_is_furthest_behind_is_told() -> None:
    table = replace(FILES, kind=DeliveryKind.TABLE, target="results", delivered=NOW)
    told = of(replace(JOB, evalai=None), table, FILES)
    assert told == mark_of_delivery(FILES)


def test_a_job_that_names_a_place_of_which_nothing_is_known_is_not_known() -> None:
    assert of(replace(JOB, evalai=None, goes_to=Targets(storage="s3://b"))) is None


class Seen:
    """A ledger that is looked at."""

    def __init__(self, *known: Publication) -> None:
        self.known: Mapping[str, Publication] = {}
        self.fails = False
        self.tell(*known)

    def tell(self, *known: Publication) -> None:
        told = {str(each.place.submission): each for each in known}
        self.known = {
            name: before if (before := self.known.get(name)) == each else each
            for name, each in told.items()
        }

    def look(self) -> Mapping[str, Publication]:
        if self.fails:
            raise PublicationsFailed("What is to be sent to EvalAI cannot be read.")
        return self.known


def services_with(services: Services, seen: Seen | None) -> Services:
    where = unasked(ClusterDescription("lab", "https://lab", "races"))
    return replace(services, cluster=where, publications=seen)


def board_of(job: JobFacts) -> BoardSnapshot:
    return BoardSnapshot(job.namespace, job.name, job=job)


async def test_a_change_in_the_ledger_touches_the_rows_that_it_is_about(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_marks, "LOOK_SECONDS", 0)
    other = replace(JOB, name="other", uid="u", evalai=replace(PLACE, submission=7))
    seen = Seen(publication())
    marks = PublishedMarks(services_with(services, seen))
    boards = [board_of(each) for each in (JOB, LATER, other)]
    changed: set[tuple[str, str]] = set()
    assert marks.of(boards[0]) is None, "before the first look"
    task = asyncio.create_task(marks.run(lambda: boards, changed))
    try:
        await until(lambda: len(changed) == 3)
        changed.clear()
        seen.tell(published())
        await until(lambda: changed)
    finally:
        task.cancel()
    assert changed == {("races", "demo"), ("races", "demo-2")}
    told = marks.of(boards[0])
    assert told is not None
    assert told.state is PublishedAs.FINISHED


async def test_while_the_ledger_cannot_be_read_nobody_knows_which_is_said_once(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Seen(published())
    marks = PublishedMarks(services_with(services, seen))
    await marks.read()
    assert marks.of(board_of(JOB)) is not None
    seen.fails = True
    with caplog.at_level(logging.WARNING):
        await marks.read()
        await marks.read()
    assert marks.of(board_of(JOB)) is None
    assert [record.message for record in caplog.records] == [
        "What is published cannot be told: What is to be sent to EvalAI cannot be read."
    ]


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (None, [None, NOWHERE]),
        (Seen(), [None, NOWHERE]),
        (Seen(published()), [mark(published()), NOWHERE]),
    ],
)
async def test_one_look_at_all_tells_the_same(services, seen, told) -> None:
    boards = board_of(JOB), board_of(replace(JOB, name="x", uid="x", evalai=None))
    assert [*with_published(services_with(services, seen), Look(boards)).published] == told


async def test_one_look_tells_a_list_although_the_ledger_cannot_be_read(services) -> None:
    seen = Seen()
    seen.fails = True
    look = with_published(services_with(services, seen), Look((board_of(JOB),)))
    assert look.published == (None,)
