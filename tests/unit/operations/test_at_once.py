"""Use cases without a loop: what would wait lets others ask before it reads."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest

from console.errors import NotFound
from console.operations.at_once import OthersTurn, all_asked, run, side_by_side

Note = Callable[[str], None]


async def asking(name: str, note: Note, questions: int = 1) -> str:
    for number in range(questions):
        note(f"{name} asks {number}")
        await OthersTurn()
        note(f"{name} reads {number}")
    return name


class ALoopsFuture:
    def __await__(self) -> Generator[object]:
        yield self


async def waiting() -> None:
    await ALoopsFuture()


async def failing(note: Note) -> str:
    await asking("b", note)
    raise NotFound("There is none.")


def test_each_asks_before_the_first_reads_and_all_are_told_in_their_order() -> None:
    done: list[str] = []
    works = [asking("a", done.append, 2), asking("b", done.append)]
    assert run(all_asked(works)) == ["a", "b"]
    assert done == ["a asks 0", "b asks 0", "a reads 0", "a asks 1", "b reads 0", "a reads 1"]


def test_within_one_that_asks_several_the_others_have_their_turn_too() -> None:
    done: list[str] = []

    async def two() -> list[str]:
        return await all_asked([asking("a", done.append), asking("b", done.append)])

    assert run(all_asked([two(), asking("c", done.append)])) == [["a", "b"], "c"]
    assert done[:3] == ["a asks 0", "b asks 0", "c asks 0"]


def test_an_error_ends_the_others_and_is_told() -> None:
    done: list[str] = []
    with pytest.raises(NotFound):
        run(all_asked([asking("a", done.append, 9), failing(done.append)]))
    assert done[-1] == "b reads 0"


def test_few_and_many_may_wait_for_answers_whoever_runs_them() -> None:
    done: list[str] = []
    for count in (2, 9):
        works = [asking(f"{number}", done.append) for number in range(count)]
        assert run(side_by_side(works)) == [f"{number}" for number in range(count)]


def test_what_waits_for_a_loop_is_refused_where_there_is_none() -> None:
    with pytest.raises(RuntimeError, match="waits for a loop"):
        run(waiting())
