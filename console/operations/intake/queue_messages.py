"""A message of EvalAI's queue as a value, from its JSON: of the queue itself or of a file. Pure.

It names a submission and its image, and no more: team and status only EvalAI tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from console.errors import InvalidInput
from console.specs.publishing_annotations import evalai_number
from console.struct_library import decoder_of

IMAGE_FIELD = "submitted_image_uri"
_STATIC = "is_static_dataset_code_upload_submission"
_BODY = "body"
_FIX = "Give the message as EvalAI's queue has it: challenge_pk, phase_pk, submission_pk."


class QueueMessage(msgspec.Struct, frozen=True):
    """What EvalAI asks to be evaluated."""

    challenge: int
    phase: int
    submission: int
    image: str = ""
    """Of the agent; empty where it names none."""
    static_upload: bool = False
    """A code upload for a static data set, which no image belongs to."""


def read_message(text: bytes, source: str) -> QueueMessage:
    """Raises InvalidInput with the field that is wrong; `source` says whose it is."""
    told = _object(text, source)
    challenge, phase, submission = (
        _number(told, key, source) for key in ("challenge_pk", "phase_pk", "submission_pk")
    )
    image = told.get(IMAGE_FIELD) or ""
    if not isinstance(image, str) or not image.isprintable():
        raise InvalidInput(f"{source}: {IMAGE_FIELD} is no text.", fix=_FIX)
    return QueueMessage(challenge, phase, submission, image.strip(), told.get(_STATIC) is True)


def as_text(message: QueueMessage) -> str:
    """As EvalAI's queue has it."""
    told = {
        "challenge_pk": message.challenge,
        "phase_pk": message.phase,
        "submission_pk": message.submission,
    }
    return json.dumps(told | ({IMAGE_FIELD: message.image} if message.image else {}))


def _object(text: bytes, source: str) -> Mapping[str, Any]:
    """A whole answer of the queue is taken for the message in it."""
    try:
        told = decoder_of(object).decode(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{source} is no JSON.", fix=_FIX) from error
    inner = told.get(_BODY, told) if isinstance(told, dict) else None
    if not isinstance(inner, dict):
        raise InvalidInput(f"{source} holds no message.", fix=_FIX)
    return inner


def _number(told: Mapping[str, Any], key: str, source: str) -> int:
    """EvalAI writes some of them as text."""
    if key not in told:
        raise InvalidInput(f"{source}: {key} is missing.", fix=_FIX)
    value = told[key]
    found = None if isinstance(value, bool | float) else evalai_number(str(value))
    if found is None:
        raise InvalidInput(f"{source}: {key} is no number of EvalAI's.", fix=_FIX)
    return found
