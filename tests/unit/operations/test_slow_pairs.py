"""Slow pairs of a list: by what recordings tell of their routes, read once and beside the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fakes.boards import NOW, board, pair
from msgspec.structs import replace

from console.domain.attention import Lag
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.drive_times import DriveTimes, routes_of
from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.errors import ConsoleError
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.operations.watching.fleet_rows import FleetRows
from console.operations.watching.slow_pairs import SlowPairs
from console.results.drives import Drives
from console.results.leaderboard import V2_0

PLAN = SubmissionPlan(
    "demo",
    "leaderboard",
    Drives(V2_0, 1, ("0-4",)),
    8,
    (PairPlan.usual(1),),
    "n0nce",
    Images("contents:2.0", "s", "a", "p"),
    routes_file="/routes.xml",
)


class Told:
    """An index in which each route took a hundred seconds, eight times."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    def drive_times(
        self, make: Callable[[Recording], HistoryEntry], routes_of: str, until: datetime | None
    ) -> tuple[DriveTimes, ...]:
        self.asked.append(routes_of)
        if self.fails:
            raise ConsoleError("The disk does not answer.")
        drives = tuple((f"RouteScenario_{number}", 100.0) for number in range(5))
        return (DriveTimes(routes_of, drives),) * 8


def driving(seconds: float = 0, **more: Any) -> BoardSnapshot:
    shown = pair(1, 1, since=NOW - timedelta(seconds=seconds), last_sign=NOW, **more)
    plain = board(pairs=(shown,), problems=())
    assert plain.job is not None
    return replace(plain, job=replace(plain.job, plan=PLAN))


def slow_pairs(services: Services, told: Told | None) -> SlowPairs:
    return SlowPairs(replace(services, store=told))  # type: ignore[type-var]


async def test_what_is_slow_is_known_once_the_recordings_were_read(services: Services) -> None:
    told = Told()
    slow = slow_pairs(services, told)
    assert slow.of(driving()) == {}
    await slow.read()
    assert slow.of(driving(seconds=10)) == {1: NOW + timedelta(seconds=115)}


async def test_routes_that_many_drive_are_read_once(services: Services) -> None:
    told = Told()
    slow = slow_pairs(services, told)
    for seconds in range(5):
        slow.of(driving(seconds))
    await slow.read()
    slow.of(driving())
    await slow.read()
    assert told.asked == [routes_of(driving())]


async def test_what_was_known_holds_until_it_is_read_again(services: Services) -> None:
    told = Told()
    slow = slow_pairs(services, told)
    slow.of(driving())
    await slow.read()
    slow.grow_old()
    assert slow.of(driving(seconds=10)) == {1: NOW + timedelta(seconds=115)}
    await slow.read()
    assert len(told.asked) == 2
    slow.grow_old()
    slow.grow_old()  # nobody drives it any more
    assert slow.of(driving()) == {}


async def test_for_what_does_not_drive_nothing_is_read(services: Services) -> None:
    told = Told()
    slow = slow_pairs(services, told)
    slow.of(driving(status=PairStatus.BOOTING))
    slow.of(board())
    await slow.read()
    assert told.asked == []


async def test_a_disk_that_does_not_answer_makes_nothing_slow(services: Services) -> None:
    told = Told()
    told.fails = True
    slow = slow_pairs(services, told)
    slow.of(driving())
    await slow.read()
    assert slow.of(driving(seconds=9999)) == {}


async def test_where_nobody_looks_after_recordings_nothing_is_waited_for(
    services: Services,
) -> None:
    await slow_pairs(services, None).run()


async def test_time_alone_makes_a_row_slow(services: Services) -> None:
    slow = slow_pairs(services, Told())
    slow.of(driving())
    await slow.read()
    rows, shown = FleetRows(slow.of), driving()
    key = (shown.namespace, shown.name)

    def look(after: float) -> list[Lag]:
        now = NOW + timedelta(seconds=after)
        if not rows.rows or rows.due(now):
            rows.renew({key: shown}, lambda _key, _board: "", now)
        return [each.lag for each in rows.rows[0].attention]

    assert [look(after) for after in (0, 119, 120, 124)] == [[], [], [Lag.SILENT], [Lag.SILENT]]
    talking = replace(shown.pairs[0], last_sign=NOW + timedelta(seconds=124))
    shown = replace(shown, pairs=(talking,))
    rows.renew({key: shown}, lambda _key, _board: "", NOW + timedelta(seconds=124))
    assert look(124) == []
    assert look(125) == [Lag.SLOW]
