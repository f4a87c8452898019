"""What is seen of things that lie over each other, the uppermost first."""

from __future__ import annotations

import random

import pytest
from fakes.sweeps import sweep
from textual.geometry import Region

from console.tui.seen_in_rows import seen, stretches

WIDTH = 30


def test_what_lies_in_the_middle_of_a_row_leaves_both_ends_to_what_is_beneath() -> None:
    placed = [("toast", Region(10, 0, 5, 3)), ("log", Region(0, 1, WIDTH, 9))]
    assert seen(1, placed, WIDTH) == ((10, 15, "toast"), (0, 10, "log"), (15, WIDTH, "log"))


def test_what_is_wholly_covered_is_not_seen() -> None:
    placed = [("log", Region(0, 0, WIDTH, 9)), ("screen", Region(0, 0, WIDTH, 24))]
    assert seen(3, placed, WIDTH) == ((0, WIDTH, "log"),)


@pytest.mark.parametrize("seed", sweep(range(50), 0))
def test_each_cell_is_of_the_first_that_has_it(seed: int) -> None:
    chance = random.Random(seed)
    numbers = (chance.randrange(-2, WIDTH) for _ in iter(int, 1))
    placed = [(at, Region(next(numbers), 0, max(next(numbers), 0), 1)) for at in range(8)]
    found = {x: each.whose for each in seen(0, placed, WIDTH) for x in range(each.left, each.end)}
    first = {
        x: next(at for at, region in placed if region.contains(x, 0))
        for x in range(WIDTH)
        if any(region.contains(x, 0) for _, region in placed)
    }
    assert found == first


def test_neighbouring_rows_are_one_stretch() -> None:
    assert list(stretches([0, 3, 4, 5, 23])) == [(0, 1), (3, 6), (23, 24)]
    assert list(stretches([])) == []
