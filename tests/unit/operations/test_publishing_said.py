"""What a team reads at EvalAI: upstream's texts to the byte, and above them what those cannot say."""

from __future__ import annotations

import json

import pytest
from fakes.documents import whole_document
from fakes.evalai_model import PLACE
from fakes.result_views import not_final, view

from console.domain.driven_again import DrivenAgain, Why
from console.operations.ports.evalai import RemoteOutcome
from console.operations.publishing.said_there import digest_of, of_an_end, of_final_result
from console.results import evalai_files
from console.results.leaderboard import named

DOCUMENT = whole_document()
TEXT = json.dumps(DOCUMENT, indent=4)


def test_a_final_result_that_counts_is_upstreams_three_files_and_nothing_else() -> None:
    said = of_final_result(view(document=TEXT))
    assert said is not None
    made = evalai_files.files(DOCUMENT, TEXT, named("2.0"), compat=True)
    assert (said.stdout, said.result, said.metadata) == (
        made["stdout.txt"],
        made["results.json"],
        TEXT,
    )


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("sensors is [] in every file.", "sensors is [] in every file."),
        ("", "The entry is Finished."),
    ],
)
def test_a_complete_result_that_does_not_count_says_so_first(why, told) -> None:
    counted = of_final_result(view(document=TEXT))
    said = of_final_result(view(document=TEXT, eligible=False, why_not_eligible=why))
    assert said is not None
    assert counted is not None
    first = f"This result is complete, and it does not count: {told}\n\n"
    assert said.stdout == first + counted.stdout
    assert (said.result, said.metadata) == (counted.result, counted.metadata)


def test_which_drives_are_driven_again_and_what_they_had_been_stands_above_it() -> None:
    again = DrivenAgain("RouteScenario_6", 0, "Failed - Agent crashed", 5.0, Why.CRASHED, "demo")
    said = of_final_result(view(document=TEXT, driven_again=(again,)))
    assert said is not None
    assert said.stdout.startswith(
        "Driven again: RouteScenario_6_rep0 was Failed - Agent crashed, 5.00 in demo "
        "(a crash ended it).\n\n"
    )
    assert said.metadata == TEXT


def test_what_is_not_final_is_never_said_as_final() -> None:
    assert of_final_result(not_final()) is None
    assert of_final_result(not_final(document=TEXT)) is None


@pytest.mark.parametrize(
    ("outcome", "how"),
    [
        (RemoteOutcome.FAILED, "ended without a complete result"),
        (RemoteOutcome.CANCELLED, "was cancelled"),
    ],
)
@pytest.mark.parametrize(
    ("done", "total", "drives"), [(1, 20, "1 of 20"), (None, 20, "? of 20"), (3, None, "3 of ?")]
)
def test_one_that_ended_early_says_how_much_there_is_and_never_a_guess(
    outcome, how, done, total, drives
) -> None:
    said = of_an_end(outcome, not_final(done=done, total=total), None)
    first = f"The submission {how}: {drives} drives have a finished record.\n\n"
    assert said.stdout.startswith(first)
    assert (said.result, said.metadata) == ("[]", "{}")
    update = said.update(PLACE, outcome)
    assert (update.challenge, update.phase, update.submission) == (2098, 4137, 301234)
    assert update.outcome is outcome


def test_what_is_finished_of_one_that_failed_is_there_to_read() -> None:
    said = of_an_end(RemoteOutcome.FAILED, not_final(), TEXT)
    assert "- All 20 route have been completed" in said.stdout
    assert said.metadata == TEXT


def test_half_a_character_of_a_record_is_no_reason_to_send_nothing() -> None:
    why = "the status \ud83d is none."
    said = of_final_result(view(document=TEXT, eligible=False, why_not_eligible=why))
    assert said is not None
    assert "the status ? is none." in said.stdout
    said.stdout.encode()


def test_what_says_the_same_has_one_digest_and_what_does_not_another() -> None:
    one, other = (of_an_end(RemoteOutcome.FAILED, not_final(done=n), None) for n in (1, 2))
    again = of_an_end(RemoteOutcome.FAILED, not_final(done=1), None)
    assert digest_of(one) == digest_of(again) != digest_of(other)
    assert digest_of(one) == digest_of(one.update(PLACE, RemoteOutcome.FAILED))
