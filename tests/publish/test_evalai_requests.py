"""The address that a user may give, and the requests that are made of an update, byte by byte."""

from __future__ import annotations

import json

import pytest
from fakes.evalai_updates import FINAL, PARTIAL, result
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.errors import InvalidInput
from console.operations.ports.evalai import EvalAiRefused, RemoteOutcome
from console.publish.evalai_requests import PUBLIC, question, replacement, server_address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("https://eval.ai", PUBLIC),
        ("https://eval.ai/", PUBLIC),
        (" https://eval.ai// ", PUBLIC),
        ("https://staging.eval.ai", "https://staging.eval.ai"),
        ("https://lab.example:8443/evalai/", "https://lab.example:8443/evalai"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_a_host_and_where_evalai_stands_on_it(told: str, address: str) -> None:
    assert server_address(told) == address


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("", "no address"),
        ("eval.ai", "no address"),
        ("ftp://eval.ai", "no address"),
        ("https://", "no address"),
        ("https://eval.ai:0", "no address"),
        ("https://eval.ai:99999", "no address"),
        ("https://[::1", "no address"),
        ("https://ëval.ai", "no address"),
        ("https://eval.ai/\x1b[2J", "no address"),
        ("https://eval.ai/\r\nX: y", "no address"),
        ("https://user:s3cret@eval.ai", "more than an address"),
        ("https://eval.ai?token=s3cret", "more than an address"),
        ("https://eval.ai/#s3cret", "more than an address"),
        ("https://eval.ai/a b", "more than an address"),
        ("https://evalapi.cloudcv.org", "only sends elsewhere"),
        ("https://EvalAI.cloudcv.org/", "only sends elsewhere"),
        ("http://eval.ai", "without TLS"),
        ("http://10.0.0.7", "without TLS"),
        ("http://localhost.example", "without TLS"),
    ],
)
def test_what_is_no_address_for_a_token_is_said_and_not_repeated(told: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as raised:
        server_address(told)
    assert "s3cret" not in str(raised.value)
    assert raised.value.fix


def test_a_question_has_no_slash_at_its_end_and_no_body() -> None:
    asked = question(PUBLIC, 12)
    assert (asked.method, asked.url, asked.body) == (
        "GET",
        "https://eval.ai/api/jobs/submission/12",
        "",
    )


def test_a_partial_update_goes_to_the_plural_and_a_final_one_to_the_singular() -> None:
    partial = "https://eval.ai/api/jobs/challenges/7/update_partially_evaluated_submission/"
    final = "https://eval.ai/api/jobs/challenge/7/update_submission/"
    assert replacement(PUBLIC, PARTIAL).url == partial
    assert {
        replacement(PUBLIC, replace(FINAL, outcome=each)).url
        for each in RemoteOutcome
        if each.final
    } == {final}


@pytest.mark.parametrize("update", [PARTIAL, FINAL], ids=lambda each: each.outcome)
def test_the_body_has_the_fields_of_upstreams_and_result_is_text_that_holds_json(update) -> None:
    body = json.loads(replacement(PUBLIC, update).body)
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
    body = json.loads(replacement(PUBLIC, replace(FINAL, outcome=outcome, result=text)).body)
    assert (body["submission_status"], body["result"]) == (outcome.value, text)


@given(st.text(), st.text(), st.text())
def test_any_text_is_sent_whole_and_shown_without_control(
    stdout: str, stderr: str, metadata: str
) -> None:
    update = replace(FINAL, stdout=stdout, stderr=stderr, metadata=metadata)
    body = replacement(PUBLIC, update).body
    assert body.isascii()
    assert body.isprintable()
    found = json.loads(body)
    assert (found["stdout"], found["stderr"], found["metadata"]) == (stdout, stderr, metadata)


@given(st.recursive(st.none() | st.floats() | st.integers(), lambda each: st.lists(each)))
def test_any_result_is_sent_as_it_is_or_refused(value: object) -> None:
    text = json.dumps(value)
    try:
        body = replacement(PUBLIC, replace(FINAL, result=text)).body
    except EvalAiRefused:
        return
    assert json.loads(body)["result"] == text
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.parametrize("number", ["0", "-0.0", "1e308", "12345678901234567890", "2.5"])
def test_a_finite_number_passes(number: str) -> None:
    replacement(PUBLIC, replace(FINAL, result=result().replace("1.5", number)))
