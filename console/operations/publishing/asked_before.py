"""Submissions of EvalAI, asked for before launches that are published there.

Within a bounded time, and for information only: whatever comes of it, a launch stays possible.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import msgspec

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiError,
    EvalAiLogin,
    EvalAiRefused,
    RemoteSubmission,
)
from console.operations.ports.publications import PublishingRules

ASKED_SECONDS = 10.0
"""Somebody waits for it."""
AT_ONCE, PAUSE = 20, 2.0
"""So many are asked for without a pause; of more, one each two seconds: what runs meanwhile shares
the forty-five questions of a minute."""
MOST_TRIES, LONGEST_REST = 3, 90.0
"""Of one of many, when EvalAI has been asked too often; and the seconds that are waited for it."""

Sleep = Callable[[float], Awaitable[None]]


class AskedBefore(msgspec.Struct, frozen=True):
    """What EvalAI shows; None, and why, where it does not tell."""

    place: EvalAiPlace
    there: RemoteSubmission | None
    why_not: str = ""
    refused: bool = False
    """It does not tell of this one; of any other it may."""
    rest: float | None = None
    """Seconds after which it may tell, where it says so."""


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
        rest = error.seconds if isinstance(error, EvalAiBusy) else None
        why = f"{error.why.rstrip('.')}. {fix}".strip()
        return AskedBefore(place, None, why, isinstance(error, EvalAiRefused), rest)


async def ask_each(
    rules: PublishingRules, places: Sequence[EvalAiPlace], sleep: Sleep = asyncio.sleep
) -> AsyncIterator[AskedBefore]:
    """One after the other, within the user's budget. Who gets no answer asks for no more of them:
    the others are told that reason too."""
    pause = PAUSE if len(places) > AT_ONCE else 0.0
    silent: AskedBefore | None = None
    for number, place in enumerate(places):
        if silent is not None:
            yield msgspec.structs.replace(silent, place=place)
            continue
        if number and pause:
            await sleep(pause)
        asked = await _patiently(rules, place, sleep)
        silent = asked if asked.there is None and not asked.refused else None
        yield asked


async def _patiently(rules: PublishingRules, place: EvalAiPlace, sleep: Sleep) -> AskedBefore:
    """Asked again where EvalAI, or our own budget, says when."""
    for _ in range(MOST_TRIES - 1):
        asked = await ask_before(rules, place)
        if asked.rest is None or asked.rest > LONGEST_REST:
            return asked
        await sleep(asked.rest)
    return await ask_before(rules, place)
