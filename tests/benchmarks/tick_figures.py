"""A tick of each screen: its CPU time when something that it may show has changed, and painted.

PAIRS says how many pairs the submission has.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple, cast

from fakes.boards import NOW, board, pair, record, row
from fakes.pilots import seen, shows
from fakes.screens import FakeBackend
from fakes.terminals import in_terminal
from figure import Figure, at_most
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.facts import ClusterEvent
from console.domain.fleet import FleetSnapshot
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.tui import garbage
from console.tui.screens.screen import ConsoleScreen
from console.tui.submission_source import Recordings

TICKS, PAINTED_SECONDS = 60, 0.05
SIZE = (160, 45)
ROWS, ROUTES, EVENTS, RECORDINGS = 5000, 220, 200, 1000
PAIRS = int(os.environ.get("PAIRS") or 4)


def figures() -> Iterator[Figure]:
    garbage.hold()
    for each in SCREENS:
        yield asyncio.run(_figure(each))


def _events(count: int) -> tuple[ClusterEvent, ...]:
    told = "Back-off restarting failed container simulator-2 in pod demo-x7k2p"
    return tuple(
        ClusterEvent(
            f"e{number}",
            "Warning",
            "BackOff",
            told,
            number + 1,
            NOW - timedelta(minutes=count - number),
            "Pod/demo-x7k2p simulator-2",
        )
        for number in range(count)
    )


def _long_board() -> BoardSnapshot:
    """All routes of the Leaderboard, most of them driven, in trouble for hours."""
    records = tuple(record(1 + at % PAIRS, at) for at in range(ROUTES - 20))
    told = board(events=_events(EVENTS), records=records, done=len(records), total=ROUTES)
    if len(told.pairs) == PAIRS:
        return told
    return replace(told, pairs=tuple(pair(number, 1) for number in range(1, PAIRS + 1)))


def _long_list() -> FleetSnapshot:
    rows = (
        row(f"job-{number:05}", SubmissionStatus.RUNNING, 12, created_at=NOW)
        for number in range(ROWS)
    )
    return FleetSnapshot(tuple(rows), True, "", NOW)


class ManyRecordings:
    """As many as a console of a year has."""

    async def entries(self) -> tuple[HistoryEntry, ...]:
        return tuple(
            HistoryEntry(Recording("lab", each.namespace, each.name, each.uid), each, True)
            for each in (
                row(f"old-{number:05}", SubmissionStatus.COMPLETE, 20)
                for number in range(RECORDINGS)
            )
        )


def _another_log_line(backend: FakeBackend, number: int) -> None:
    """What changes many times a second."""
    pairs = tuple(
        replace(each, agent_line=f"=== [Agent] -- Ratio = 0.{number:02}x")
        for each in backend.shown_board.pairs
    )
    backend.shown_board = replace(backend.shown_board, pairs=pairs)


def _another_event(backend: FakeBackend, number: int) -> None:
    *before, last = backend.shown_board.events
    events = (*before, replace(last, count=100 + number))
    backend.shown_board = replace(backend.shown_board, events=events)


def _another_row(backend: FakeBackend, number: int) -> None:
    rows = list(backend.shown_fleet.rows)
    rows[3] = replace(rows[3], restarts=number % 8)
    backend.shown_fleet = FleetSnapshot(tuple(rows), True, "", NOW)


class Shown(NamedTuple):
    """A screen, the keys that open it, a word on it, and what changes before each tick."""

    name: str
    keys: tuple[str, ...]
    word: str
    change: Callable[[FakeBackend, int], None]


SCREENS = (
    Shown(f"list of {ROWS:,}", (), "job-00003", _another_row),
    Shown("monitor, lines of logs", ("enter",), "simulator", _another_log_line),
    Shown(f"{EVENTS} events, lines of logs", ("e",), "BackOff", _another_log_line),
    Shown(f"{EVENTS} events, one more", ("e",), "BackOff", _another_event),
    Shown(f"results of {ROUTES} routes, lines of logs", ("r",), "collisions", _another_log_line),
    Shown(f"history of {RECORDINGS:,}", ("h",), "GPU H", _another_row),
)


async def _figure(shown: Shown) -> Figure:
    backend = FakeBackend()
    backend.shown_board, backend.shown_fleet = _long_board(), _long_list()
    spent = []
    async with in_terminal(backend, SIZE, cast("Recordings", ManyRecordings())) as (pilot, _):
        await _opened(pilot, shown)
        for number in range(TICKS):
            shown.change(backend, number)
            spent.append(await _tick(pilot))
    return at_most(f"a tick: {shown.name}", statistics.median(spent) * 1e3, 5, "ms")


async def _opened(pilot: Pilot[None], shown: Shown) -> None:
    await shows(pilot, "job-00003")
    await pilot.press(*shown.keys)
    await shows(pilot, shown.word)
    await pilot.pause(0.5)


async def _tick(pilot: Pilot[None]) -> float:
    """CPU time of all that the screens' thread does for it."""
    screen = pilot.app.screen
    assert isinstance(screen, ConsoleScreen), seen(pilot.app)
    began = time.thread_time()
    screen._tick()
    await asyncio.sleep(PAINTED_SECONDS)
    return time.thread_time() - began
