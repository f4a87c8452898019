"""`launch -f …`: each row held against the folder and the table's row that it would go to.

In the words of a single launch, as remarks: whosever they are, a row can be launched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from console.cli import narration
from console.operations.ports.deliveries import DeliveryEdges
from console.operations.services import Services
from console.operations.submitting.publishing_plan import PublishingPlan, publishing_plan
from console.specs.many.judging import JudgedRow

AT_ONCE = 8
"""Questions to a place that are on their way at one time."""


async def held_against_places(
    services: Services, judged: Sequence[JudgedRow]
) -> tuple[JudgedRow, ...]:
    """The rows with a remark where another submission has their folder or their row already."""
    if services.publishing is None or services.delivering is None:
        return tuple(judged)
    settings = services.publishing.settings()
    if not (settings.storage or settings.table):
        return tuple(judged)
    asked = _PlacesAsked(services.delivering())
    plans = [
        publishing_plan(each.valid.composed.manifest, settings) if each.valid else None
        for each in judged
    ]
    told = await asyncio.gather(*(asked.remarks(plan) for plan in plans))
    if asked.why_not:
        narration.say(f"warning: Whether all their folders are free is not known: {asked.why_not}")
    return tuple(
        replace(each, warnings=(*each.warnings, *(f"{each.name}: {said}" for said in remarks)))
        for each, remarks in zip(judged, told, strict=True)
    )


class _PlacesAsked:
    """A place that does not tell of one is asked for no more."""

    def __init__(self, edges: DeliveryEdges) -> None:
        self._edges = edges
        self._turns = asyncio.Semaphore(AT_ONCE)
        self.why_not = ""

    async def remarks(self, plan: PublishingPlan | None) -> tuple[str, ...]:
        from console.operations.delivering.asked_before import ask_places
        from console.presentation.folders_before import taken_words

        async with self._turns:
            if plan is None or self.why_not:
                return ()
            taken = await ask_places(self._edges, plan)
        if taken.why_not:
            self.why_not = taken.why_not
            return ()
        return tuple(each.text for each in taken_words(taken, plan))
