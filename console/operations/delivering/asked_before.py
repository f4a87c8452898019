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
from console.operations.delivering.table_marks import another_in_row
from console.operations.ports.deliveries import DeliveryEdges, DeliveryTargets
from console.operations.ports.recorder import Recording
from console.operations.recording.earlier import earlier_of
from console.operations.services import Services
from console.operations.storing import folder_owner, taking_over
from console.operations.storing.bringing import another_in
from console.operations.submitting.publishing_plan import PublishingPlan
from console.results.jsontext import SIZE_LIMIT

ASKED_SECONDS = 10.0
"""Somebody waits for it."""


class TakenBefore(msgspec.Struct, frozen=True):
    """Who has the folder and the row already; empty where nobody has."""

    folder: str = ""
    row: str = ""
    why_not: str = ""
    """Why the place does not tell."""
    row_why_not: str = ""
    """Why the table does not."""
    unguarded: bool = False
    """The place was seen not to keep two writers apart."""


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
        return TakenBefore(why_not=_said(error))


def _asked(edges: DeliveryEdges, plan: PublishingPlan, earlier: Collection[str]) -> TakenBefore:
    row, row_why_not = _row_taken(edges.targets, plan, earlier)
    target, _, folder = plan.storage.rpartition("/")
    place = edges.targets.place(target) if plan.storage else None
    if place is None:
        return TakenBefore(row=row, row_why_not=row_why_not)
    content = place.read(f"{folder}/{folder_owner.KEY}", SIZE_LIMIT)
    found = another_in(content, "", earlier)
    if found is not None and taking_over.is_of(found, plan.place):
        found = None  # a later run of its number has the folder when that one is over
    unguarded = any(each.unguarded for each in edges.ledger.all() if each.target == target)
    return TakenBefore(found.name if found else "", row, "", row_why_not, unguarded)


def _row_taken(
    targets: DeliveryTargets, plan: PublishingPlan, earlier: Collection[str]
) -> tuple[str, str]:
    """As the row itself tells it, or why it does not. EvalAI's number is one by itself: its row is
    told anew."""
    try:
        table = targets.open_table(plan.table) if plan.table and plan.place is None else None
        there = {} if table is None or not all(plan.row) else table.row_of(*plan.row)
    except ConsoleError as error:
        return "", _said(error)
    return another_in_row(there, "", earlier), ""


def _said(error: ConsoleError) -> str:
    return " ".join(each for each in (error.what, error.why) if each)
