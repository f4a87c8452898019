"""A folder at a place and a row of a table, asked for before a launch that would go there.

Both stay with the first submission that has them, so a launch with the same id is brought nowhere.
Within a bounded time, and for information only: whatever comes of it, the launch stays possible.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import msgspec

from console.errors import ConsoleError
from console.operations.delivering.beside_loop import BesideLoop
from console.operations.ports.deliveries import DeliveryEdges, DeliveryKind, DeliveryLedger
from console.operations.ports.recorder import Recording
from console.operations.recording.earlier import earlier_of
from console.operations.services import Services
from console.operations.storing import folder_owner
from console.operations.storing.bringing import another_in
from console.operations.submitting.publishing_plan import PublishingPlan
from console.results.jsontext import SIZE_LIMIT

ASKED_SECONDS = 10.0
"""Somebody waits for it."""


class TakenBefore(msgspec.Struct, frozen=True):
    """Who has the folder and the row already; empty where nobody has. `why_not`: what was not
    told."""

    folder: str = ""
    row: str = ""
    why_not: str = ""


def names_before(services: Services, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Those from which a launch goes on: what they have is its own. Reads files."""
    told = manifest.get("metadata", {})
    name, space = str(told.get("name") or ""), str(told.get("namespace") or "")
    recording = Recording(services.cluster.description.context, space, name, "")
    return earlier_of(services, recording, manifest)


async def ask_places(
    edges: DeliveryEdges,
    plan: PublishingPlan,
    earlier: Collection[str] = (),
    seconds: float = ASKED_SECONDS,
) -> TakenBefore:
    """Raises nothing. The request may go on when nobody waits for it any more."""
    try:
        async with asyncio.timeout(seconds):
            return await BesideLoop(1).run(partial(_asked, edges, plan, earlier))
    except TimeoutError:
        return TakenBefore(why_not=f"It has not told it within {seconds:g} s.")
    except ConsoleError as error:
        return TakenBefore(why_not=" ".join(each for each in (error.what, error.why) if each))


def _asked(edges: DeliveryEdges, plan: PublishingPlan, earlier: Collection[str]) -> TakenBefore:
    row = _row_taken(edges.ledger, plan, earlier)
    target, _, folder = plan.storage.rpartition("/")
    place = edges.targets.place(target) if plan.storage else None
    if place is None:
        return TakenBefore(row=row)
    content = place.read(f"{folder}/{folder_owner.KEY}", SIZE_LIMIT)
    found = another_in(content, "", earlier)
    return TakenBefore(found.name if found else "", row)


def _row_taken(ledger: DeliveryLedger, plan: PublishingPlan, earlier: Collection[str]) -> str:
    """As far as this machine knows. EvalAI's number is one by itself: its row is told anew."""
    if not plan.table or plan.place is not None:
        return ""
    had = [
        each.recording.name
        for each in ledger.all()
        if (each.kind, each.target, each.subject, each.start_told)
        == (DeliveryKind.TABLE, plan.table, "/".join(plan.row), True)
    ]
    return next((name for name in had if name not in earlier), "")
