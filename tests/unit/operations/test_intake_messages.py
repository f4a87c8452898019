"""A message of EvalAI's queue: what of it is taken, and what is wrong with one that cannot be."""

from __future__ import annotations

import json

import pytest

from console.errors import InvalidInput
from console.operations.intake.queue_messages import QueueMessage, read_message

BODY = {
    "challenge_pk": 7,
    "phase_pk": "70",
    "submission_pk": 301234,
    "submitted_image_uri": "registry.example/team:1",
    "is_static_dataset_code_upload_submission": False,
    "and": "more",
}
MESSAGE = QueueMessage(7, 70, 301234, "registry.example/team:1")


def read(told: object) -> QueueMessage:
    return read_message(json.dumps(told).encode(), "a.json")


def test_a_message_is_read_alone_and_in_the_answer_that_it_came_in() -> None:
    assert read(BODY) == MESSAGE
    assert read({"body": BODY, "receipt_handle": "r"}) == MESSAGE


def test_one_without_an_image_is_a_message_too() -> None:
    told = {key: each for key, each in BODY.items() if key != "submitted_image_uri"}
    assert read(told).image == ""
    assert read({**told, "submitted_image_uri": None}).image == ""
    assert read({**told, "is_static_dataset_code_upload_submission": True}).static_upload


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([], "a.json holds no message"),
        ({"body": None, "receipt_handle": None}, "a.json holds no message"),
        ({}, "a.json: challenge_pk is missing"),
        ({**BODY, "phase_pk": "sensors"}, "a.json: phase_pk is no number of EvalAI's"),
        ({**BODY, "submission_pk": True}, "a.json: submission_pk is no number"),
        ({**BODY, "submission_pk": -1}, "a.json: submission_pk is no number"),
        ({**BODY, "submission_pk": 1.5}, "a.json: submission_pk is no number"),
        ({**BODY, "submitted_image_uri": ["a"]}, "a.json: submitted_image_uri is no text"),
        ({**BODY, "submitted_image_uri": "a\x1b[31m"}, "a.json: submitted_image_uri is no text"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(told: object, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as raised:
        read(told)
    assert "challenge_pk, phase_pk, submission_pk" in raised.value.fix


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"a\.json is no JSON"):
        read_message(text, "a.json")
