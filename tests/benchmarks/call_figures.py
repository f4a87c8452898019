"""What the lookout costs a console: of a list of 5,000, all running or all ended, a second each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from fakes.boards import NOW, ROWS, board
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.operations.watching.calling import Lookout

SUBMISSIONS, CHANGED, LOOKS = 5000, 500, 20


def figures() -> Iterator[tuple[str, str]]:
    for status in (SubmissionStatus.RUNNING, SubmissionStatus.COMPLETE):
        for changed in (0, CHANGED):
            told = f"lookout over {SUBMISSIONS} {status}, {changed} changed a second"
            yield told, f"{1000 * _look(status, changed):.2f} ms of CPU a second"


def _look(status: SubmissionStatus, changed: int) -> float:
    """Seconds of CPU for a look, on average; silence is looked for at each fifth."""
    rows = [
        replace(ROWS[0], uid=f"u-{n}", name=f"n-{n}", status=status) for n in range(SUBMISSIONS)
    ]
    shown = board()
    lookout, now = Lookout(since_now=True), NOW

    def board_of(namespace: str, name: str) -> BoardSnapshot:
        return shown

    fleet = FleetSnapshot(tuple(rows), True)
    lookout.look(fleet, board_of, now)
    began = time.process_time()
    for turn in range(LOOKS):
        now += timedelta(seconds=1)
        if changed:
            fleet = FleetSnapshot(_with_changes(rows, turn, changed), True)
        if lookout.due(fleet, now):
            lookout.look(fleet, board_of, now)
    return (time.process_time() - began) / LOOKS


def _with_changes(rows: list[SubmissionRow], turn: int, changed: int) -> tuple[SubmissionRow, ...]:
    """Some of them, each turn others, are other values than before."""
    for at in range(turn * changed, (turn + 1) * changed):
        at %= len(rows)
        rows[at] = replace(rows[at], done=turn)
    return tuple(rows)
