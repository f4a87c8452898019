"""The requests that are made of a question and of an update, byte by byte."""

from __future__ import annotations

import json

import pytest
from fakes.evalai_updates import FINAL, PARTIAL, result
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.operations.ports.evalai import EvalAiRefused, RemoteOutcome
from console.operations.ports.publishing_settings import EVALAI
from console.publish.evalai_requests import question, replacement


def test_a_question_has_no_slash_at_its_end_and_no_body() -> None:
    asked = question(EVALAI, 12)
    assert (asked.method, asked.url, asked.body) == (
        "GET",
        "https://eval.ai/api/jobs/submission/12",
        "",
    )


def test_a_partial_update_goes_to_the_plural_and_a_final_one_to_the_singular() -> None:
    partial = "https://eval.ai/api/jobs/challenges/7/update_partially_evaluated_submission/"
    final = "https://eval.ai/api/jobs/challenge/7/update_submission/"
    assert replacement(EVALAI, PARTIAL).url == partial
    assert {
        replacement(EVALAI, replace(FINAL, outcome=each)).url
        for each in RemoteOutcome
        if each.final
    } == {final}


@pytest.mark.parametrize("update", [PARTIAL, FINAL], ids=lambda each: each.outcome)
def test_the_body_has_the_fields_of_upstreams_and_result_is_text_that_holds_json(update) -> None:
    body = json.loads(replacement(EVALAI, update).body)
    fields = {
        "challenge_phase": 70,
        "submission": 1,
        "submission_status": update.outcome.value,
        "stdout": update.stdout,
        "stderr": "",
        "result": update.result,
        "metadata": update.metadata,
    }
    assert body == ({**fields, "environment_log": ""} if update is FINAL else fields)
    assert isinstance(body["result"], str)


@pytest.mark.parametrize("outcome", [RemoteOutcome.FAILED, RemoteOutcome.CANCELLED])
@pytest.mark.parametrize("text", ["[]", "", "NaN", "[{"])
def test_of_what_failed_or_was_cancelled_nobody_reads_the_result(
    outcome: RemoteOutcome, text: str
) -> None:
    body = json.loads(replacement(EVALAI, replace(FINAL, outcome=outcome, result=text)).body)
    assert (body["submission_status"], body["result"]) == (outcome.value, text)


@given(st.text(), st.text(), st.text())
def test_any_text_is_sent_whole_and_shown_without_control(
    stdout: str, stderr: str, metadata: str
) -> None:
    update = replace(FINAL, stdout=stdout, stderr=stderr, metadata=metadata)
    body = replacement(EVALAI, update).body
    assert body.isascii()
    assert body.isprintable()
    found = json.loads(body)
    assert (found["stdout"], found["stderr"], found["metadata"]) == (stdout, stderr, metadata)


@given(st.recursive(st.none() | st.floats() | st.integers(), lambda each: st.lists(each)))
def test_any_result_is_sent_as_it_is_or_refused(value: object) -> None:
    text = json.dumps(value)
    try:
        body = replacement(EVALAI, replace(FINAL, result=text)).body
    except EvalAiRefused:
        return
    assert json.loads(body)["result"] == text
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.parametrize("number", ["0", "-0.0", "1e308", "12345678901234567890", "2.5"])
def test_a_finite_number_passes(number: str) -> None:
    replacement(EVALAI, replace(FINAL, result=result().replace("1.5", number)))
