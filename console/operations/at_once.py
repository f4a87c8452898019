"""Running a use case on edges that block: it never waits for a loop, so that none is needed.

For a command that asks a few questions and ends; importing a loop takes longer than asking them.
"""

from __future__ import annotations

import threading
from collections.abc import Coroutine, Generator, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Work = Coroutine[Any, Any, T]

FEW = 4
"""So many are done one after the other: a thread and a connection of its own cost more."""
THREADS = 8


class OthersTurn:
    """Awaited by an edge that has asked and would wait: others may ask before it reads."""

    def __await__(self) -> Generator[None]:
        yield  # as a loop's own, which takes it for a turn too


def run(work: Work[T]) -> T:
    """What it returns, or raises. RuntimeError for one that waits for a loop."""
    try:
        while True:
            _step(work)
    except StopIteration as done:
        result: T = done.value
        return result


def _step(work: Work[T]) -> None:
    """As far as its next question. Raises StopIteration at its end."""
    if work.send(None) is not None:
        work.close()
        raise RuntimeError("This waits for a loop, and there is none.")


async def all_asked(works: Sequence[Work[T]]) -> list[T]:
    """All of them, in their order: each asks before the first reads its answer.

    In one thread: what is worked out of long answers gains nothing by more, and pays for them.
    Raises what one of them raises, and ends the others.
    """
    left, results = dict(enumerate(works)), dict[int, T]()
    try:
        while left:
            for number, work in tuple(left.items()):
                try:
                    _step(work)
                except StopIteration as done:
                    results[number] = done.value
                    del left[number]
            await OthersTurn()
    finally:
        for work in left.values():
            work.close()
    return [results[number] for number in range(len(works))]


async def side_by_side(works: Sequence[Work[T]]) -> list[T]:
    """All of them, in their order; many in several threads, for each waits for its own answer.

    Raises what one of them raises; what has not begun then never does.
    """
    if len(works) <= FEW:
        try:
            return [await work for work in works]
        finally:
            for work in works:
                work.close()
    done = _Done(works)
    threads = [threading.Thread(target=done.work_off, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if done.failed is not None:
        raise done.failed
    return [done.results[number] for number in range(len(works))]


class _Done(Generic[T]):
    """What is left to do, and what has come of the rest."""

    def __init__(self, works: Sequence[Work[T]]) -> None:
        self._left = list(enumerate(works))
        self.results: dict[int, T] = {}
        self.failed: BaseException | None = None

    def work_off(self) -> None:
        """Until nothing is left; after a failure what has not begun is only put away."""
        while True:
            try:
                number, work = self._left.pop()
            except IndexError:
                return
            if self.failed is not None:
                work.close()
                continue
            try:
                self.results[number] = run(work)
            except BaseException as error:  # noqa: BLE001 - raised again by who waits for all
                self.failed = error
