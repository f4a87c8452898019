"""What has become of results at EvalAI, as a column and a sentence say it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import row
from fakes.publications import NOW, publication, published, resume_asked, sent
from fakes.shown import said

from console.domain.board import SubmissionStatus
from console.domain.publication import NOWHERE, Published, PublishedAs
from console.operations.outcome.publication_marks import mark
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.publications import PublicationStage
from console.presentation.published_words import WIDEST, cell, in_a_word, line, need, sentence
from console.presentation.submission_words import detail
from console.presentation.tones import Tone

FINISHED = mark(published())
PARTIAL = mark(publication(taken=sent(RemoteOutcome.PARTIALLY_EVALUATED)))
REFUSED = mark(publication(stage=PublicationStage.REFUSED, words="Refused by EvalAI: no split."))
YESTERDAY = timedelta(days=1)


def test_a_cell_says_since_when_a_result_is_there() -> None:
    assert said(cell(FINISHED, NOW.date())) == "finished 12:03"
    assert said(cell(PARTIAL, NOW.date())) == "partial 12:03"
    assert said(cell(FINISHED, (NOW + YESTERDAY).date())) == "finished 11-30"


def test_nobody_knows_and_nothing_to_publish_are_two_things() -> None:
    assert said(cell(None, NOW.date())) == "?"
    assert said(cell(NOWHERE, NOW.date())) == "-"


@pytest.mark.parametrize("state", list(PublishedAs))
def test_no_cell_is_wider_than_its_column(state: PublishedAs) -> None:
    for at in (NOW, NOW - YESTERDAY):
        assert len(said(cell(Published(state, at, "words"), NOW.date()))) <= WIDEST


def test_a_time_of_an_older_update_stands_beside_no_refusal() -> None:
    """It would read as the time of the refusal."""
    refused = Published(PublishedAs.REFUSED, NOW, "Refused.")
    assert said(cell(refused, NOW.date())) == "refused"


def test_a_sentence_says_as_what_it_is_published_and_when() -> None:
    assert sentence(FINISHED, NOW) == "published at 12:03:09 UTC as FINISHED"
    later = NOW + YESTERDAY
    assert sentence(FINISHED, later) == "published at 2026-11-30 12:03:09 UTC as FINISHED"
    assert sentence(PARTIAL, NOW) == "published at 12:03:09 UTC partly"


def test_what_waits_or_is_refused_says_why() -> None:
    assert sentence(REFUSED, NOW) == "refused: Refused by EvalAI: no split."
    assert sentence(mark(publication(words="Until 12:05.")), NOW) == "waiting: Until 12:05."
    assert sentence(mark(resume_asked(words="Asked.")), NOW) == "to be resumed: Asked."


def test_the_row_that_needs_somebody_says_why_beneath_the_list() -> None:
    assert need(REFUSED) == "refused: Refused by EvalAI: no split."
    assert (need(FINISHED), need(None), need(NOWHERE)) == ("", "", "")
    told = detail(
        row("demo", SubmissionStatus.FAILED, 3, published=REFUSED), "BackoffLimit", "R", NOW
    )
    assert said(told) == (
        "✗ leaderboard/demo  BackoffLimit  refused: Refused by EvalAI: no split.  R"
    )


def test_what_goes_elsewhere_than_to_evalai_says_where() -> None:
    there = Published(PublishedAs.THERE, NOW, where="s3://b/7")
    assert sentence(there, NOW) == "s3://b/7: published at 12:03:09 UTC"
    busy = Published(PublishedAs.REFUSED, NOW, "No such bucket.", where="s3://b/7")
    assert sentence(busy, NOW) == need(busy) == "s3://b/7: refused: No such bucket."


def test_where_nothing_is_published_nothing_is_said_and_the_unknown_is() -> None:
    assert line(NOWHERE, NOW) == ()
    assert "?" in sentence(None, NOW)


def test_what_needs_somebody_has_a_tone_that_is_seen() -> None:
    for told in (REFUSED, Published(PublishedAs.HELD), Published(PublishedAs.RESUME)):
        [(_, tone)] = cell(told, NOW.date())
        assert tone in (Tone.FAIL, Tone.WARN)


def test_a_filter_finds_states_and_nothing_of_what_is_published_nowhere() -> None:
    assert in_a_word(REFUSED) == "refused"
    assert in_a_word(NOWHERE) == ""
    assert in_a_word(None) == "?"
