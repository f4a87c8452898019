"""Launching many, in their order: what one row meets is told of that row, and the others go on.

Every row was judged beforehand. Only a cluster that does not answer ends it for all the others.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence

import msgspec

from console.domain.facts import Turn
from console.errors import ClusterUnreachable, ConsoleError
from console.operations.services import Services
from console.operations.submitting.launch import DryRun, Launched, launch
from console.operations.watching.taking_turns import TakingTurns
from console.specs.many.judging import JudgedRow

NOT_SENT = "It was not sent: the cluster did not answer before."


class LaunchedRow(msgspec.Struct, frozen=True, eq=False):
    """What came of a row: `launched`, or why nothing did."""

    judged: JudgedRow
    launched: Launched | None = None
    error: ConsoleError | None = None
    turn: Turn | None = None

    @property
    def name(self) -> str:
        return self.judged.name

    @property
    def queued(self) -> bool:
        """It waits, as far as is known from the order alone."""
        later = self.turn is not None and self.turn.place > self.turn.at_most
        return self.error is None and (later or bool(self.queue))

    @property
    def queue(self) -> str:
        """Of Kueue, which admits it; a namespace's default takes what names none."""
        return self.launched.queue if self.launched else ""


class QueueLine(msgspec.Struct, frozen=True):
    """How they queue: by turns in a batch, or, as by default, not by us."""

    batch: str = ""
    at_most: int = 0
    """Of the batch; how many may run at once."""

    def turn(self, place: int, size: int) -> Turn | None:
        """For what the Job at that place waits."""
        return Turn(self.batch, place, size, self.at_most) if self.at_most else None


def new_batch(source: str) -> str:
    """A name of its own for what one file launches: `teams-3f9a1c`."""
    # It becomes a label's value, which has its own alphabet and 63 characters.
    stem = re.sub(r"[^a-z0-9]+", "-", source.rpartition("/")[2].partition(".")[0].lower())
    return f"{stem.strip('-')[:40].strip('-') or 'batch'}-{secrets.token_hex(3)}"


def created(rows: Sequence[LaunchedRow]) -> tuple[tuple[str, str], ...]:
    """Name and uid of those that are in the cluster."""
    launched = (each.launched for each in rows if each.launched is not None)
    metas = (each.manifest["metadata"] for each in launched)
    return tuple((str(meta["name"]), str(meta["uid"])) for meta in metas)


async def begin_turns(services: Services, namespace: str, batch: str) -> None:
    """Start the first of them; the others start as places become free, by whoever looks on."""
    if not batch:
        return
    jobs = await services.cluster.jobs(namespace)
    await TakingTurns(services).step(job for job in jobs if job.turn and job.turn.batch == batch)


def nothing(_: LaunchedRow) -> None:
    """For who wants to hear nothing while they are sent."""


async def launch_many(
    services: Services,
    rows: Sequence[JudgedRow],
    *,
    dry_run: DryRun = DryRun.NONE,
    line: QueueLine = QueueLine(),  # noqa: B008  # it is immutable
    tell: Callable[[LaunchedRow], None] = nothing,
) -> tuple[LaunchedRow, ...]:
    """Send each, one after the other; `tell` hears of each what came of it."""
    found: list[LaunchedRow] = []
    lost = False
    for place, each in enumerate(rows, 1):
        turn = line.turn(place, len(rows))
        sent = _not_sent(each) if lost else await _sent(services, each, dry_run, turn)
        # Each further row would wait for its own time-out, and tell the same.
        lost = lost or isinstance(sent.error, ClusterUnreachable)
        found.append(sent)
        tell(sent)
    return tuple(found)


async def _sent(
    services: Services, judged: JudgedRow, dry_run: DryRun, turn: Turn | None
) -> LaunchedRow:
    if judged.valid is None:
        raise ValueError(f"row {judged.row.place} has errors")
    try:
        sent = await launch(services, judged.valid, dry_run=dry_run, turn=turn)
        return LaunchedRow(judged, sent, turn=turn)
    except ConsoleError as error:
        return LaunchedRow(judged, error=error)


def _not_sent(judged: JudgedRow) -> LaunchedRow:
    return LaunchedRow(judged, error=ClusterUnreachable(NOT_SENT))
