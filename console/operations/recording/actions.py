"""What consoles do to a submission, in its recording: who, when, what. No secret is in it."""

from __future__ import annotations

import asyncio
import logging

from console.domain.events import ConsoleActed, ConsoleVerb
from console.domain.facts import JobFacts
from console.errors import ConsoleError
from console.operations.services import Services

log = logging.getLogger(__name__)


async def note_action(
    services: Services, job: JobFacts, verb: ConsoleVerb, detail: str = ""
) -> None:
    """It was done; a disk that does not take the word of it is no reason to fail."""
    where, recorder = services.cluster.description, services.recorder
    login = f"{where.user} as {where.acts_as}" if where.acts_as else where.user
    action = ConsoleActed(services.clock(), verb, recorder.owner(), login, detail)
    try:
        await asyncio.to_thread(recorder.note_action, services.recording_of(job), action)
    except ConsoleError as error:
        log.warning("Who %s %s is not recorded: %s", verb.value, job.name, error)
