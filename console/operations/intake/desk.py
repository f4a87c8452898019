"""The desk at which messages come in: taken, judged, launched, and only then acknowledged.

Each step holds for the facts of its moment and is asked anew before a launch. What fails leaves
the message in the queue: it comes back, to this desk or another one.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec

from console.domain.facts import EvalAiPlace
from console.errors import Conflict, ConsoleError, InvalidInput, NotFound
from console.operations.intake.launching import LaunchingFor, launched_for
from console.operations.intake.message_fate import (
    NotLaunched,
    ToAcknowledge,
    ToLaunch,
    Verdict,
    verdict_of,
)
from console.operations.intake.queue_messages import QueueMessage, read_message
from console.operations.intake.set_up import demand_intake, recorded_by
from console.operations.intake.sight import (
    OWN_ALONE,
    Recorded,
    Sight,
    known_of,
    nothing_recorded,
)
from console.operations.ports.evalai import EvalAiError, RemoteSubmission
from console.operations.ports.evalai_queue import EvalAiQueue, TakenMessage
from console.operations.ports.publishing_settings import EvalAiSettings
from console.operations.services import Services
from console.operations.submitting.launch_many import begin_turns

MESSAGE = "The message"
MOST_LOOKED_AT = 15
"""Messages of one look: each costs two of the 60 requests that EvalAI answers in a minute."""
HOLDS_FOR = timedelta(seconds=20)
"""What EvalAI has shown; a person may look at a message for long before it is launched."""


class WaitingMessage(msgspec.Struct, frozen=True, eq=False):
    """A message that this desk has taken, and what may become of it."""

    taken: TakenMessage
    at: datetime
    message: QueueMessage | None
    """None where it cannot be read."""
    there: RemoteSubmission | None
    """None where EvalAI has not told."""
    verdict: Verdict

    @property
    def submission(self) -> int | None:
        """None where it cannot be read."""
        return self.message.submission if self.message else None


class Accepted(msgspec.Struct, frozen=True):
    """What came of a message: its Job, and whether EvalAI has taken the acknowledgement."""

    submission: int
    job: str
    launched: bool
    """By this step; else it was there before."""
    words: str
    unacknowledged: str = ""
    """Why it is not acknowledged; it comes back then, and is only acknowledged."""
    remarks: tuple[str, ...] = ()
    manifest: dict[str, Any] | None = None
    """Of the Job that was launched by this step."""


class IntakeDesk:
    """For one queue and one namespace. Raises ConsoleError where nothing more can be done."""

    def __init__(
        self,
        services: Services,
        queue: EvalAiQueue,
        namespace: str,
        recorded: Recorded = nothing_recorded,
    ) -> None:
        self._services, self._queue = services, queue
        self._namespace, self._recorded = namespace, recorded
        self._sight = Sight(services, namespace)

    async def take(self) -> WaitingMessage | None:
        """The next one; None where none waits that nobody has taken. Raises NotFound, Forbidden
        where nothing can be launched, before it takes one."""
        settings = await self._settings()
        await self._sight.demand_namespace()
        taken = await self._queue.next_message(settings.intake.queue)
        if taken is None:
            return None
        return await self.judged(taken)

    async def demand_launches(self) -> None:
        """For who takes to launch. Raises NotFound, Forbidden where nothing could be."""
        await self._sight.demand_launches()

    async def look(self, most: int = MOST_LOOKED_AT) -> tuple[WaitingMessage, ...]:
        """All that wait, one after the other: each is hidden from others for a while."""
        found: list[WaitingMessage] = []
        while len(found) < most and (each := await self.take()) is not None:
            # A short visibility time brings the first one back before the last one came.
            if any(each.taken.body == before.taken.body for before in found):
                break
            found.append(each)
        return tuple(found)

    async def judged(self, taken: TakenMessage) -> WaitingMessage:
        """With what EvalAI shows of it now."""
        now = self._services.clock()
        try:
            message = read_message(taken.body, MESSAGE)
        except InvalidInput as error:
            return WaitingMessage(taken, now, None, None, NotLaunched(error.what, error.fix))
        try:
            there = await self._queue.submission(message.submission)
        except EvalAiError as error:
            words = f"{error.what} {error.why}".strip()
            return WaitingMessage(taken, now, message, None, NotLaunched(words, "It comes back."))
        verdict = await self.verdict(message, there)
        return WaitingMessage(taken, now, message, there, verdict)

    async def verdict(self, message: QueueMessage, there: RemoteSubmission) -> Verdict:
        """By the Jobs and the settings as they are now."""
        settings = await self._settings()
        place = EvalAiPlace(settings.server, message.challenge, message.phase, message.submission)
        known = await known_of(self._sight, place, self._recorded)
        return verdict_of(message, there, settings, known, self._services.clock())

    async def doubt(self) -> str:
        """Why one submission may be launched twice by who takes in for another namespace; empty
        where Jobs of all namespaces are seen."""
        await self._sight.jobs()
        return "" if self._sight.whole else OWN_ALONE

    async def accept(self, waiting: WaitingMessage, how: LaunchingFor) -> Accepted:
        """Launch it, unless its Job is there, and acknowledge it.

        Raises ConsoleError where nothing was launched: the message comes back.
        """
        if waiting.message is None or waiting.there is None:
            raise _as_error(waiting.verdict, "A message of EvalAI's queue")
        name = f"Submission {waiting.message.submission}"
        there = waiting.there
        # A person may have looked at it for minutes, in which it was cancelled there.
        if self._services.clock() - waiting.at > HOLDS_FOR:
            there = await self._queue.submission(waiting.message.submission)
        verdict = await self.verdict(waiting.message, there)
        if isinstance(verdict, ToLaunch):
            try:
                return await self._launched(waiting, verdict, how)
            except Conflict:
                # Somebody else was faster, or an answer was lost: then its Job is there.
                verdict = await self.verdict(waiting.message, there)
                if isinstance(verdict, ToLaunch):
                    raise
        if isinstance(verdict, ToAcknowledge):
            why = await self._acknowledged(waiting)
            number = waiting.message.submission
            return Accepted(number, verdict.job, False, verdict.words, why)
        raise _as_error(verdict, name)

    async def _launched(
        self, waiting: WaitingMessage, verdict: ToLaunch, how: LaunchingFor
    ) -> Accepted:
        done = await launched_for(self._services, self._sight, self._queue, verdict, how)
        why = await self._acknowledged(waiting)
        return Accepted(
            verdict.order.place.submission,
            verdict.order.name,
            True,
            f"The Job {verdict.order.name} is launched.",
            why,
            done.remarks,
            done.manifest,
        )

    async def refuse(self, waiting: WaitingMessage) -> str:
        """Acknowledge one for which nothing is launched, as a person has said; why it was not.

        Raises Conflict for one that may be launched: only EvalAI ends that.
        """
        if not isinstance(waiting.verdict, NotLaunched):
            raise Conflict(
                f"Submission {waiting.submission} is not refused: it can be launched.",
                fix="Cancel it at EvalAI, if nobody is to evaluate it.",
            )
        return await self._acknowledged(waiting)

    async def begin_turns(self, batch: str) -> None:
        """Start what is due of those that take turns."""
        await begin_turns(self._services, self._namespace, batch)

    async def _acknowledged(self, waiting: WaitingMessage) -> str:
        """Empty, or why EvalAI has not taken it: the message comes back then."""
        try:
            settings = await self._settings()
            await self._queue.acknowledge(settings.intake.queue, waiting.taken.receipt)
        except ConsoleError as error:
            return f"{error.what} {error.why}".strip()
        return ""

    async def _settings(self) -> EvalAiSettings:
        assert self._services.publishing is not None, "who launches has settings of publishing"
        return await asyncio.to_thread(demand_intake, self._services.publishing)


def open_desk(services: Services, namespace: str) -> IntakeDesk:
    """By what is set. Reads files; raises NotFound, InvalidInput."""
    assert services.publishing is not None, "who launches has settings of publishing"
    settings = demand_intake(services.publishing)
    if services.queues is None:
        raise NotFound("Nothing is taken from a queue here: no cluster is asked to launch it.")
    queue = services.queues(settings.server)
    return IntakeDesk(services, queue, namespace, recorded_by(services, namespace))


def _as_error(verdict: Verdict, what: str) -> ConsoleError:
    assert isinstance(verdict, NotLaunched)
    return Conflict(f"{what} is not launched.", why=verdict.words, fix=verdict.fix)
