"""The requests to a server, as EvalAI's public source takes them. Pure, and no token is in any.

What it would answer with an error of its own, again and again, is refused here: NaN and other
values that its database does not take, and half characters.
"""

from __future__ import annotations

import json
from typing import Any

from console.operations.ports.evalai import (
    EvalAiRefused,
    EvalAiRequest,
    EvalAiUpdate,
    RemoteOutcome,
    whole_characters,
)

_LARGEST = 200 * 10**6
"""Bytes of a body: EvalAI's nginx takes no more."""
_DEEPEST = 20
"""Ours has three floors."""


def question(server: str, number: int) -> EvalAiRequest:
    """How the submission stands."""
    return EvalAiRequest("GET", f"{server}/api/jobs/submission/{number}", "")


def taking(server: str, queue: str) -> EvalAiRequest:
    """The next message of that queue."""
    return EvalAiRequest("GET", f"{server}/api/jobs/challenge/queues/{queue}/", "")


def acknowledgement(server: str, queue: str, receipt: str) -> EvalAiRequest:
    """That a message never comes back; by another path than that of taking one."""
    body = json.dumps({"receipt_handle": receipt})
    return EvalAiRequest("POST", f"{server}/api/jobs/queues/{queue}/", body)


def running(server: str, challenge: int, submission: int, job: str) -> EvalAiRequest:
    """That a Job runs for it. The path is that of a final result, by another method."""
    fields = {"submission": submission, "submission_status": "running", "job_name": job}
    path = f"{server}/api/jobs/challenge/{challenge}/update_submission/"
    return EvalAiRequest("PATCH", path, json.dumps(fields))


def replacement(server: str, update: EvalAiUpdate) -> EvalAiRequest:
    """The one PUT of an update. Raises EvalAiRefused for one that can only be answered by errors.

    The body is plain ASCII: JSON escapes all else, so that it can be shown as it is sent.
    """
    if update.outcome in (RemoteOutcome.FINISHED, RemoteOutcome.PARTIALLY_EVALUATED):
        _check_result(update.result)
    body = json.dumps(_fields(update))
    if len(body) > _LARGEST:
        raise EvalAiRefused(f"It would have {len(body)} bytes, and EvalAI takes {_LARGEST}.")
    return EvalAiRequest("PUT", f"{server}/api/jobs/{_endpoint(update)}/", body)


def _endpoint(update: EvalAiUpdate) -> str:
    # One of them has the plural; both refuse the other's statuses, or take them amiss.
    if update.outcome.final:
        return f"challenge/{update.challenge}/update_submission"
    return f"challenges/{update.challenge}/update_partially_evaluated_submission"


def _fields(update: EvalAiUpdate) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "challenge_phase": update.phase,
        "submission": update.submission,
        "submission_status": update.outcome.value,
        "stdout": whole_characters(update.stdout),
        "stderr": whole_characters(update.stderr),
        "result": whole_characters(update.result),
        "metadata": whole_characters(update.metadata),
    }
    return {**fields, "environment_log": ""} if update.outcome.final else fields


def _check_result(text: str) -> None:
    """It writes a rank: what EvalAI itself would let pass is looked at too."""
    try:
        told = json.loads(text, parse_constant=_no_number, parse_float=_number)
        json.dumps(told, ensure_ascii=False).encode()  # raises for half a character
    except (ValueError, RecursionError):
        raise EvalAiRefused("The result is no JSON that EvalAI can keep.") from None
    if not isinstance(told, list) or not told:
        raise EvalAiRefused("The result has no split of the challenge's phase.")
    if _depth(told) > _DEEPEST or "\\u0000" in text:
        raise EvalAiRefused("The result has values that EvalAI cannot keep.")


def _number(told: str) -> float:
    """1e999 reads as infinite."""
    found = float(told)
    return found if abs(found) != float("inf") else _no_number(told)


def _no_number(told: str) -> float:
    raise ValueError(told)


def _depth(told: Any) -> int:
    """Counted by floors, not by calls."""
    depth, floor = 0, [told]
    while floor:
        depth += 1
        inner = [each for each in floor if isinstance(each, list | dict)]
        floor = [
            value for each in inner for value in (each.values() if isinstance(each, dict) else each)
        ]
    return depth
