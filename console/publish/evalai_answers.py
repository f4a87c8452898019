"""What an answer of EvalAI means, and what of it may be said. Pure.

Only EvalAI itself can refuse: it answers in JSON objects. What a proxy before it says, in HTML or
in nothing, passes, and so does an answer that was cut; but none of those is a consent either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec

from console.domain.hostile_text import neutralise
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiError,
    EvalAiLogin,
    EvalAiRefused,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.ports.evalai_queue import TakenMessage
from console.publish.http_words import PASSING, asked_pause, status_words
from console.struct_library import decoder_of

LONGEST_PAUSE = timedelta(minutes=5)
"""What it may ask for: its throttle looks back a minute."""
_LONGEST_WORDS = 300
_MOST_JOBS = 100
_LARGEST_NUMBER = 2**63
_OF_THE_TOKEN = ("not authorized to make this request", "not authorized to access")
"""EvalAI says so with 400 and 401: the token's user is no host of the challenge."""
_OF_THE_MOMENT = ("Failed to update submission_id",)
"""It says so with 400: two updates have met in its database."""

Answered = Mapping[str, msgspec.Raw]
"""Values as they came: a participant's own may be in a submission, and only ours are looked at."""


class EvalAiAnswer(msgspec.Struct, frozen=True):
    """One answer, whoever gave it."""

    code: int
    body: bytes
    """None of it where it was too long."""
    retry_after: str = ""

    @property
    def told(self) -> Answered | None:
        """None where it is no JSON object."""
        try:
            return decoder_of(dict[str, msgspec.Raw]).decode(self.body)
        except (ValueError, RecursionError):
            return None


def accepted(answer: EvalAiAnswer, secret: str) -> Answered:
    """What it tells with a consent. Raises EvalAiError for all else; `secret` is in no word."""
    told = answer.told
    if answer.code == HTTPStatus.OK and told is not None:
        return told
    raise _refusal(answer, told, secret)


def _refusal(answer: EvalAiAnswer, told: Answered | None, secret: str) -> EvalAiError:
    code = answer.code
    words = _words(code, told, secret)
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return EvalAiRefused(words)
    if code in (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT):
        return EvalAiRefused(f"{words}: it sends us elsewhere, which is not followed.")
    if told is None or code in PASSING or not 400 <= code < 500:
        throttled = code == HTTPStatus.TOO_MANY_REQUESTS
        return EvalAiBusy(words, asked_seconds(answer), not_taken=throttled)
    if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or _has(words, _OF_THE_TOKEN):
        return EvalAiLogin(words)
    if _has(words, _OF_THE_MOMENT):
        return EvalAiBusy(words, not_taken=True)
    return EvalAiRefused(words)


def asked_seconds(answer: EvalAiAnswer) -> float | None:
    """Before the next try; None where it does not say."""
    pause = asked_pause(answer.retry_after, LONGEST_PAUSE)
    return None if pause is None else pause.total_seconds()


def _has(words: str, parts: tuple[str, ...]) -> bool:
    return any(part in words for part in parts)


def _words(code: int, told: Answered | None, secret: str) -> str:
    """The status, and what EvalAI says of it."""
    status = status_words(code)
    if told is None:
        return f"{status}, with no answer of EvalAI"
    said = _text(told, "error") or _text(told, "detail") or _listed(told)
    return f"{status}: {shown(said, secret)}" if said else status


def _text(told: Answered, key: str) -> str:
    """Empty for what is none."""
    found = _value(told, key)
    return found if isinstance(found, str) else ""


def _value(told: Answered, key: str) -> Any:
    """None also for what cannot be read."""
    try:
        return decoder_of(object).decode(told[key]) if key in told else None
    except (ValueError, RecursionError):
        return None


def _listed(told: Answered) -> str:
    """A serializer names each field and what is wrong with it."""
    first = list(told.items())[:10]
    return "; ".join(f"{key}: {bytes(value).decode(errors='replace')}" for key, value in first)


def shown(text: str, secret: str) -> str:
    """One line of its words that cannot control a terminal, without what it was asked with."""
    plain = " ".join(neutralise(" ".join(text[: 20 * _LONGEST_WORDS].split())).split())
    plain = plain.replace(secret, "…") if secret else plain
    return plain if len(plain) <= _LONGEST_WORDS else plain[: _LONGEST_WORDS - 1] + "…"


def submission_of(told: Answered, number: int, secret: str) -> RemoteSubmission:
    """Raises EvalAiBusy for what is none, or another one."""
    said = _text(told, "status")
    if _number(told, "id") != number or not said:
        raise EvalAiBusy(f"It answered, but not with submission {number}.")
    return RemoteSubmission(
        RemoteStatus(said) if said in tuple(RemoteStatus) else None,
        shown(said, secret),
        _number(told, "participant_team"),
        shown(_text(told, "participant_team_name"), secret),
        _number(told, "challenge_phase"),
        _jobs(_value(told, "job_name"), secret),
        _touched(told, secret),
        shown(_text(told, "rerun_resumed_at"), secret),
    )


def _touched(told: Answered, secret: str) -> str | None:
    """Each update makes it now."""
    if "completed_at" in told and bytes(told["completed_at"]) == b"null":
        return ""
    return shown(_text(told, "completed_at"), secret) or None


def taken_message(told: Answered) -> TakenMessage | None:
    """None where nothing waits. Raises EvalAiBusy for what is no answer of a queue."""
    body, receipt = bytes(told.get("body", b"")), _text(told, "receipt_handle")
    if body == b"null":
        return None
    if not body or not receipt:
        raise EvalAiBusy("It answered, but not with a message of its queue.")
    return TakenMessage(body, receipt)


def _number(told: Answered, key: str) -> int | None:
    """True and false are no numbers, and no key of a database is negative or that long."""
    found = _value(told, key)
    return found if type(found) is int and 0 <= found < _LARGEST_NUMBER else None


def _jobs(told: Any, secret: str) -> tuple[str, ...]:
    """The newest: one is added each time that a start is told."""
    listed = told if isinstance(told, list) else ()
    return tuple(shown(each, secret) for each in listed[-_MOST_JOBS:] if isinstance(each, str))
