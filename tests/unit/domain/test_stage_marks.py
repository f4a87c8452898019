"""When drives were got ready, by the lines of their evaluator; what was not heard leaves it open."""

from __future__ import annotations

import pytest
from fakes.folded_boards import at

from console.domain.stage_marks import MOST, StageMark, StageSpan, spans, with_marks
from console.domain.ticks import Stage

LOADS, SETS_UP, RUNS = Stage.LOADING, Stage.SET_UP, Stage.RUNNING


def marks(*told: tuple[float, Stage | None]) -> tuple[StageMark, ...]:
    return tuple(StageMark(at(second), stage) for second, stage in told)


DRIVE = marks((10, LOADS), (30, SETS_UP), (35, RUNS), (90, None))
NEXT = marks((91, LOADS), (100, SETS_UP), (101, RUNS), (150, None))


def test_each_drive_tells_how_long_its_world_was_loaded_and_its_agent_set_up() -> None:
    assert spans((*DRIVE, *NEXT), [at(93), at(152)], at(160)) == (
        StageSpan(LOADS, at(10), at(30)),
        StageSpan(SETS_UP, at(30), at(35)),
        StageSpan(LOADS, at(91), at(100)),
        StageSpan(SETS_UP, at(100), at(101)),
    )


def test_an_agent_of_the_first_version_is_set_up_before_its_world_is_loaded() -> None:
    first = marks((10, SETS_UP), (12, LOADS), (40, RUNS), (90, None))
    assert spans(first, [at(91)], at(99)) == (
        StageSpan(SETS_UP, at(10), at(12)),
        StageSpan(LOADS, at(12), at(40)),
    )


def test_a_world_that_is_still_loaded_is_so_until_the_end() -> None:
    assert spans(DRIVE[:1], [], at(25)) == (StageSpan(LOADS, at(10), at(25)),)


def test_an_agent_that_cannot_be_set_up_ends_its_drive_there() -> None:
    told = (*DRIVE[:2], *marks((33, None)), *NEXT)
    assert spans(told, [at(34), at(151)], at(160)) is not None


@pytest.mark.parametrize(
    ("told", "finishes"),
    [
        ((), []),
        (DRIVE, [at(93), at(152)]),
        ((*DRIVE[:2], *NEXT), [at(152)]),
        ((*DRIVE, *NEXT[-1:]), [at(93), at(152)]),
        ((DRIVE[0], DRIVE[0], *DRIVE[2:]), [at(93)]),
        ((*DRIVE[:1], StageMark(at(40), RUNS, exact=False), *DRIVE[-1:]), [at(93)]),
    ],
)
def test_of_a_drive_that_was_not_heard_whole_nobody_knows(
    told: tuple[StageMark, ...], finishes: list[object]
) -> None:
    assert spans(told, finishes, at(160)) is None  # type: ignore[arg-type]


def test_a_tick_of_a_route_that_was_heard_to_begin_says_nothing_new() -> None:
    tick = StageMark(at(50), RUNS, exact=False)
    assert spans((*DRIVE[:3], tick, *DRIVE[3:]), [at(93)], at(99)) == spans(DRIVE, [at(93)], at(99))


def test_lines_that_are_read_again_count_once_and_no_agent_prints_too_many() -> None:
    stages = with_marks((), "agent-1", DRIVE)
    assert with_marks(stages, "agent-1", DRIVE) is stages
    flood = marks(*((second, LOADS) for second in range(MOST + 10)))
    ((_, kept),) = with_marks((), "agent-1", flood)
    assert len(kept) == MOST
