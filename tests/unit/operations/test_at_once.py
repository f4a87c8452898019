"""Work on edges that block runs without a loop, one after the other or in threads."""

from __future__ import annotations

import asyncio
import inspect
import threading

import pytest

from console.operations.at_once import FEW, THREADS, run, side_by_side


async def told(number: int, by: list[str]) -> int:
    by.append(threading.current_thread().name)
    if number < 0:
        raise LookupError(number)
    return number


def test_work_that_never_waits_returns_and_raises_as_it_is() -> None:
    assert run(told(7, [])) == 7
    with pytest.raises(LookupError):
        run(told(-7, []))


def test_work_that_waits_for_a_loop_is_refused_and_ended() -> None:
    ended = []

    async def waits() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            ended.append(True)

    with pytest.raises(RuntimeError, match="waits for a loop"):
        run(waits())
    assert ended == [True]


@pytest.mark.parametrize("count", [0, FEW, 50])
def test_results_come_in_the_order_of_the_works(count: int) -> None:
    assert run(side_by_side([told(number, []) for number in range(count)])) == [*range(count)]


def test_few_are_done_here_and_many_wait_side_by_side() -> None:
    here = threading.current_thread().name
    by: list[str] = []
    run(side_by_side([told(number, by) for number in range(FEW)]))
    assert set(by) == {here}
    together = threading.Barrier(THREADS, timeout=10)

    async def meets() -> int:
        return together.wait()

    assert sorted(run(side_by_side([meets() for _ in range(THREADS)]))) == [*range(THREADS)]


@pytest.mark.parametrize("count", [FEW, 60])
def test_a_failure_of_one_is_the_failure_of_all_and_the_rest_is_put_away(count: int) -> None:
    works = [told(number - 1, []) for number in range(count)]
    with pytest.raises(LookupError):
        run(side_by_side(works))
    assert {inspect.getcoroutinestate(each) for each in works} == {inspect.CORO_CLOSED}
