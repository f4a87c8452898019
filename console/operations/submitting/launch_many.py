"""Launching many, in their order: what one row meets is told of that row, and the others go on.

Every row was judged beforehand. Only a cluster that does not answer ends it for all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from console.errors import ClusterUnreachable, ConsoleError
from console.operations.services import Services
from console.operations.submitting.launch import DryRun, Launched, launch
from console.specs.many.judging import JudgedRow

NOT_SENT = "It was not sent: the cluster did not answer before."


class LaunchedRow(msgspec.Struct, frozen=True, eq=False):
    """What came of a row: `launched`, or why nothing did."""

    judged: JudgedRow
    launched: Launched | None = None
    error: ConsoleError | None = None

    @property
    def name(self) -> str:
        return self.judged.name


def nothing(_: LaunchedRow) -> None:
    """For who wants to hear nothing while they are sent."""


async def launch_many(
    services: Services,
    rows: Sequence[JudgedRow],
    *,
    dry_run: DryRun = DryRun.NONE,
    tell: Callable[[LaunchedRow], None] = nothing,
) -> tuple[LaunchedRow, ...]:
    """Send each, one after the other; `tell` hears of each what came of it."""
    found: list[LaunchedRow] = []
    lost = False
    for each in rows:
        sent = _not_sent(each) if lost else await _sent(services, each, dry_run)
        lost = lost or isinstance(sent.error, ClusterUnreachable)
        found.append(sent)
        tell(sent)
    return tuple(found)


async def _sent(services: Services, judged: JudgedRow, dry_run: DryRun) -> LaunchedRow:
    if judged.valid is None:
        raise ValueError(f"row {judged.row.place} has errors")
    try:
        return LaunchedRow(judged, await launch(services, judged.valid, dry_run=dry_run))
    except ConsoleError as error:
        return LaunchedRow(judged, error=error)


def _not_sent(judged: JudgedRow) -> LaunchedRow:
    return LaunchedRow(judged, error=ClusterUnreachable(NOT_SENT))
