"""Times of things whose order is known, from a clock that may have jumped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.operations.replay.clock_order import never_back

BEGIN = datetime(2026, 11, 22, 10, tzinfo=UTC)
YEAR = 365 * 86400


def at(second: float | None) -> datetime | None:
    return None if second is None else BEGIN + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ([], []),
        ([1, 2, 2, 5], [1, 2, 2, 5]),
        ([1, 2, YEAR, 3, 4], [1, 2, 2, 3, 4]),
        ([1, 2, -YEAR, 3, 4], [1, 2, 2, 3, 4]),
        ([-YEAR, -YEAR + 1, 1, 2, 3, 4], [-YEAR, -YEAR + 1, 1, 2, 3, 4]),
        ([YEAR, 1, 2, 3], [1, 1, 2, 3]),
        ([1, 2, 3, -YEAR], [1, 2, 3, 3]),
        ([1, None, 3], [1, 1, 3]),
        ([None, 2, 3], [2, 2, 3]),
        ([None, None], [None, None]),
    ],
    ids=[
        *("nothing", "in order", "a jump ahead and back", "a jump back and ahead"),
        *("set once", "wrong at first", "wrong at last", "without a time", "at the beginning"),
        "none has any",
    ],
)
def test_what_most_times_say_stands_and_the_others_follow(
    said: list[float | None], taken: list[float | None]
) -> None:
    assert never_back([at(each) for each in said]) == [at(each) for each in taken]


@given(st.lists(st.one_of(st.none(), st.integers(-50, 50))))
def test_no_time_is_before_the_one_before_it_and_none_is_invented(
    said: list[int | None],
) -> None:
    taken = never_back([at(each) for each in said])
    assert len(taken) == len(said)
    known = [each for each in taken if each is not None]
    assert known == sorted(known)
    assert set(known) <= {at(each) for each in said}
    assert len(known) == (len(said) if any(each is not None for each in said) else 0)


@given(st.lists(st.integers(0, 100)))
def test_times_that_are_in_order_stay_as_they_are(said: list[int]) -> None:
    ordered = [at(each) for each in sorted(said)]
    assert never_back(ordered) == ordered
