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

Answered = Mapping[str, Any]


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
            found = decoder_of(dict[str, Any]).decode(self.body)
        except (ValueError, RecursionError):
            return None
        return found


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
        return EvalAiBusy(words, asked_seconds(answer))
    if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or _has(words, _OF_THE_TOKEN):
        return EvalAiLogin(words)
    return EvalAiBusy(words) if _has(words, _OF_THE_MOMENT) else EvalAiRefused(words)


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
    said = next((told[key] for key in ("error", "detail") if isinstance(told.get(key), str)), None)
    said = said if said is not None else _listed(told)
    return f"{status}: {shown(said, secret)}" if said else status


def _listed(told: Answered) -> str:
    """A serializer names each field and what is wrong with it."""
    return "; ".join(f"{key}: {value}" for key, value in list(told.items())[:10])


def shown(text: str, secret: str) -> str:
    """One line of its words that cannot control a terminal, without what it was asked with."""
    plain = " ".join(neutralise(" ".join(text[: 20 * _LONGEST_WORDS].split())).split())
    plain = plain.replace(secret, "…") if secret else plain
    return plain if len(plain) <= _LONGEST_WORDS else plain[: _LONGEST_WORDS - 1] + "…"


def submission_of(told: Answered, number: int, secret: str) -> RemoteSubmission:
    """Raises EvalAiBusy for what is none, or another one."""
    if told.get("id") != number or not isinstance(told.get("status"), str):
        raise EvalAiBusy(f"It answered, but not with submission {number}.")
    said, team = told["status"], told.get("participant_team_name")
    return RemoteSubmission(
        RemoteStatus(said) if said in tuple(RemoteStatus) else None,
        shown(said, secret),
        _number(told.get("participant_team")),
        shown(team, secret) if isinstance(team, str) else "",
        _number(told.get("challenge_phase")),
        _jobs(told.get("job_name"), secret),
    )


def _number(told: Any) -> int | None:
    """True and false are no numbers, and no key of a database is negative or that long."""
    return told if type(told) is int and 0 <= told < _LARGEST_NUMBER else None


def _jobs(told: Any, secret: str) -> tuple[str, ...]:
    """The newest: one is added each time that a start is told."""
    listed = told if isinstance(told, list) else ()
    return tuple(shown(each, secret) for each in listed[-_MOST_JOBS:] if isinstance(each, str))
