"""What somebody asks for by hand: to bring now what is recorded, as a recorder would."""

from __future__ import annotations

import asyncio
from datetime import datetime

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.errors import Conflict, ConsoleError
from console.operations.delivering.delivery_changes import asked_again
from console.operations.delivering.errands import Errands
from console.operations.delivering.standing import Standing, standing_of
from console.operations.ports.deliveries import (
    BringNow,
    Delivery,
    DeliveryKind,
    DeliveryLedger,
    DeliveryStage,
    TableMark,
)
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.operations.telling.asked_by_hand import right_to_send
from console.operations.telling.seen_here import SeenHere

_RECORDED = "only its recording is asked"
_MOST_STEPS = 5
"""A target takes three at the most: what is new, what was decided, and that it is all."""


async def deliver_now(
    services: Services,
    errands: Errands,
    ledger: DeliveryLedger,
    board: BoardSnapshot,
    kind: DeliveryKind,
    target: str,
    *,
    as_failed: bool = False,
) -> Delivery:
    """How it stands when nothing more can be done now. Blocks, but where a recorder has the right
    to bring it: that one is asked to. Raises Conflict where it takes too long for it,
    PublicationsFailed for a disk.

    `as_failed`: so it has ended where the recording cannot tell it; a person has decided that, and
    who calls has seen that nobody can know it."""
    wanted = _wanted(services, board, kind, target)
    wish = BringNow(kind, target, wanted.recording.uid)
    left = await right_to_send(ledger, wish, _stays, asyncio.sleep)
    if left is not None:
        return left
    try:
        known = _looked_at_again(ledger.read(wanted.key) or wanted, services.clock())
        here = _as_recorded(board, as_failed=as_failed)
        for _ in range(_MOST_STEPS):
            if known.closed or known.failing_since:
                break
            known = errands.advance(known, here)
            ledger.put(known)
            if known.rest_until is not None:
                break
        return known
    finally:
        ledger.release(wanted.key)


def _looked_at_again(known: Delivery, now: datetime) -> Delivery:
    """A place is asked what it has, though all was there once: a folder may have been lost, and
    more may be recorded. What a table was told of an end it is not told again."""
    if known.kind is DeliveryKind.FILES and known.stage is DeliveryStage.PUBLISHED:
        known = replace(known, stage=DeliveryStage.OPEN, outcome=None)
    return asked_again(known, now)


def _stays(known: Delivery) -> bool:
    """Whoever waits has nothing more to wait for."""
    return bool(known.closed or known.failing_since or known.rest_until)


def goes_on_in(
    ledger: DeliveryLedger, recording: Recording, target: str, folder: str, now: datetime
) -> bool:
    """What was refused its usual folder there has one by hand: a recorder goes on in that one.
    False where nothing of it was refused there."""
    key = (DeliveryKind.FILES, target, recording.uid)
    known = ledger.read(key)
    if known is None or known.stage is not DeliveryStage.REFUSED or not ledger.claim(key):
        return False
    try:
        ledger.put(replace(asked_again(known, now), folder=folder, words=f"It goes to {folder}."))
    finally:
        ledger.release(key)
    return True


def marks_now(
    services: Services,
    errands: Errands,
    board: BoardSnapshot,
    table: str,
    *,
    as_failed: bool = False,
) -> tuple[TableMark, ...]:
    """What that table would be told by now of a recorded submission. Sends nothing. `as_failed`:
    see `deliver_now`."""
    wanted = _wanted(services, board, DeliveryKind.TABLE, table)
    return errands.marks(wanted, _as_recorded(board, as_failed=as_failed))


def _as_recorded(board: BoardSnapshot, *, as_failed: bool) -> Standing:
    """An end that the recording alone cannot tell is none yet: it is left to a recorder."""
    here = standing_of(SeenHere(board, heard=True), _RECORDED)
    decided = RemoteOutcome.FAILED if as_failed else None
    return replace(here, ended=here.ended or decided, unknown="")


def _wanted(services: Services, board: BoardSnapshot, kind: DeliveryKind, target: str) -> Delivery:
    assert board.job is not None, "a recorded board has its Job"
    now, recording = services.clock(), services.recording_of(board.job)
    return Delivery(kind, target, recording, now, started=board.job.created_at or now)


def demand_delivered(known: Delivery) -> None:
    """Raises ConsoleError where the target has not what is recorded."""
    if known.others and not known.closed:
        raise Conflict(
            f"{known.where} is another machine's to write.",
            why=known.words,
            fix="End the recorder there, and publish it when that time has passed.",
        )
    if known.failing_since or known.stage is DeliveryStage.REFUSED:
        by_itself = "" if known.closed else "; a recorder of yours tries it by itself"
        raise ConsoleError(
            f"{known.where} does not have all that is recorded of {known.recording.name}.",
            why=known.words,
            fix=f"Publish it again when that has changed{by_itself}.",
        )
