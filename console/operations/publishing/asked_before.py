"""A submission of EvalAI, asked for before a launch that is published there.

Within a bounded time, and for information only: whatever comes of it, the launch stays possible.
"""

from __future__ import annotations

import asyncio

import msgspec

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import EvalAiError, EvalAiLogin, RemoteSubmission
from console.operations.ports.publications import PublishingRules

ASKED_SECONDS = 10.0
"""Somebody waits for it."""


class AskedBefore(msgspec.Struct, frozen=True):
    """What EvalAI shows; None, and why, where it does not tell."""

    place: EvalAiPlace
    there: RemoteSubmission | None
    why_not: str = ""


async def ask_before(
    rules: PublishingRules, place: EvalAiPlace, seconds: float = ASKED_SECONDS
) -> AskedBefore:
    """One question of the user's budget; raises nothing."""
    try:
        async with asyncio.timeout(seconds):
            evalai = await asyncio.to_thread(rules.evalai, place.server)
            if evalai is None:
                return AskedBefore(place, None, "Nothing is sent to it any more.")
            return AskedBefore(place, await evalai.submission(place.submission))
    except TimeoutError:
        return AskedBefore(place, None, f"It has not told it within {seconds:g} s.")
    except EvalAiError as error:
        fix = error.fix if isinstance(error, EvalAiLogin) else ""
        return AskedBefore(place, None, f"{error.why} {fix}".strip())
