"""A monitor of sixteen pairs in a small terminal: each is reached, who needs a look is told."""

from __future__ import annotations

import pytest
from fakes.boards import CRASH, board, cells, pair
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairStatus
from console.tui.places import Destination, Place
from console.tui.typed_number import TOGETHER, TypedNumber

SIXTEEN = range(1, 17)


def sixteen() -> BoardSnapshot:
    pairs = [pair(number, 0, cells=cells(number, 0)[:2]) for number in SIXTEEN]
    pairs[4] = replace(pairs[4], status=PairStatus.BACKING_OFF)
    pairs[12] = replace(pairs[12], status=PairStatus.FAILED, ended=CRASH, first_death=CRASH[0])
    return board(pairs=tuple(pairs), total=32)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ([(1, 0.0), (6, 0.3)], [1, 16]),
        ([(1, 0.0), (6, 0.3), (2, 0.5)], [1, 16, 2]),
        ([(1, 0.0), (6, 0.1 + TOGETHER)], [1, 6]),
        ([(1, 0.0), (10, 0.3)], [1, 10]),
        ([(2, 0.0), (3, 0.3)], [2, 3]),
        ([(10, 0.0)], [10]),
    ],
)
def test_digits_that_follow_each_other_are_one_number_where_a_pair_has_it(
    typed: list[tuple[int, float]], meant: list[int]
) -> None:
    number = TypedNumber()
    assert [number.typed(digit, at, SIXTEEN) for digit, at in typed] == meant


def test_a_first_digit_that_is_no_pair_by_itself_waits_for_the_second() -> None:
    number = TypedNumber()
    assert number.typed(1, 0.0, (12, 16)) is None
    assert number.typed(6, 0.3, (12, 16)) == 16


async def test_every_pair_of_sixteen_is_reached_and_seen_in_a_small_terminal(
    backend: FakeBackend,
) -> None:
    backend.shown_board = sixteen()
    async with opened(backend, (60, 18)) as (app, pilot):
        app.go(Destination(Place.MONITOR, ("leaderboard", "demo")))
        await shows(pilot, "look at  P13 failed  P5 back-off  (n)", "13 ", "GPU 12")

        async def chosen(key: str, number: int) -> None:
            await pilot.press(*key)
            await until(pilot, lambda: app.focused and app.focused.id == f"pair-{number}")
            await shows(pilot, f"GPU {number - 1} ")

        await chosen("G", 16)
        await chosen("g", 1)
        await chosen("16", 16)
        await chosen("n", 5)
        await chosen("n", 13)
        await chosen("n", 5)
        await chosen("16", 16)
        assert app.screen.virtual_size == app.screen.size
        assert "logcopy ● running" in seen(app)


@pytest.mark.thorough
async def test_sixty_four_pairs_are_all_in_sight_in_a_large_terminal(backend: FakeBackend) -> None:
    own = tuple(pair(number, 0, cells=cells(number, 0)[:2]) for number in range(1, 65))
    backend.shown_board = board(pairs=own, total=128)
    async with opened(backend, (200, 60)) as (app, pilot):
        app.go(Destination(Place.MONITOR, ("leaderboard", "demo")))
        await shows(pilot, *(f" {number:>2}  ▸" for number in range(1, 65)), "events")
