"""What EvalAI shows of submissions whose failed result it has: whether one is to be resumed.

A host resumes one there that has failed, under the same number, and nothing tells us but a look. So
each is looked at now and then for some days, few a minute of all of them, and nothing is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.ports.clock import Clock
from console.operations.ports.evalai import (
    RemoteOutcome,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.ports.publications import (
    Publication,
    PublicationLedger,
    PublicationStage,
    PublishingRules,
)
from console.operations.publishing.next_step import RESUME_THERE

WATCHED_FOR = timedelta(days=7)
"""Since its end, and since somebody asked to resume it."""
EVERY = timedelta(minutes=10)
"""A submission is looked at so often at the most."""
PAUSE = timedelta(seconds=10)
"""Between two looks of a recorder: six of the sixty requests that EvalAI allows a minute."""


def is_watched(known: Publication, now: datetime) -> bool:
    """EvalAI lets only those be resumed that have failed there."""
    closed = known.stage is PublicationStage.PUBLISHED
    failed = known.final in (RemoteOutcome.FAILED, None)
    return closed and failed and now - known.changed < WATCHED_FOR


def looked_after_the_end(known: Publication, there: RemoteSubmission, now: datetime) -> Publication:
    """What the look changes of it: the wish to resume it begins, or is over."""
    wanted, was = there.status is RemoteStatus.RESUMING, known.shown is RemoteStatus.RESUMING
    looked = replace(known, shown=there.status, shown_at=now, touched=there.touched)
    if wanted is was:
        return looked
    words = RESUME_THERE if wanted else f"EvalAI shows it as {there.status or ascii(there.said)}."
    return replace(looked, words=words, changed=now)


class AfterTheEnd:
    """For one publisher, whose loop it belongs to: `step` waits for no answer of EvalAI's."""

    def __init__(self, clock: Clock, rules: PublishingRules, ledger: PublicationLedger) -> None:
        self._clock, self._rules, self._ledger = clock, rules, ledger
        self._watched: dict[EvalAiPlace, Publication] = {}
        self._due: dict[EvalAiPlace, datetime] = {}
        self._asking: asyncio.Task[RemoteSubmission | None] | None = None
        self._asked: Publication | None = None
        self._rests_until: datetime | None = None

    def watch(self, known: Iterable[Publication]) -> None:
        """All that there are of this cluster; those that are to be looked at are kept."""
        now = self._clock()
        watched = {each.place: each for each in known if is_watched(each, now)}
        due = {place: (each.shown_at or each.changed) + EVERY for place, each in watched.items()}
        # Who could not be asked is not asked at once again.
        self._due = {place: max(at, self._due.get(place, at)) for place, at in due.items()}
        self._watched = watched

    async def step(self, taken: Container[EvalAiPlace]) -> None:
        """Note what was answered, and ask for the next one. `taken`: which have a writer again.

        Raises PublicationsFailed, and EvalAiError for a question that got no answer.
        """
        if self._asking is not None and self._asking.done():
            asking, known, self._asking = self._asking, self._asked, None
            assert known is not None
            there = asking.result()
            if there is not None and known.place not in taken:
                await asyncio.to_thread(self._note, known, there)
        now = self._clock()
        if self._asking is None and (self._rests_until is None or now >= self._rests_until):
            self._ask(now, taken)

    def close(self) -> None:
        """Nobody waits for an answer any more."""
        if self._asking is not None:
            self._asking.cancel()

    def _ask(self, now: datetime, taken: Container[EvalAiPlace]) -> None:
        due = [(at, str(place), place) for place, at in self._due.items() if at <= now]
        place = next((each for _, _, each in sorted(due) if each not in taken), None)
        if place is not None:
            self._rests_until, self._due[place] = now + PAUSE, now + EVERY
            self._asked = self._watched[place]
            self._asking = asyncio.create_task(self._shown(place))

    async def _shown(self, place: EvalAiPlace) -> RemoteSubmission | None:
        """None where the user publishes nothing there any more."""
        evalai = await asyncio.to_thread(
            lambda: self._rules.evalai(place.server) if self._rules.allows(place) else None
        )
        return None if evalai is None else await evalai.submission(place.submission)

    def _note(self, known: Publication, there: RemoteSubmission) -> None:
        """Unless another one has written since: what is newer stands."""
        if not self._ledger.claim(known.place):
            return
        try:
            if self._ledger.read(known.place) == known:
                looked = looked_after_the_end(known, there, self._clock())
                self._ledger.put(looked)
                self._watched[known.place] = looked
        finally:
            self._ledger.release(known.place)
