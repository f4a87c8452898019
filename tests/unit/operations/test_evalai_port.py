"""What an update says, what EvalAI then shows, and what a user is told of a refusal."""

from __future__ import annotations

import pytest

from console.errors import ConsoleError, Forbidden
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiError,
    EvalAiLogin,
    EvalAiRefused,
    RemoteOutcome,
    RemoteStatus,
)


@pytest.mark.parametrize("outcome", RemoteOutcome)
def test_every_outcome_is_shown_by_a_status_of_its_own(outcome: RemoteOutcome) -> None:
    assert outcome.shown in RemoteStatus
    assert outcome.shown.value == outcome.value.lower()


def test_only_a_partial_result_is_not_final() -> None:
    assert [each for each in RemoteOutcome if not each.final] == [RemoteOutcome.PARTIALLY_EVALUATED]


@pytest.mark.parametrize("error", [EvalAiRefused("400"), EvalAiLogin("401"), EvalAiBusy("503")])
def test_a_refusal_says_why_and_is_one_of_ours(error: EvalAiError) -> None:
    assert isinstance(error, ConsoleError)
    assert error.why in str(error)


def test_a_token_that_is_not_taken_ends_as_other_refused_credentials_do() -> None:
    assert EvalAiLogin("401").exit_code == Forbidden.exit_code
    assert EvalAiRefused("400").exit_code == EvalAiBusy("503", 3.0).exit_code == 1
