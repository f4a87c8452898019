"""What somebody reads before a result is published by hand: how it stands, the request, the question."""

from __future__ import annotations

import pytest
from fakes.publications import NOW, PLACE, publication, sent
from msgspec.structs import replace

from console.operations.ports.evalai import EvalAiRequest, RemoteOutcome, RemoteStatus
from console.operations.publishing.shown_by_hand import PublicationLook
from console.presentation.publication_rows import MOST_SHOWN, points, request_text, standing

PARTIAL = RemoteOutcome.PARTIALLY_EVALUATED
FINAL = PublicationLook("demo", None, PLACE, RemoteOutcome.FINISHED, "20/20", 47.381)


def test_how_it_stands_is_where_it_goes_what_is_there_and_what_is_missing() -> None:
    known = publication(taken=sent(PARTIAL), shown=RemoteStatus.PARTIALLY_EVALUATED, shown_at=NOW)
    look = replace(FINAL, known=known, drives="8/20", remark="not final: 8 of 20 drives")
    assert standing(look, NOW) == (
        "EvalAI: submission 301234 of phase 4137, challenge 2098, at https://eval.ai",
        "shown there: partially_evaluated, seen at 2026-11-30 12:03:09 UTC",
        "published at 12:03:09 UTC partly",
        "8/20 drives are finished",
        "not final: 8 of 20 drives",
    )


def test_what_nobody_has_asked_is_not_known() -> None:
    assert "shown there: ?" in standing(replace(FINAL, known=publication()), NOW)
    assert "nothing was sent from here yet" in standing(FINAL, NOW)
    assert standing(PublicationLook("demo", why_not="not set up"), NOW) == ("EvalAI: nowhere",)


def test_a_request_is_shown_without_its_token_and_not_without_end() -> None:
    request = EvalAiRequest("PUT", "https://eval.ai/api", "x" * (MOST_SHOWN + 5))
    told = request_text(request)
    assert told.startswith("PUT https://eval.ai/api\nAuthorization: (the token; it is shown")
    assert told.endswith("x\n… and 5 characters more: --dry-run prints them all")
    assert "more" not in request_text(replace(request, body="{}"))


def test_a_final_result_is_confirmed_with_its_score_and_as_what_it_counts() -> None:
    first, *rest = points(FINAL)
    assert first == (
        f"20/20 drives go to {PLACE} as FINISHED, with the merged result: EvalAI ranks it by that;"
        " driving score 47.38."
    )
    assert any("cannot be taken back" in each for each in rest)


@pytest.mark.parametrize("outcome", list(RemoteOutcome))
def test_each_outcome_says_what_it_is_there_and_only_a_final_one_that_it_stays(outcome) -> None:
    told = " ".join(points(replace(FINAL, outcome=outcome, score=None)))
    assert outcome.value in told
    assert ("cannot be taken back" in told) is outcome.final


def test_a_result_that_does_not_count_says_so_before_it_is_sent() -> None:
    told = points(replace(FINAL, remark="final, but not eligible: its entry is Rejected"))
    assert told[-1] == "Final, but not eligible: its entry is Rejected"
    assert points(PublicationLook("demo")) == ()
