"""The lookout over one list: what of it calls for a person, each told once.

The same eyes for the recorder, which leaves calls for webhooks, and for a console, which rings.
Decides what is news, and knows no way of telling it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Set
from datetime import datetime, timedelta
from functools import cache

import msgspec

from console.diagnosis.catalogue import Repeats
from console.domain.board import ENDED, BoardSnapshot, SubmissionStatus
from console.domain.calls import (
    Call,
    Occasion,
    Patience,
    calls_of,
    identity,
    one_line,
    usual_patience,
)
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.domain.recoveries import Passed
from console.errors import ConsoleError
from console.operations.inspecting.attempt_lines import LogOf
from console.operations.inspecting.inspection import Inspection, inspect
from console.operations.inspecting.inspector import failures_of
from console.operations.ports.call_settings import CallOutbox
from console.operations.services import Services
from console.operations.task_guard import TaskGuard
from console.operations.watching.fleet import Fleet
from console.operations.watching.lasting import LastingCalls

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
_WALK_SECONDS = 5.0
"""Silence changes no row: whoever is at work is looked at all the same, this often."""
_SETTLE = timedelta(seconds=5)
"""After the first list, until what its logs tell is on it too."""

_GOING_ON = (SubmissionStatus.PENDING, SubmissionStatus.RUNNING)
_ENDS = (Occasion.FAILED, Occasion.COMPLETE)
"""What ended before the begin is known by its row, so that these are news at once."""

BoardOf = Callable[[str, str], BoardSnapshot]


class Looked(msgspec.Struct, frozen=True):
    """What is new, and what failed anew: why, an inspection has to tell."""

    calls: tuple[Call, ...] = ()
    failing: tuple[BoardSnapshot, ...] = ()
    over: frozenset[str] = frozenset()
    """Identities of calls that were told and hold no longer."""


NOTHING_NEW = Looked()


class Lookout:
    """For one at a time. `since_now`: what is so already when it begins to look is no news;
    `patience` is asked at a look at which something waits for room, once."""

    def __init__(self, *, since_now: bool, patience: Patience = usual_patience) -> None:
        self._since_now, self._patience = since_now, patience
        self._began: datetime | None = None
        self._walked: datetime | None = None
        self._rows: tuple[SubmissionRow, ...] | None = None
        self._at_work = False
        """Whether any of them has not ended."""
        self._known: dict[str, SubmissionRow] = {}
        """By uid."""
        self._told: dict[str, set[str]] = {}
        """Identities by uid: they go with their submission."""
        self._lasting = LastingCalls()
        self._gone: list[Passed] = []
        """Of submissions that have gone since the last look."""
        self._failures: dict[str, object] = {}
        self._old: set[str] = set()
        """Whose failures at the begin are being inspected: they are no news."""

    def due(self, fleet: FleetSnapshot, now: datetime) -> bool:
        """Whether a look can find anything; what is not live tells nothing. Costs nothing."""
        return fleet.live and (fleet.rows is not self._rows or self._walks(now))

    def _walks(self, now: datetime) -> bool:
        if self._walked is None:
            return True
        return self._at_work and (now - self._walked).total_seconds() >= _WALK_SECONDS

    def look(self, fleet: FleetSnapshot, board_of: BoardOf, now: datetime) -> Looked:
        """What has come up since the last look. A list that is not live tells nothing."""
        if not self.due(fleet, now):
            return NOTHING_NEW
        first = self._began is None
        self._began = self._began or now
        rows = self._to_look_at(fleet, now)
        if first and self._since_now:
            for row in rows:
                self._ended_before(row)
        calls: list[Call] = []
        failing: list[BoardSnapshot] = []
        over, self._gone = self._gone, []
        patience = cache(self._patience)
        for row in rows:
            # The very one of which the row was made: its follower may be further by now, and a call
            # would tell other counts than list and title do.
            shown = fleet.boards.get((row.namespace, row.name))
            board = shown or board_of(row.namespace, row.name)
            found = self._lasting.as_it_comes(calls_of(row, board, now, patience))
            over += self._lasting.look(found, row, board, now)
            calls += self._new(found)
            if self._fails_anew(row, board):
                failing.append(board)
        return self._looked(calls, failing, over, now)

    def _looked(
        self, calls: list[Call], failing: list[BoardSnapshot], over: list[Passed], now: datetime
    ) -> Looked:
        if self._is_begin(now):
            self._old.update(board.job.uid for board in failing if board.job)
            # What is read from logs in these first seconds was so before; an end is proven by its
            # row's time.
            calls = [call for call in calls if call.occasion in _ENDS]
        self._lasting.tell(calls)
        calls += [each.recovery for each in over if each.recovery]
        if not calls and not failing and not over:
            return NOTHING_NEW
        gone = frozenset(each.call.identity for each in over)
        return Looked(tuple(calls), tuple(failing), gone)

    def judge(self, found: Inspection) -> tuple[Call, ...]:
        """What the inspection of a failing one calls for, each cause once."""
        uid = found.board.job.uid if found.board.job else ""
        calls = self._new(repeating(found))
        if uid in self._old:
            self._old.discard(uid)
            return ()
        return tuple(calls)

    def _to_look_at(self, fleet: FleetSnapshot, now: datetime) -> list[SubmissionRow]:
        """Those whose row is another one, and now and then all that have not ended."""
        walk, known = self._walks(now), self._known
        found = [
            row
            for row in fleet.rows
            if known.get(row.uid) is not row or (walk and row.status not in ENDED)
        ]
        if fleet.rows is not self._rows:
            self._rows = fleet.rows
            self._known = {row.uid: row for row in fleet.rows}
            self._at_work = any(row.status not in ENDED for row in fleet.rows)
            self._forget(known.keys() - self._known.keys())
        if walk:
            self._walked = now
        return found

    def _forget(self, uids: Set[str]) -> None:
        self._gone += self._lasting.forget(uids)
        for uid in uids:
            self._told.pop(uid, None)
            self._failures.pop(uid, None)
            self._old.discard(uid)

    def _ended_before(self, row: SubmissionRow) -> None:
        """Its result may be read later; it is not newer for that."""
        if row.status in ENDED or row.status is SubmissionStatus.FAILING:
            ends = (identity(row.uid, each) for each in _ENDS)
            self._told.setdefault(row.uid, set()).update(ends)

    def _is_begin(self, now: datetime) -> bool:
        return self._since_now and self._began is not None and now - self._began < _SETTLE

    def _new(self, calls: Iterable[Call]) -> list[Call]:
        found = []
        for call in calls:
            told = self._told.setdefault(call.uid, set())
            if call.identity not in told:
                told.add(call.identity)
                found.append(call)
        return found

    def _fails_anew(self, row: SubmissionRow, board: BoardSnapshot) -> bool:
        """Only while it goes on: its end is a call of its own, and so is what blocks it."""
        if row.status not in _GOING_ON or board.job is None:
            return False
        failures = failures_of(board)
        # An inspection reads logs: only a failure that was not there at the last look is worth one.
        if not failures or self._failures.get(row.uid) == failures:
            return False
        self._failures[row.uid] = failures
        return True


def repeating(found: Inspection) -> tuple[Call, ...]:
    """The causes by which its pairs will end again, each with the first pair that shows it."""
    board, calls = found.board, dict[str, Call]()
    for pair in found.pairs:
        cause = pair.verdict.cause if pair.verdict else None
        if board.job is None or cause is None or not (pair.attempts and pair.comes_again):
            continue
        lasts = cause.repeats is Repeats.ALWAYS
        why = "it comes again until that is mended" if lasts else pair.seen_again
        told = one_line(f"pair {pair.number}: {cause.title}; {why}")
        where = (board.namespace, board.name, board.job.uid)
        call = Call(Occasion.REPEATS, *where, told, found.now, cause.name)
        calls.setdefault(cause.name, call)
    return tuple(calls.values())


async def run_with_calls(services: Services, fleet: Fleet) -> None:
    """The fleet, and its calls left for the webhooks, until cancelled."""
    async with TaskGuard() as guard:
        if services.calls is not None:
            work = _call_out(services, fleet, services.calls)
            guard.start("calls", work, lambda name, error: None)
        await fleet.run()


async def _call_out(services: Services, fleet: Fleet, outbox: CallOutbox) -> None:
    """A disk that takes none now is asked again: nothing is lost as long as this goes on."""
    lookout, kept = Lookout(since_now=False, patience=outbox.patience), list[Call]()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        told, now = fleet.snapshot, services.clock()
        looked = await asyncio.to_thread(lookout.look, told, fleet.listed_board, now)
        kept += looked.calls
        for board in looked.failing:
            kept += await _judged(services, lookout, board)
        if kept:
            try:
                # The list grows while a disk is full, and is bounded by what can happen: each call
                # comes once.
                await asyncio.to_thread(outbox.offer, tuple(kept))
                kept.clear()
            except ConsoleError as error:
                log.warning("A call waits: %s", error.what)


async def _judged(services: Services, lookout: Lookout, board: BoardSnapshot) -> tuple[Call, ...]:
    """A recording that cannot be read tells no cause, and ends no watch."""
    logs = recorded_logs(services, board)
    try:
        found = await asyncio.to_thread(inspect, board, logs, services.clock())
    except ConsoleError as error:
        log.warning("Why %s fails cannot be told: %s", board.name, error.what)
        return ()
    return lookout.judge(found)


def recorded_logs(services: Services, board: BoardSnapshot) -> LogOf:
    """What is recorded of it by now."""
    job = board.job
    if job is None:
        return lambda container: None
    recording = services.recording_of(job)
    return lambda container: services.recorder.log(recording, container)
