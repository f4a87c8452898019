"""Whatever comes back as an answer is a consent or one of three errors, and harmless in words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.hostile_text import neutralise
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiError,
    EvalAiLogin,
    EvalAiRefused,
    RemoteStatus,
)
from console.publish.evalai_answers import EvalAiAnswer, accepted, shown, submission_of

SECRET = "s3cr3t.t0ken"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(SECRET),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "status",
            "participant_team",
            "participant_team_name",
            "job_name",
            "error",
            "detail",
            "success",
        ]
    ),
    JSON | st.sampled_from([*RemoteStatus, 1, SECRET, "\x1b[2J", "\x9b31m", "\u202e", "a\nb"]),
)
BODIES = (
    st.binary()
    | JSON.map(lambda v: json.dumps(v).encode())
    | FIELDS.map(lambda v: json.dumps(v).encode())
)


def refusal(code: int, value: object = None, retry_after: str = "") -> EvalAiError:
    body = b"<html>" if value is None else json.dumps(value).encode()
    with pytest.raises(EvalAiError) as raised:
        accepted(EvalAiAnswer(code, body, retry_after), SECRET)
    return raised.value


@given(st.integers(0, 999), BODIES, st.text())
def test_any_answer_is_a_consent_or_one_of_our_errors(code: int, body: bytes, after: str) -> None:
    pause = 0.0
    try:
        found = submission_of(accepted(EvalAiAnswer(code, body, after), SECRET), 1, SECRET)
        lines = [found.said, found.team_name, *found.job_names]
    except EvalAiError as error:
        lines, pause = str(error).split("\n"), getattr(error, "seconds", 0.0) or 0.0
    assert 0 <= pause <= 300
    assert [line for line in lines if SECRET in line or neutralise(line) != line] == []


@given(st.text(max_size=900))
def test_any_words_fit_one_line_of_a_terminal(text: str) -> None:
    line = shown(text + SECRET, SECRET)
    assert len(line) <= 300
    assert "\n" not in line
    assert neutralise(line) == line


@pytest.mark.parametrize("text", [SECRET, f"x{SECRET}", f"{SECRET[:4]}\x1b[31m{SECRET[4:]}"])
@pytest.mark.parametrize("before", range(285, 305))
def test_no_part_of_the_token_is_left_where_words_are_cut(text: str, before: int) -> None:
    assert SECRET[:4] not in shown("x" * before + text, SECRET)


@pytest.mark.parametrize(
    ("code", "value", "kind"),
    [
        (400, {"error": "Sorry, submission status is invalid"}, EvalAiRefused),
        (400, {"error": "Sorry, you are not authorized to make this request!"}, EvalAiLogin),
        (400, {"error": "Failed to update submission_id 1 related metadata"}, EvalAiBusy),
        (400, {"submission": ["This field is required."]}, EvalAiRefused),
        (401, {"detail": "Token is expired", "code": "token_not_valid"}, EvalAiLogin),
        (403, {"detail": "Please verify your email first!"}, EvalAiLogin),
        (404, {"detail": "Submission 1 does not exist"}, EvalAiRefused),
        (405, {"detail": 'Method "PUT" not allowed.'}, EvalAiRefused),
        (406, {"error": "Challenge is not active"}, EvalAiRefused),
        (413, None, EvalAiRefused),
        (415, {"detail": "Unsupported media type"}, EvalAiRefused),
        (429, {"detail": "Request was throttled."}, EvalAiBusy),
        (100, {}, EvalAiBusy),
        (204, None, EvalAiBusy),
        (206, {"success": "a part"}, EvalAiBusy),
        (301, None, EvalAiRefused),
        (307, None, EvalAiBusy),
        (400, None, EvalAiBusy),
        (401, None, EvalAiBusy),
        (404, None, EvalAiBusy),
        (407, None, EvalAiBusy),
        (500, {"detail": "no"}, EvalAiBusy),
        (599, None, EvalAiBusy),
    ],
)
def test_only_evalai_refuses_and_what_a_proxy_says_passes(
    code: int, value: object, kind: type[EvalAiError]
) -> None:
    error = refusal(code, value)
    assert type(error) is kind
    assert str(code) in error.why


@pytest.mark.parametrize(
    ("code", "value", "surely"),
    [
        (429, {"detail": "Request was throttled."}, True),
        (429, None, True),
        (400, {"error": "Failed to update submission_id 1 related metadata"}, True),
        (400, None, False),
        (408, {}, False),
        (500, {}, False),
        (502, None, False),
        (503, None, False),
        (504, None, False),
    ],
)
def test_only_what_never_came_to_its_views_is_surely_not_taken(
    code: int, value: object, surely: bool
) -> None:
    error = refusal(code, value, retry_after="1")
    assert isinstance(error, EvalAiBusy)
    assert error.not_taken is surely


def test_its_words_are_said_after_the_status() -> None:
    assert refusal(404, {"detail": "Submission 1 does not exist"}).why == (
        "404 Not Found: Submission 1 does not exist"
    )
    assert refusal(400, {"submission": ["is missing"]}).why == (
        '400 Bad Request: submission: ["is missing"]'
    )
    assert refusal(400, {}).why == "400 Bad Request"
    assert refusal(502).why == "502 Bad Gateway, with no answer of EvalAI"


def test_a_submission_keeps_its_newest_job_names_only() -> None:
    names = [str(number) for number in range(500)]
    body = json.dumps({"id": 1, "status": "running", "job_name": names}).encode()
    told = accepted(EvalAiAnswer(200, body), SECRET)
    assert submission_of(told, 1, SECRET).job_names == tuple(names[400:])


@pytest.mark.parametrize(
    "value", ["1e999", "[" * 900 + "]" * 900, '"\\u202e\\u0000"', "12345678901234567890123", "-0"]
)
def test_what_a_participant_wrote_beside_hides_no_cancel(value: str) -> None:
    body = f'{{"submission_metadata": {value}, "id": 1, "status": "cancelled", "x": {value}}}'
    told = accepted(EvalAiAnswer(200, body.encode()), SECRET)
    assert submission_of(told, 1, SECRET).status is RemoteStatus.CANCELLED


@pytest.mark.parametrize(
    ("completed", "touched"),
    [
        ("", None),
        (', "completed_at": null', ""),
        (', "completed_at": "2026-11-22T12:00:00.1Z"', "2026-11-22T12:00:00.1Z"),
        (', "completed_at": "\\u001b[2J"', None),
        (', "completed_at": 7', None),
    ],
)
def test_when_it_was_touched_last_is_told_or_not(completed: str, touched: str | None) -> None:
    body = f'{{"id": 1, "status": "running"{completed}}}'
    told = accepted(EvalAiAnswer(200, body.encode()), SECRET)
    assert submission_of(told, 1, SECRET).touched == touched


@pytest.mark.parametrize("odd", ["1e999", "-1e999"])
def test_a_field_that_cannot_be_read_is_unknown_and_hides_no_other(odd: str) -> None:
    body = f'{{"id": 1, "status": "cancelled", "participant_team": {odd}, "job_name": {odd}}}'
    found = submission_of(accepted(EvalAiAnswer(200, body.encode()), SECRET), 1, SECRET)
    assert (found.status, found.team, found.job_names) == (RemoteStatus.CANCELLED, None, ())
