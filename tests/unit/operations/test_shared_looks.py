"""How often recordings that another process writes are looked at."""

from __future__ import annotations

from contextlib import ExitStack

from console.operations.recording.shared_looks import LOOK_EVERY, LOOKS_A_SECOND, SharedLooks


def test_one_that_is_read_alone_is_looked_at_twice_a_second() -> None:
    pace = SharedLooks()
    with pace.reading():
        assert pace.pause == LOOK_EVERY == 0.5


def test_a_hundred_cost_as_much_as_twenty_and_are_quick_again_when_they_end() -> None:
    pace = SharedLooks()
    with ExitStack() as many:
        for _ in range(100):
            many.enter_context(pace.reading())
        assert 100 / pace.pause == LOOKS_A_SECOND
    assert pace.pause == LOOK_EVERY
